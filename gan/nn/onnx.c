#include "gan/nn/onnx.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/onnx_graph.h"
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/run/version.h"

enum { OPSET = 17, IR_VERSION = 8, ELEMENT_FLOAT = 1 };
/* Fields of onnx.proto. */
enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7, MODEL_OPSET = 8, MODEL_META = 14 };
enum { OPSET_DOMAIN = 1, OPSET_VERSION = 2, META_KEY = 1, META_VALUE = 2 };
enum { GRAPH_NAME = 2, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1, TENSOR_SHAPE = 2, SHAPE_DIM = 1, DIM_VALUE = 1 };

/* A ValueInfoProto. */
static void describe(const struct onnx_graph *g, struct protobuf *to, unsigned field, const char *name,
	struct nn_shape s)
{
	const int64_t volume[5] = { s.n, s.c, s.d, s.h, s.w }, image[4] = { s.n, s.c, s.h, s.w };
	const int64_t *dims = g->rank == 5 ? volume : image;
	struct protobuf shape = { 0 }, tensor = { 0 }, type = { 0 }, value = { 0 };
	for (int i = 0; i < g->rank; i++) {
		struct protobuf dim = { 0 };
		protobuf_integer(&dim, DIM_VALUE, dims[i]);
		protobuf_message(&shape, SHAPE_DIM, &dim);
	}
	protobuf_integer(&tensor, TENSOR_ELEMENT, ELEMENT_FLOAT);
	protobuf_message(&tensor, TENSOR_SHAPE, &shape);
	protobuf_message(&type, TYPE_TENSOR, &tensor);
	protobuf_text(&value, VALUE_NAME, name);
	protobuf_message(&value, VALUE_TYPE, &type);
	protobuf_message(to, field, &value);
}

/* to = from * scale + offset, by channel. */
static void rescale(struct onnx_graph *g, const struct nn_onnx_value *v, const char *from, const char *to)
{
	const int64_t channels = nn_channels(&g->program->nodes[v->tensor]);
	char factor[ONNX_NAME], offset[ONNX_NAME], scaled[ONNX_NAME];
	if (!v->scale && !v->offset) {
		onnx_call(g, "Identity", from, NULL, to);
		return;
	}
	onnx_name(g, scaled);
	if (v->scale) {
		onnx_name(g, factor);
		onnx_per_channel(g, factor, v->scale, channels);
		onnx_call(g, "Mul", from, factor, v->offset ? scaled : to);
	}
	if (v->offset) {
		onnx_name(g, offset);
		onnx_per_channel(g, offset, v->offset, channels);
		onnx_call(g, "Add", v->scale ? scaled : from, offset, to);
	}
}

static bool *find_needed(const struct nn_program *p, const struct nn_onnx *o)
{
	bool *needed = alloc_grow(NULL, (size_t)p->n_nodes + 1, sizeof(bool));
	memset(needed, 0, (size_t)p->n_nodes * sizeof(bool));
	for (int i = 0; i < o->n_outputs; i++)
		needed[o->outputs[i].tensor] = true;
	for (int i = p->n_nodes - 1; i >= 0; i--)
		for (int k = 0; needed[i] && k < p->nodes[i].n_in; k++)
			needed[p->nodes[i].in[k]] = true;
	return needed;
}

static int check(const struct nn_program *p, const struct nn_onnx *o)
{
	if (o->n_outputs < 1)
		return ERR_INVALID("no output is asked for");
	for (int side = 0; side < 2; side++) {
		const struct nn_onnx_value *values = side ? o->outputs : o->inputs;
		for (int i = 0; i < (side ? o->n_outputs : o->n_inputs); i++) {
			const int t = values[i].tensor;
			if (t < 0 || t >= p->n_nodes || p->nodes[t].op->loss || (!side && p->nodes[t].op != &op_input))
				return ERR_INVALID("'%s': %d is no %s of this program", values[i].name, t,
					side ? "tensor" : "input");
			if (!values[i].name[0] || strlen(values[i].name) >= NN_NAME)
				return ERR_INVALID("the name '%.40s' of an %s is empty or too long", values[i].name,
					side ? "output" : "input");
		}
	}
	return 0;
}

static void write_input(struct onnx_graph *g, const struct nn_onnx *o, int i, struct protobuf *border)
{
	struct nn_onnx_value value = { .tensor = i, .name = g->program->nodes[i].name };
	for (int k = 0; k < o->n_inputs; k++)
		if (o->inputs[k].tensor == i)
			value = o->inputs[k];
	describe(g, border, GRAPH_INPUT, value.name, nn_shape_of(g->program, i));
	if (value.scale || value.offset)
		rescale(g, &value, value.name, g->names[i]);
	else
		snprintf(g->names[i], ONNX_NAME, "%s", value.name);
}

static int write_nodes(struct onnx_graph *g, const struct nn_onnx *o, struct protobuf *border)
{
	const struct nn_program *p = g->program;
	bool *needed = find_needed(p, o);
	int rc = 0;
	for (int i = 0; i < p->n_nodes && rc == 0; i++) {
		if (!needed[i])
			continue;
		onnx_name(g, g->names[i]);
		if (p->nodes[i].op == &op_input)
			write_input(g, o, i, border);
		else
			rc = onnx_op(g, i);
	}
	free(needed);
	for (int i = 0; i < o->n_outputs && rc == 0; i++) {
		const struct nn_onnx_value *v = &o->outputs[i];
		rescale(g, v, g->names[v->tensor], v->name);
		describe(g, border, GRAPH_OUTPUT, v->name, nn_shape_of(p, v->tensor));
	}
	return rc;
}

static void put_model(struct protobuf *model, struct protobuf *graph, const struct nn_onnx *o)
{
	struct protobuf opset = { 0 };
	protobuf_integer(model, MODEL_IR, IR_VERSION);
	protobuf_text(model, MODEL_PRODUCER, "xbmd");
	protobuf_text(model, MODEL_PRODUCER_VERSION, version_text());
	protobuf_message(model, MODEL_GRAPH, graph);
	protobuf_text(&opset, OPSET_DOMAIN, "");
	protobuf_integer(&opset, OPSET_VERSION, OPSET);
	protobuf_message(model, MODEL_OPSET, &opset);
	for (int i = 0; i < o->n_meta; i++) {
		struct protobuf entry = { 0 };
		protobuf_text(&entry, META_KEY, o->meta[2 * i]);
		protobuf_text(&entry, META_VALUE, o->meta[2 * i + 1]);
		protobuf_message(model, MODEL_META, &entry);
	}
}

static int write_file(const struct protobuf *model, const char *path)
{
	struct path_output output = { 0 };
	int rc = -1;
	if (model->bytes > INT_MAX)
		return ERR_INVALID("a model of %zu bytes is above ONNX's limit of 2 GB", model->bytes);
	TRY(path_output_open(&output, path));
	fwrite(model->data, 1, model->bytes, output.file); /* commit looks at the stream's error flag */
	rc = path_output_commit(&output);
cleanup:
	path_output_abort(&output);
	return rc;
}

int nn_onnx(struct nn_program *p, const struct nn_onnx *o, const char *path)
{
	struct onnx_graph g = { .program = p, .rank = 4 };
	struct protobuf border = { 0 }, graph = { 0 }, model = { 0 };
	int rc = -1;
	if (p->error[0])
		return err_set(p->error_code, __FILE__, __LINE__, "program %s: %s", p->name, p->error);
	if (check(p, o) != 0)
		return err_prefix("program %s as ONNX", p->name);
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].shape.d > 1)
			g.rank = 5;
	g.names = alloc_grow(NULL, (size_t)p->n_nodes, sizeof(*g.names));
	if (write_nodes(&g, o, &border) != 0) {
		err_prefix("program %s as ONNX", p->name);
		goto cleanup;
	}
	protobuf_join(&graph, &g.nodes);
	protobuf_text(&graph, GRAPH_NAME, p->name);
	protobuf_join(&graph, &g.initializers);
	protobuf_join(&graph, &border);
	put_model(&model, &graph, o);
	rc = write_file(&model, path);
cleanup:
	protobuf_free(&g.nodes);
	protobuf_free(&g.initializers);
	protobuf_free(&border);
	protobuf_free(&graph);
	protobuf_free(&model);
	free(g.names);
	free(g.written);
	return rc;
}

#include "gan/nn/onnx_graph.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"

/* Fields and values of onnx.proto. */
enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_TYPE = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_F = 2, ATTRIBUTE_I = 3, ATTRIBUTE_S = 4, ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE = 20 };
enum { TYPE_FLOAT = 1, TYPE_INT = 2, TYPE_STRING = 3, TYPE_INTS = 7 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9 };
enum { ELEMENT_FLOAT = 1, ELEMENT_INT64 = 7 };

void onnx_name(struct onnx_graph *g, char name[ONNX_NAME])
{
	snprintf(name, ONNX_NAME, "v%d", g->made++);
}

static void initializer(struct onnx_graph *g, const char *name, const int64_t *dims, int n_dims, int element,
	const void *data, size_t bytes)
{
	struct protobuf tensor = { 0 };
	for (int i = 0; i < n_dims; i++)
		protobuf_integer(&tensor, TENSOR_DIMS, dims[i]);
	protobuf_integer(&tensor, TENSOR_TYPE, element);
	protobuf_text(&tensor, TENSOR_NAME, name);
	protobuf_bytes(&tensor, TENSOR_RAW, data, bytes);
	protobuf_message(&g->initializers, GRAPH_INITIALIZER, &tensor);
}

void onnx_floats(struct onnx_graph *g, const char *name, const int64_t *dims, int n_dims, const float *values)
{
	size_t count = 1;
	for (int i = 0; i < n_dims; i++)
		count *= (size_t)dims[i];
	initializer(g, name, dims, n_dims, ELEMENT_FLOAT, values, count * sizeof(float));
}

void onnx_integers(struct onnx_graph *g, const char *name, const int64_t *values, int n)
{
	const int64_t dims[1] = { n };
	initializer(g, name, dims, 1, ELEMENT_INT64, values, (size_t)n * sizeof(int64_t));
}

void onnx_per_channel(struct onnx_graph *g, const char *name, const float *values, int64_t channels)
{
	const int64_t dims[4] = { channels, 1, 1, 1 };
	onnx_floats(g, name, dims, g->rank - 1, values);
}

/* Convolution weights from (a, pixels, b) to (a, b, pixels); others as they are. */
static void to_file_order(float *to, const double *from, int64_t a, int64_t pixels, int64_t b)
{
	for (int64_t i = 0; i < a; i++)
		for (int64_t k = 0; k < pixels; k++)
			for (int64_t j = 0; j < b; j++)
				to[(i * b + j) * pixels + k] = (float)from[(i * pixels + k) * b + j];
}

/* 1: is an initializer; 0: is one now to be written; -1: is one in another form. */
static int note(struct onnx_graph *g, const struct nn_param *param, bool per_channel)
{
	for (int i = 0; i < g->n_written; i++)
		if (g->written[i].param == param)
			return g->written[i].per_channel == per_channel
				       ? 1
				       : ERR_INVALID("parameter %s is used in two ways", param->name);
	g->written = alloc_grow(g->written, (size_t)g->n_written + 1, sizeof(*g->written));
	g->written[g->n_written++] = (struct onnx_written){ param, per_channel };
	return 0;
}

static int write_parameter(struct onnx_graph *g, struct nn_param *param, bool per_channel)
{
	const int n = param->n_dims;
	double *values = alloc_grow(NULL, (size_t)param->count, sizeof(double));
	float *out = alloc_grow(NULL, (size_t)param->count, sizeof(float));
	int rc = param_read(g->program->nn, param, &param->value, values);
	int64_t dims[NN_DIMS] = { param->shape[0], n > 1 ? param->shape[n - 1] : 1 };
	int n_dims = n > 1 ? 2 : 1;
	/* in a program of volumes a kernel of pixels is one of depth 1; a matrix is a kernel of one pixel */
	for (int i = n; n > 1 && i < g->rank; i++)
		dims[n_dims++] = 1;
	for (int i = 1; i < n - 1; i++)
		dims[n_dims++] = param->shape[i];
	if (rc == 0) {
		const int64_t b = n > 1 ? dims[1] : 1;
		to_file_order(out, values, dims[0], param->count / (dims[0] * b), b);
		if (per_channel)
			onnx_per_channel(g, param->name, out, param->count);
		else
			onnx_floats(g, param->name, dims, n_dims, out);
	}
	free(values);
	free(out);
	return rc;
}

int onnx_parameter(struct onnx_graph *g, struct nn_param *param, bool per_channel)
{
	int rc = note(g, param, per_channel);
	return rc != 0 ? (rc > 0 ? 0 : -1) : write_parameter(g, param, per_channel);
}

struct onnx_node onnx_begin(const char *type)
{
	return (struct onnx_node){ .type = type };
}

void onnx_input(struct onnx_node *n, const char *name)
{
	protobuf_text(&n->inputs, NODE_INPUT, name);
}

static struct protobuf attribute(const char *name, int type)
{
	struct protobuf a = { 0 };
	protobuf_text(&a, ATTRIBUTE_NAME, name);
	protobuf_integer(&a, ATTRIBUTE_TYPE, type);
	return a;
}

void onnx_attribute(struct onnx_node *n, const char *name, int64_t value)
{
	struct protobuf a = attribute(name, TYPE_INT);
	protobuf_integer(&a, ATTRIBUTE_I, value);
	protobuf_message(&n->attributes, NODE_ATTRIBUTE, &a);
}

void onnx_attribute_float(struct onnx_node *n, const char *name, float value)
{
	struct protobuf a = attribute(name, TYPE_FLOAT);
	protobuf_float(&a, ATTRIBUTE_F, value);
	protobuf_message(&n->attributes, NODE_ATTRIBUTE, &a);
}

void onnx_attribute_text(struct onnx_node *n, const char *name, const char *value)
{
	struct protobuf a = attribute(name, TYPE_STRING);
	protobuf_text(&a, ATTRIBUTE_S, value);
	protobuf_message(&n->attributes, NODE_ATTRIBUTE, &a);
}

void onnx_attribute_integers(struct onnx_node *n, const char *name, const int64_t *values, int count)
{
	struct protobuf a = attribute(name, TYPE_INTS);
	for (int i = 0; i < count; i++)
		protobuf_integer(&a, ATTRIBUTE_INTS, values[i]);
	protobuf_message(&n->attributes, NODE_ATTRIBUTE, &a);
}

void onnx_end(struct onnx_graph *g, struct onnx_node *n, const char *output)
{
	struct protobuf node = { 0 };
	protobuf_join(&node, &n->inputs);
	protobuf_text(&node, NODE_OUTPUT, output);
	protobuf_text(&node, NODE_TYPE, n->type);
	protobuf_join(&node, &n->attributes);
	protobuf_message(&g->nodes, GRAPH_NODE, &node);
}

void onnx_call(struct onnx_graph *g, const char *type, const char *a, const char *b, const char *output)
{
	struct onnx_node n = onnx_begin(type);
	onnx_input(&n, a);
	if (b)
		onnx_input(&n, b);
	onnx_end(g, &n, output);
}

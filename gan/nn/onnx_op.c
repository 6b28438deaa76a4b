/*
 * Each operator in ONNX's terms.  Channels come second there, last here; all else is the same: pads, half-pixel
 * centres, biased variances.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/onnx_graph.h"
#include "host/files/alloc.h"
#include "kernels/activation.h"
#include "kernels/pad.h"
#include "kernels/pool.h"
#include "kernels/resize.h"

enum { WEIGHT, BIAS };
enum { GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE };

static const char *input_of(const struct onnx_graph *g, const struct nn_node *node, int k)
{
	return g->names[node->in[k]];
}

static void number(struct onnx_graph *g, char name[ONNX_NAME], double value)
{
	const float narrow = (float)value;
	onnx_name(g, name);
	onnx_floats(g, name, NULL, 0, &narrow);
}

static void integers(struct onnx_graph *g, char name[ONNX_NAME], const int64_t *values, int n)
{
	onnx_name(g, name);
	onnx_integers(g, name, values, n);
}

static int write_identity(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	onnx_call(g, "Identity", input_of(g, node, 0), NULL, out);
	return 0;
}

static int write_conv(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const int axes = g->rank - 2;
	int64_t kernel[3], stride[3], pad[6], dilation[3], output_pad[3];
	struct onnx_node n = onnx_begin(node->transposed ? "ConvTranspose" : "Conv");
	for (int i = 0; i < axes; i++) {
		const struct nn_conv_axis *axis = &node->conv.axis[i + 3 - axes];
		kernel[i] = axis->kernel;
		stride[i] = axis->stride;
		dilation[i] = axis->dilation;
		pad[i] = pad[i + axes] = axis->pad;
		output_pad[i] = axis->output_pad;
	}
	onnx_input(&n, input_of(g, node, 0));
	for (int k = WEIGHT; k <= BIAS && node->param[k]; k++) {
		if (onnx_parameter(g, node->param[k], false) != 0)
			return -1;
		onnx_input(&n, node->param[k]->name);
	}
	onnx_attribute_integers(&n, "kernel_shape", kernel, axes);
	onnx_attribute_integers(&n, "strides", stride, axes);
	onnx_attribute_integers(&n, "pads", pad, 2 * axes);
	onnx_attribute_integers(&n, "dilations", dilation, axes);
	onnx_attribute(&n, "group", node->conv.groups);
	if (node->transposed)
		onnx_attribute_integers(&n, "output_padding", output_pad, axes);
	onnx_end(g, &n, out);
	return 0;
}

/* y = x times gamma plus beta by channel. */
static int scale_and_shift(struct onnx_graph *g, const struct nn_node *node, const char *x, const char *out)
{
	char scaled[ONNX_NAME];
	onnx_name(g, scaled);
	if (onnx_parameter(g, node->param[GAMMA], true) != 0 || onnx_parameter(g, node->param[BETA], true) != 0)
		return -1;
	onnx_call(g, "Mul", x, node->param[GAMMA]->name, scaled);
	onnx_call(g, "Add", scaled, node->param[BETA]->name, out);
	return 0;
}

/* Groups as the channels of an instance norm without scale and shift. */
static int write_group_norm(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const int64_t groups = node->shape.c / node->size, dims[1] = { groups };
	const struct nn_shape s = node->shape;
	const int64_t folded[3] = { s.n, groups, -1 };
	const int64_t flat[5] = { s.n, s.c, s.d, s.h, s.w }, image[4] = { s.n, s.c, s.h, s.w };
	float *values = alloc_grow(NULL, (size_t)groups, sizeof(float));
	char to[ONNX_NAME], back[ONNX_NAME], ones[ONNX_NAME], zeros[ONNX_NAME], a[ONNX_NAME], b[ONNX_NAME], c[ONNX_NAME];
	integers(g, to, folded, 3);
	integers(g, back, g->rank == 5 ? flat : image, g->rank);
	onnx_name(g, ones);
	onnx_name(g, zeros);
	for (int64_t i = 0; i < groups; i++)
		values[i] = 1;
	onnx_floats(g, ones, dims, 1, values);
	memset(values, 0, (size_t)groups * sizeof(float));
	onnx_floats(g, zeros, dims, 1, values);
	free(values);
	onnx_name(g, a);
	onnx_name(g, b);
	onnx_name(g, c);
	onnx_call(g, "Reshape", input_of(g, node, 0), to, a);
	struct onnx_node n = onnx_begin("InstanceNormalization");
	onnx_input(&n, a);
	onnx_input(&n, ones);
	onnx_input(&n, zeros);
	onnx_attribute_float(&n, "epsilon", (float)node->factor);
	onnx_end(g, &n, b);
	onnx_call(g, "Reshape", b, back, c);
	return scale_and_shift(g, node, c, out);
}

static int write_norm(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const bool batch = node->kind == NN_NORM_BATCH;
	if (node->kind == NN_NORM_GROUP)
		return write_group_norm(g, node, out);
	if (batch && !node->evaluate)
		return ERR_INVALID("batch norm %s is built for training (nn_evaluate)", node->param[GAMMA]->name);
	struct onnx_node n = onnx_begin(batch ? "BatchNormalization" : "InstanceNormalization");
	onnx_input(&n, input_of(g, node, 0));
	for (int k = GAMMA; k <= (batch ? RUNNING_VARIANCE : BETA); k++) {
		if (onnx_parameter(g, node->param[k], false) != 0)
			return -1;
		onnx_input(&n, node->param[k]->name);
	}
	onnx_attribute_float(&n, "epsilon", (float)node->factor);
	onnx_end(g, &n, out);
	return 0;
}

static void transpose(struct onnx_graph *g, const char *x, const int64_t *order, const char *out)
{
	struct onnx_node n = onnx_begin("Transpose");
	onnx_input(&n, x);
	onnx_attribute_integers(&n, "perm", order, g->rank);
	onnx_end(g, &n, out);
}

/* Over the channels, which LayerNormalization wants last. */
static int write_layer_norm(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	static const int64_t last[2][5] = { { 0, 2, 3, 1 }, { 0, 2, 3, 4, 1 } };
	static const int64_t second[2][5] = { { 0, 3, 1, 2 }, { 0, 4, 1, 2, 3 } };
	char a[ONNX_NAME], b[ONNX_NAME];
	onnx_name(g, a);
	onnx_name(g, b);
	if (onnx_parameter(g, node->param[GAMMA], false) != 0 || onnx_parameter(g, node->param[BETA], false) != 0)
		return -1;
	transpose(g, input_of(g, node, 0), last[g->rank - 4], a);
	struct onnx_node n = onnx_begin("LayerNormalization");
	onnx_input(&n, a);
	onnx_input(&n, node->param[GAMMA]->name);
	onnx_input(&n, node->param[BETA]->name);
	onnx_attribute(&n, "axis", -1);
	onnx_attribute_float(&n, "epsilon", (float)node->factor);
	onnx_end(g, &n, b);
	transpose(g, b, second[g->rank - 4], out);
	return 0;
}

/* x / 2 (1 + erf(x / sqrt 2)) */
static void write_gelu(struct onnx_graph *g, const char *x, const char *out)
{
	char root[ONNX_NAME], one[ONNX_NAME], half[ONNX_NAME], t[4][ONNX_NAME];
	number(g, root, M_SQRT1_2);
	number(g, one, 1);
	number(g, half, 0.5);
	for (int i = 0; i < 4; i++)
		onnx_name(g, t[i]);
	onnx_call(g, "Mul", x, root, t[0]);
	onnx_call(g, "Erf", t[0], NULL, t[1]);
	onnx_call(g, "Add", t[1], one, t[2]);
	onnx_call(g, "Mul", x, half, t[3]);
	onnx_call(g, "Mul", t[3], t[2], out);
}

static int write_act(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const char *x = input_of(g, node, 0);
	char s[ONNX_NAME];
	switch ((enum activation_kind)node->kind) {
	case ACTIVATION_LEAKY: {
		struct onnx_node n = onnx_begin(node->slope > 0 ? "LeakyRelu" : "Relu");
		onnx_input(&n, x);
		if (node->slope > 0)
			onnx_attribute_float(&n, "alpha", (float)node->slope);
		onnx_end(g, &n, out);
		return 0;
	}
	case ACTIVATION_TANH:
		onnx_call(g, "Tanh", x, NULL, out);
		return 0;
	case ACTIVATION_SIGMOID:
		onnx_call(g, "Sigmoid", x, NULL, out);
		return 0;
	case ACTIVATION_GELU:
		write_gelu(g, x, out);
		return 0;
	case ACTIVATION_SILU:
		onnx_name(g, s);
		onnx_call(g, "Sigmoid", x, NULL, s);
		onnx_call(g, "Mul", x, s, out);
		return 0;
	}
	return ERR_INVALID("activation %d has no form in ONNX", node->kind);
}

static int write_add(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	onnx_call(g, "Add", input_of(g, node, 0), input_of(g, node, 1), out);
	return 0;
}

static int write_mul(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	onnx_call(g, "Mul", input_of(g, node, 0), input_of(g, node, 1), out);
	return 0;
}

static int write_channel_scale(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	if (onnx_parameter(g, node->param[GAMMA], true) != 0)
		return -1;
	onnx_call(g, "Mul", input_of(g, node, 0), node->param[GAMMA]->name, out);
	return 0;
}

static int write_scale(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	char factor[ONNX_NAME];
	number(g, factor, node->factor);
	onnx_call(g, "Mul", input_of(g, node, 0), factor, out);
	return 0;
}

static int write_pad(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	static const char *const modes[] = {
		[PAD_ZERO] = "constant", [PAD_REFLECT] = "reflect", [PAD_REPLICATE] = "edge" };
	int64_t pads[10] = { 0 };
	char name[ONNX_NAME];
	for (int end = 0; end < 2; end++)
		for (int i = g->rank - 2; i < g->rank; i++)
			pads[end * g->rank + i] = node->size;
	integers(g, name, pads, 2 * g->rank);
	struct onnx_node n = onnx_begin("Pad");
	onnx_input(&n, input_of(g, node, 0));
	onnx_input(&n, name);
	onnx_attribute_text(&n, "mode", modes[node->kind]);
	onnx_end(g, &n, out);
	return 0;
}

static int write_cat(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	struct onnx_node n = onnx_begin("Concat");
	for (int k = 0; k < node->n_in; k++)
		onnx_input(&n, input_of(g, node, k));
	onnx_attribute(&n, "axis", 1);
	onnx_end(g, &n, out);
	return 0;
}

static int write_slice(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const int64_t first = node->size, end = node->size + node->shape.c, axis = 1;
	char names[3][ONNX_NAME];
	integers(g, names[0], &first, 1);
	integers(g, names[1], &end, 1);
	integers(g, names[2], &axis, 1);
	struct onnx_node n = onnx_begin("Slice");
	onnx_input(&n, input_of(g, node, 0));
	for (int i = 0; i < 3; i++)
		onnx_input(&n, names[i]);
	onnx_end(g, &n, out);
	return 0;
}

static int write_resize(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const struct nn_shape s = node->shape;
	const int64_t c = nn_channels(node), flat[5] = { s.n, c, s.d, s.h, s.w }, image[4] = { s.n, c, s.h, s.w };
	const bool nearest = node->kind == RESIZE_NEAREST;
	char sizes[ONNX_NAME];
	integers(g, sizes, g->rank == 5 ? flat : image, g->rank);
	struct onnx_node n = onnx_begin("Resize");
	onnx_input(&n, input_of(g, node, 0));
	onnx_input(&n, ""); /* region of interest, scales: not given */
	onnx_input(&n, "");
	onnx_input(&n, sizes);
	onnx_attribute_text(&n, "coordinate_transformation_mode", "half_pixel");
	onnx_attribute_text(&n, "mode", nearest ? "nearest" : "linear");
	if (nearest) /* floor((i + 1/2) in / out) */
		onnx_attribute_text(&n, "nearest_mode", "round_prefer_ceil");
	onnx_end(g, &n, out);
	return 0;
}

/* Pixels outside the image do not count, as is ONNX's default. */
static int write_pool(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	const int64_t k = node->conv.kernel, step = node->conv.stride, pad = node->conv.pad;
	const int axes = g->rank - 2;
	const int64_t kernel[3] = { 1, k, k }, stride[3] = { 1, step, step };
	const int64_t pads[2][6] = { { pad, pad, pad, pad }, { 0, pad, pad, 0, pad, pad } };
	struct onnx_node n = onnx_begin(node->kind == POOL_MAX ? "MaxPool" : "AveragePool");
	onnx_input(&n, input_of(g, node, 0));
	onnx_attribute_integers(&n, "kernel_shape", kernel + 3 - axes, axes);
	onnx_attribute_integers(&n, "strides", stride + 3 - axes, axes);
	onnx_attribute_integers(&n, "pads", pads[axes - 2], 2 * axes);
	onnx_end(g, &n, out);
	return 0;
}

static int write_softmax(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	struct onnx_node n = onnx_begin("Softmax");
	onnx_input(&n, input_of(g, node, 0));
	onnx_attribute(&n, "axis", 1);
	onnx_end(g, &n, out);
	return 0;
}

static int write_response_norm(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	if (node->size % 2 == 0)
		return ERR_INVALID("a response norm of an even size has no form in ONNX");
	struct onnx_node n = onnx_begin("LRN");
	onnx_input(&n, input_of(g, node, 0));
	onnx_attribute(&n, "size", node->size);
	onnx_attribute_float(&n, "alpha", (float)node->response.alpha);
	onnx_attribute_float(&n, "beta", (float)node->response.beta);
	onnx_attribute_float(&n, "bias", (float)node->response.k);
	onnx_end(g, &n, out);
	return 0;
}

static int write_global_average(struct onnx_graph *g, const struct nn_node *node, const char *out)
{
	onnx_call(g, "GlobalAveragePool", input_of(g, node, 0), NULL, out);
	return 0;
}

static const struct {
	const struct nn_op *op;
	int (*write)(struct onnx_graph *g, const struct nn_node *node, const char *out);
} writers[] = {
	{ &op_detach, write_identity },
	{ &op_conv, write_conv },
	{ &op_norm, write_norm },
	{ &op_layer_norm, write_layer_norm },
	{ &op_act, write_act },
	{ &op_add, write_add },
	{ &op_mul, write_mul },
	{ &op_channel_scale, write_channel_scale },
	{ &op_scale, write_scale },
	{ &op_pad, write_pad },
	{ &op_cat, write_cat },
	{ &op_slice, write_slice },
	{ &op_resize, write_resize },
	{ &op_pool, write_pool },
	{ &op_softmax, write_softmax },
	{ &op_response_norm, write_response_norm },
	{ &op_global_average, write_global_average },
};

int onnx_op(struct onnx_graph *g, int i)
{
	const struct nn_node *node = &g->program->nodes[i];
	for (size_t k = 0; k < sizeof(writers) / sizeof(writers[0]); k++)
		if (writers[k].op == node->op)
			return writers[k].write(g, node, g->names[i]);
	return ERR_INVALID("node %d, %s, has no form in ONNX", i, node->op->name);
}

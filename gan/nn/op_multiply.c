/* Products: of two tensors, of a tensor and a number for each sample and channel (squeeze and excite), of a tensor and a
 * learned number for each channel (layer scale); and the global average. */
#include "gan/nn/program.h"
#include "kernels/channel_dot.h"
#include "kernels/channel_multiply.h"

/* Rows of x that share a factor. */
static int64_t shared(const struct nn_program *p, const struct nn_node *node)
{
	return nn_rows(node->shape) / nn_rows(node_in(p, node, 1)->shape);
}

static int multiply(struct nn_program *p, struct nn_node *node, void *y, const void *x, const void *factor,
	int64_t pixels, bool accumulate)
{
	const struct channel_multiply_args args = {
		.y = y,
		.x = x,
		.factor = factor,
		.pixels = pixels,
		.channels = node->shape.c,
		.accumulate = accumulate,
		.scale = 1,
	};
	return channel_multiply(p->nn->device, &args, nn_rows(node->shape));
}

static int mul_forward(struct nn_program *p, struct nn_node *node)
{
	return multiply(p, node, node->value, node_in(p, node, 0)->value, node_in(p, node, 1)->value,
		shared(p, node), false);
}

static int mul_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const int64_t pixels = shared(p, node);
	if (node->mode[0] != NN_SKIP &&
		multiply(p, node, a->grad, node->grad, b->value, pixels, node->mode[0] == NN_ADD) != 0)
		return -1;
	if (node->mode[1] == NN_SKIP)
		return 0;
	if (pixels == 1)
		return multiply(p, node, b->grad, node->grad, a->value, 1, node->mode[1] == NN_ADD);
	const struct channel_dot_args args = {
		.out = b->grad,
		.a = node->grad,
		.b = a->value,
		.pixels = pixels,
		.channels = node->shape.c,
		.accumulate = node->mode[1] == NN_ADD,
		.scale = 1,
	};
	return channel_dot(p->nn->device, &args, node->shape.n, pixels);
}

const struct nn_op op_mul = {
	.name = "multiply",
	.forward = mul_forward,
	.backward = mul_backward,
	.reads_in = true,
	.cheap = true,
};

int nn_mul(struct nn_program *p, int a, int b)
{
	int i = program_add(p, &op_mul, 2, a, b);
	if (i < 0)
		return -1;
	const struct nn_shape s = p->nodes[a].shape, t = p->nodes[b].shape;
	const bool broadcast = t.n == s.n && nn_pixels(t) == 1 && t.c == s.c;
	char first[NN_SHAPE_TEXT], second[NN_SHAPE_TEXT];
	if (!nn_same_shape(s, t) && !broadcast)
		return program_fail(
			p, "multiply: shapes %s and %s", program_shape(first, s), program_shape(second, t));
	return i;
}

/* y or dx = scale[c] times x or dy. */
static int scale_channels(struct nn_program *p, struct nn_node *node, void *y, const void *x, bool accumulate)
{
	const struct channel_multiply_args args = {
		.y = y,
		.x = x,
		.factor = node->param[0]->value.data,
		.pixels = nn_rows(node->shape),
		.channels = node->shape.c,
		.master = 1,
		.accumulate = accumulate,
		.scale = 1,
	};
	return channel_multiply(p->nn->device, &args, nn_rows(node->shape));
}

static int channel_scale_forward(struct nn_program *p, struct nn_node *node)
{
	return scale_channels(p, node, node->value, node_in(p, node, 0)->value, false);
}

static int channel_scale_backward(struct nn_program *p, struct nn_node *node)
{
	const struct channel_dot_args args = {
		.out = node->param[0]->gradient.data,
		.a = node->grad,
		.b = node_in(p, node, 0)->value,
		.pixels = nn_rows(node->shape),
		.channels = node->shape.c,
		.master = 1,
		.accumulate = node->param_mode[0] == NN_ADD,
		.scale = 1,
	};
	if (node->param_mode[0] != NN_SKIP && channel_dot(p->nn->device, &args, 1, nn_rows(node->shape)) != 0)
		return -1;
	if (node->mode[0] == NN_SKIP)
		return 0;
	return scale_channels(p, node, node_in(p, node, 0)->grad, node->grad, node->mode[0] == NN_ADD);
}

const struct nn_op op_channel_scale = {
	.name = "channel scale",
	.forward = channel_scale_forward,
	.backward = channel_scale_backward,
	.reads_in = true,
	.cheap = true,
};

int nn_channel_scale(struct nn_program *p, int x, const char *name, double initial)
{
	int i = program_add(p, &op_channel_scale, 1, x, -1);
	if (i < 0)
		return -1;
	struct nn_node *node = &p->nodes[i];
	if (!(initial - initial == 0))
		return program_fail(p, "channel scale %s: initial value %g", name, initial);
	node->param[0] = param_get(p, name, "gamma", &node->shape.c, 1, initial, 0);
	return p->error[0] ? -1 : i;
}

static int global_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const int64_t pixels = nn_pixels(in->shape);
	const struct channel_dot_args args = {
		.out = node->value,
		.a = in->value,
		.pixels = pixels,
		.channels = node->shape.c,
		.scale = 1 / (double)pixels,
	};
	return channel_dot(p->nn->device, &args, node->shape.n, pixels);
}

static int global_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const int64_t pixels = nn_pixels(in->shape);
	const struct channel_multiply_args args = {
		.y = in->grad,
		.factor = node->grad,
		.pixels = pixels,
		.channels = node->shape.c,
		.accumulate = node->mode[0] == NN_ADD,
		.scale = 1 / (double)pixels,
	};
	return channel_multiply(p->nn->device, &args, nn_rows(in->shape));
}

const struct nn_op op_global_average = {
	.name = "global average",
	.forward = global_forward,
	.backward = global_backward,
};

int nn_pool_global(struct nn_program *p, int x)
{
	int i = program_add(p, &op_global_average, 1, x, -1);
	if (i >= 0)
		p->nodes[i].shape.d = p->nodes[i].shape.h = p->nodes[i].shape.w = 1;
	return i;
}

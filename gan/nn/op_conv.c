/* Convolution and transposed convolution, with bias. */
#include <math.h>
#include <string.h>

#include "gan/nn/program.h"
#include "kernels/add.h"
#include "kernels/bias_add.h"
#include "kernels/channel_sum.h"
#include "kernels/sample_sum.h"

enum { WEIGHT, BIAS };

/* The forward convolution behind the node: a transposed one maps its output to its input. */
static struct plugin_conv_shape conv_shape(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape in = node_in(p, node, 0)->shape, out = node->shape;
	const struct nn_shape big = node->transposed ? out : in, small = node->transposed ? in : out;
	return (struct plugin_conv_shape){
		.n = in.n,
		.h = big.h,
		.w = big.w,
		.cin = big.c,
		.oh = small.h,
		.ow = small.w,
		.cout = small.c,
		.kh = node->conv.kernel,
		.kw = node->conv.kernel,
		.stride = node->conv.stride,
		.pad = node->conv.pad,
	};
}

static size_t align(size_t bytes)
{
	return (bytes + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}

static size_t input_bytes(const struct nn_program *p, const struct nn_node *node)
{
	return align(
		(size_t)nn_elements(node_in(p, node, 0)->shape) * device_elem_bytes(p->nn->device->elem));
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	const struct plugin_conv_shape shape = conv_shape(p, node);
	const bool data = node->active && node->mode[0] != NN_SKIP;
	const bool weight = node->active && node->param_wanted[WEIGHT];
	unsigned passes = node->transposed ? CONV_BACKWARD_DATA : CONV_FORWARD;
	if (data)
		passes |= node->transposed ? CONV_FORWARD : CONV_BACKWARD_DATA;
	if (weight)
		passes |= CONV_BACKWARD_WEIGHT;
	if (p->nn->conv->open(&node->state, p->nn->conv_context, &shape, passes, &node->workspace_bytes) != 0)
		return -1;
	node->workspace_bytes = align(node->workspace_bytes);
	/* no library pass adds to its output: go through the workspace */
	if (data && node->mode[0] == NN_ADD)
		node->workspace_bytes += input_bytes(p, node);
	if (node->active && node->param_wanted[BIAS])
		node->saved_bytes = (size_t)(node->shape.n * node->shape.c) * nn_master_bytes(p->nn);
	node->reads_in[0] = weight;
	return 0;
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const struct conv_backend *conv = p->nn->conv;
	const void *x = node_in(p, node, 0)->value, *weight = param_elements(node->param[WEIGHT]);
	int rc = node->transposed
			 ? conv->backward_data(node->state, node->value, x, weight, p->workspace.data)
			 : conv->forward(node->state, node->value, x, weight, p->workspace.data);
	if (rc != 0 || !node->param[BIAS])
		return rc;
	const struct bias_add_args args = {
		.y = node->value,
		.bias = node->param[BIAS]->value.data,
		.channels = node->shape.c,
	};
	return bias_add(p->nn->device, &args, nn_rows(node->shape));
}

static int backward_bias(struct nn_program *p, struct nn_node *node)
{
	const struct nn_shape s = node->shape;
	const struct channel_sum_args sums = { node->saved, node->grad, s.h * s.w, s.c };
	const struct sample_sum_args total = { node->param[BIAS]->gradient.data, node->saved, s.n, s.c };
	if (channel_sum(p->nn->device, &sums, s.n, s.h * s.w) != 0)
		return -1;
	return sample_sum(p->nn->device, &total, s.c);
}

static int backward_weight(struct nn_program *p, struct nn_node *node)
{
	const void *x = node_in(p, node, 0)->value, *dy = node->grad;
	return p->nn->conv->backward_weight(node->state, node->param[WEIGHT]->gradient.data,
		node->transposed ? dy : x, node->transposed ? x : dy, p->workspace.data);
}

static int backward_data(struct nn_program *p, struct nn_node *node)
{
	const struct conv_backend *conv = p->nn->conv;
	const struct nn_node *in = node_in(p, node, 0);
	const void *weight = param_elements(node->param[WEIGHT]);
	const bool add_after = node->mode[0] == NN_ADD;
	void *workspace = p->workspace.data, *dx = in->grad;
	if (add_after) {
		dx = workspace;
		workspace = (char *)workspace + input_bytes(p, node);
	}
	int rc = node->transposed ? conv->forward(node->state, dx, node->grad, weight, workspace)
				  : conv->backward_data(node->state, dx, node->grad, weight, workspace);
	if (rc != 0 || !add_after)
		return rc;
	const struct add_args args = { in->grad, in->grad, dx, in->shape.c };
	return add(p->nn->device, &args, nn_rows(in->shape));
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	if (node->param_wanted[BIAS] && backward_bias(p, node) != 0)
		return -1;
	if (node->param_wanted[WEIGHT] && backward_weight(p, node) != 0)
		return -1;
	return node->mode[0] != NN_SKIP ? backward_data(p, node) : 0;
}

static void close_node(struct nn_program *p, struct nn_node *node)
{
	p->nn->conv->close(node->state);
	node->state = NULL;
}

const struct nn_op op_conv = {
	.name = "convolution",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.close = close_node,
	.reads_in = true,
};

static int check(struct nn_program *p, const char *name, const struct nn_conv *conv, bool transposed)
{
	if (conv->cout < 1 || conv->kernel < 1 || conv->stride < 1 || conv->pad < 0)
		return program_fail(p, "convolution %s: %lld channels, kernel %lld, stride %lld, pad %lld",
			name, (long long)conv->cout, (long long)conv->kernel, (long long)conv->stride,
			(long long)conv->pad);
	if (conv->output_pad != 0 &&
		(!transposed || conv->output_pad < 0 || conv->output_pad >= conv->stride))
		return program_fail(p,
			"convolution %s: output_pad %lld needs a transposed convolution of a larger stride",
			name, (long long)conv->output_pad);
	if (transposed && conv->pad_mode != NN_PAD_ZERO)
		return program_fail(p, "convolution %s: a transposed convolution pads with zeros only", name);
	return 0;
}

/*
 * Standard deviation of the initial weights.  Fan-in is the number of inputs that reach one output; of a
 * transposed convolution only one in stride^2 does.
 */
static double init_sd(const struct nn_conv *conv, int64_t cin, bool transposed)
{
	double area = (double)(conv->kernel * conv->kernel), stride = transposed ? (double)conv->stride : 1;
	switch (conv->init) {
	case NN_INIT_NORMAL_002:
		return 0.02;
	case NN_INIT_HE:
		return sqrt(2 * stride * stride / ((double)cin * area));
	case NN_INIT_ZERO:
		return 0;
	}
	BUG("initialisation %d", (int)conv->init);
}

static int finish(struct nn_program *p, int i, const char *name, const struct nn_conv *conv, bool transposed)
{
	const int64_t cin = p->nodes[p->nodes[i].in[0]].shape.c, cout = conv->cout, k = conv->kernel;
	const int64_t shape[4] = { transposed ? cin : cout, k, k, transposed ? cout : cin };
	struct nn_shape *s = &p->nodes[i].shape;
	if (transposed) {
		s->h = (s->h - 1) * conv->stride - 2 * conv->pad + k + conv->output_pad;
		s->w = (s->w - 1) * conv->stride - 2 * conv->pad + k + conv->output_pad;
	} else {
		s->h = conv_output_size(s->h, k, conv->stride, conv->pad);
		s->w = conv_output_size(s->w, k, conv->stride, conv->pad);
	}
	if (s->h < 1 || s->w < 1)
		return program_fail(p, "convolution %s: kernel %lld and pad %lld leave nothing of the image",
			name, (long long)k, (long long)conv->pad);
	s->c = cout;
	p->nodes[i].conv = *conv;
	p->nodes[i].transposed = transposed;
	p->nodes[i].param[WEIGHT] = param_get(p, name, "weight", shape, 4, 0, init_sd(conv, cin, transposed));
	if (conv->bias)
		p->nodes[i].param[BIAS] = param_get(p, name, "bias", &cout, 1, 0, 0);
	return p->error[0] ? -1 : i;
}

static int add_conv(
	struct nn_program *p, int x, const char *name, const struct nn_conv *settings, bool transposed)
{
	struct nn_conv conv = *settings;
	if (conv.stride == 0)
		conv.stride = 1;
	if (p->error[0] || check(p, name, &conv, transposed) != 0)
		return -1;
	if (conv.pad_mode == NN_PAD_REFLECT && conv.pad > 0) {
		x = nn_pad_reflect(p, x, conv.pad);
		conv.pad = 0;
	}
	int i = program_add(p, &op_conv, 1, x, -1);
	return i < 0 ? -1 : finish(p, i, name, &conv, transposed);
}

int nn_conv(struct nn_program *p, int x, const char *name, const struct nn_conv *conv)
{
	return add_conv(p, x, name, conv, false);
}

int nn_conv_transpose(struct nn_program *p, int x, const char *name, const struct nn_conv *conv)
{
	return add_conv(p, x, name, conv, true);
}

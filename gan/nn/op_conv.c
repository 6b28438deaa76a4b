/* Convolution, transposed convolution and dense layer, with bias. */
#include <math.h>
#include <string.h>

#include "gan/nn/program.h"
#include "kernels/bias_add.h"
#include "kernels/channel_copy.h"
#include "kernels/channel_pad.h"
#include "kernels/channel_sum.h"

enum { WEIGHT, BIAS };
enum { DENSE = 1 }; /* as the number of dimensions */

/* Of a dense layer every position is a pixel of one long image.  The channels are those of the weights as they are stored. */
struct plugin_conv_shape op_conv_shape(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape in = node_in(p, node, 0)->shape, out = node->shape;
	const struct nn_shape big = node->transposed ? out : in, small = node->transposed ? in : out;
	const struct nn_param *weight = node->param[WEIGHT];
	const bool flat = node->conv.dims != 3, dense = node->conv.dims == DENSE; /* flat: slices are images */
	struct plugin_conv_shape shape = {
		.n = dense ? 1 : flat ? nn_images(in) : in.n,
		.cin = weight->stored[weight->n_dims - 1] * node->conv.groups,
		.cout = weight->stored[0],
		.groups = node->conv.groups,
		.in = { flat ? 1 : big.d, dense ? 1 : big.h, dense ? nn_rows(in) : big.w },
		.out = { flat ? 1 : small.d, dense ? 1 : small.h, dense ? nn_rows(in) : small.w },
	};
	for (int i = 0; i < 3; i++) {
		shape.kernel[i] = node->conv.axis[i].kernel;
		shape.stride[i] = node->conv.axis[i].stride;
		shape.pad[i] = node->conv.axis[i].pad;
		shape.dilation[i] = node->conv.axis[i].dilation;
	}
	return shape;
}

/* Channels of the input, or the output, that the weights are stored for. */
static int64_t weight_channels(const struct nn_node *node, bool output)
{
	const struct nn_param *weight = node->param[WEIGHT];
	return output != node->transposed ? weight->stored[0]
					  : weight->stored[weight->n_dims - 1] * node->conv.groups;
}

/* Whether the weights are wider than the tensor (wide.h), which then goes through a copy. */
static bool is_copied(const struct nn_program *p, const struct nn_node *node, bool output)
{
	return (output ? node : node_in(p, node, 0))->shape.c != weight_channels(node, output);
}

static size_t wide_bytes(const struct nn_program *p, const struct nn_node *node, bool output)
{
	const int64_t rows = nn_rows((output ? node : node_in(p, node, 0))->shape);
	return nn_align((size_t)(rows * weight_channels(node, output)) * device_elem_bytes(p->nn->device->elem));
}

/* No library pass adds to its output: the input's gradient that is added to also goes through the workspace. */
static bool is_staged(const struct nn_program *p, const struct nn_node *node)
{
	return node->mode[0] == NN_ADD || (node->mode[0] != NN_SKIP && is_copied(p, node, false));
}

/* Rooms at the end of the workspace. */
enum room { INPUT, OUTPUT, INPUT_GRADIENT, ROOMS };

static size_t room_bytes(const struct nn_program *p, const struct nn_node *node, enum room room)
{
	if (room == INPUT_GRADIENT)
		return is_staged(p, node) ? wide_bytes(p, node, false) : 0;
	return is_copied(p, node, room == OUTPUT) ? wide_bytes(p, node, room == OUTPUT) : 0;
}

static void *room_at(const struct nn_program *p, const struct nn_node *node, enum room room)
{
	size_t offset = node->workspace_bytes;
	for (int r = ROOMS - 1; r >= (int)room; r--)
		offset -= room_bytes(p, node, (enum room)r);
	return (char *)p->workspace.data + offset;
}

/* x, or a copy of it with the weights' channels. */
static int widen(struct nn_program *p, const struct nn_node *node, const void **wide, const void *x, bool output)
{
	const struct nn_node *tensor = output ? node : node_in(p, node, 0);
	const int64_t c = tensor->shape.c;
	*wide = x;
	if (!is_copied(p, node, output))
		return 0;
	const struct channel_pad_args args = { room_at(p, node, output ? OUTPUT : INPUT), x,
		weight_channels(node, output), c, c, 0 };
	*wide = args.y;
	return channel_pad(p->nn->device, &args, nn_rows(tensor->shape));
}

/* What widen() added is left out again. */
static int narrow(struct nn_program *p, const struct nn_node *node, void *to, const void *wide, bool output, bool adds)
{
	const struct nn_node *tensor = output ? node : node_in(p, node, 0);
	const int64_t c = tensor->shape.c;
	const struct channel_copy_args args = { to, wide, c, c, 0, weight_channels(node, output), 0, adds };
	return channel_copy(p->nn->device, &args, nn_rows(tensor->shape));
}

/* Of one pass, 2 a multiply-add, those with the padding's zeros included; channels that were added (wide.h) are not. */
static double flop(const struct nn_node *node, const struct plugin_conv_shape *s)
{
	const struct nn_param *weight = node->param[WEIGHT];
	double count = 2 * (double)(s->n * weight->shape[0]) * (double)weight->shape[weight->n_dims - 1];
	for (int i = 0; i < 3; i++)
		count *= (double)(s->out[i] * s->kernel[i]);
	return count;
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	const struct plugin_conv_shape shape = op_conv_shape(p, node);
	const bool data = node->active && node->mode[0] != NN_SKIP;
	const bool weight = node->active && node->param_mode[WEIGHT] != NN_SKIP;
	unsigned passes = node->transposed ? CONV_BACKWARD_DATA : CONV_FORWARD;
	if (data)
		passes |= node->transposed ? CONV_FORWARD : CONV_BACKWARD_DATA;
	if (weight)
		passes |= CONV_BACKWARD_WEIGHT;
	if (weight && node->param_mode[WEIGHT] == NN_ADD)
		passes |= CONV_WEIGHT_ADDS;
	if (node->term)
		passes |= CONV_WEIGHT_TERM;
	if (p->nn->conv->open(&node->state, p->nn->conv_context, &shape, passes, &node->workspace_bytes) != 0)
		return -1;
	node->workspace_bytes = nn_align(node->workspace_bytes);
	for (int room = 0; room < ROOMS; room++)
		node->workspace_bytes += room_bytes(p, node, (enum room)room);
	node->reads_in[0] = weight;
	node->flop_forward = flop(node, &shape);
	node->flop_backward = node->flop_forward * (data + weight);
	return 0;
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const struct conv_backend *conv = p->nn->conv;
	const void *x, *weight = param_elements(node->param[WEIGHT]);
	const bool copied = is_copied(p, node, true);
	void *y = copied ? room_at(p, node, OUTPUT) : node->value;
	int rc = widen(p, node, &x, node_in(p, node, 0)->value, false);
	if (rc == 0)
		rc = node->transposed ? conv->backward_data(node->state, y, x, weight, p->workspace.data)
				      : conv->forward(node->state, y, x, weight, p->workspace.data);
	if (rc == 0 && copied)
		rc = narrow(p, node, node->value, y, true, false);
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
	const struct channel_sum_args args = {
		.sum = node->param[BIAS]->gradient.data,
		.x = node->grad,
		.pixels = nn_rows(node->shape),
		.channels = node->shape.c,
		.accumulate = node->param_mode[BIAS] == NN_ADD,
	};
	return channel_sum(p->nn->device, &args, 1, args.pixels);
}

static int backward_weight(struct nn_program *p, struct nn_node *node, const void *dy)
{
	const void *x;
	if (widen(p, node, &x, node_in(p, node, 0)->value, false) != 0)
		return -1;
	void *dweight = node->term ? node->param[WEIGHT]->term.data : node->param[WEIGHT]->gradient.data;
	return p->nn->conv->backward_weight(node->state, dweight,
		node->transposed ? dy : x, node->transposed ? x : dy, p->workspace.data);
}

static int backward_data(struct nn_program *p, struct nn_node *node, const void *dy)
{
	const struct conv_backend *conv = p->nn->conv;
	const struct nn_node *in = node_in(p, node, 0);
	const void *weight = param_elements(node->param[WEIGHT]);
	const bool staged = is_staged(p, node);
	void *workspace = p->workspace.data, *dx = staged ? room_at(p, node, INPUT_GRADIENT) : in->grad;
	int rc = node->transposed ? conv->forward(node->state, dx, dy, weight, workspace)
				  : conv->backward_data(node->state, dx, dy, weight, workspace);
	if (rc != 0 || !staged)
		return rc;
	return narrow(p, node, in->grad, dx, false, node->mode[0] == NN_ADD);
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const void *dy;
	if (node->param_mode[BIAS] != NN_SKIP && backward_bias(p, node) != 0)
		return -1;
	if (widen(p, node, &dy, node->grad, true) != 0)
		return -1;
	if (node->param_mode[WEIGHT] != NN_SKIP && backward_weight(p, node, dy) != 0)
		return -1;
	return node->mode[0] != NN_SKIP ? backward_data(p, node, dy) : 0;
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

static int check_axis(
	struct nn_program *p, const char *name, const struct nn_conv_axis *axis, bool transposed)
{
	if (axis->kernel < 1 || axis->stride < 1 || axis->pad < 0 || axis->dilation < 1)
		return program_fail(p, "convolution %s: kernel %lld, stride %lld, pad %lld, dilation %lld", name,
			(long long)axis->kernel, (long long)axis->stride, (long long)axis->pad,
			(long long)axis->dilation);
	if (axis->output_pad != 0 &&
		(!transposed || axis->output_pad < 0 || axis->output_pad >= axis->stride))
		return program_fail(p,
			"convolution %s: output_pad %lld needs a transposed convolution of a larger stride",
			name, (long long)axis->output_pad);
	return 0;
}

static int check(struct nn_program *p, const char *name, const struct nn_conv *conv, int64_t cin, bool transposed)
{
	for (int i = 0; i < 3; i++)
		if (check_axis(p, name, &conv->axis[i], transposed) != 0)
			return -1;
	if (conv->cout < 1 || conv->groups < 1 || conv->cout % conv->groups != 0 || cin % conv->groups != 0)
		return program_fail(p, "convolution %s: %lld groups of %lld input and %lld output channels", name,
			(long long)conv->groups, (long long)cin, (long long)conv->cout);
	if (transposed && conv->pad_mode != NN_PAD_ZERO)
		return program_fail(p, "convolution %s: a transposed convolution pads with zeros only", name);
	if (conv->pad_mode != NN_PAD_ZERO && (conv->dims == 3 || conv->axis[1].pad != conv->axis[2].pad))
		return program_fail(
			p, "convolution %s: reflection pads images, by the same number on all sides", name);
	return 0;
}

/* Fills in what was left 0, and the axes. */
static int resolve(struct nn_program *p, const char *name, struct nn_conv *conv)
{
	const struct nn_conv_axis none = { .kernel = 1 }, same = { conv->kernel, conv->stride, conv->pad,
		conv->dilation, conv->output_pad };
	if (conv->dims != 0 && conv->dims != 2 && conv->dims != 3)
		return program_fail(p, "convolution %s: %d dimensions", name, conv->dims);
	if (conv->dims == 0)
		conv->dims = 2;
	if (conv->groups == 0)
		conv->groups = 1;
	if (conv->axis[2].kernel == 0)
		conv->axis[0] = conv->axis[1] = conv->axis[2] = same;
	if (conv->dims == 2)
		conv->axis[0] = none;
	for (int i = 0; i < 3; i++) {
		struct nn_conv_axis *axis = &conv->axis[i];
		axis->stride = axis->stride == 0 ? 1 : axis->stride;
		axis->dilation = axis->dilation == 0 ? 1 : axis->dilation;
	}
	return 0;
}

static int64_t taps(const struct nn_conv *conv)
{
	return conv->axis[0].kernel * conv->axis[1].kernel * conv->axis[2].kernel;
}

/*
 * Standard deviation of the initial weights.  Fan-in is the number of inputs that reach one output; of a
 * transposed convolution only one in the product of the strides does.
 */
static double init_sd(const struct nn_conv *conv, int64_t cin, bool transposed)
{
	double strides = 1, fan_in = (double)(cin / conv->groups * taps(conv));
	for (int i = 0; transposed && i < 3; i++)
		strides *= (double)conv->axis[i].stride;
	switch (conv->init) {
	case NN_INIT_NORMAL_002:
		return 0.02;
	case NN_INIT_HE:
		return sqrt(2 * strides / fan_in);
	case NN_INIT_ZERO:
		return 0;
	}
	BUG("initialisation %d", (int)conv->init);
}

static int64_t output_size(int64_t size, const struct nn_conv_axis *axis, bool transposed)
{
	if (transposed)
		return (size - 1) * axis->stride - 2 * axis->pad + (axis->kernel - 1) * axis->dilation + 1 +
		       axis->output_pad;
	return conv_output_size(size, axis->kernel, axis->stride, axis->pad, axis->dilation);
}

static struct nn_param *weight_of(
	struct nn_program *p, const char *name, const struct nn_conv *conv, int64_t cin, bool transposed)
{
	const int64_t first = transposed ? cin : conv->cout;
	const int64_t last = (transposed ? conv->cout : cin) / conv->groups;
	const int64_t shape[NN_DIMS] = { first, conv->axis[0].kernel, conv->axis[1].kernel,
		conv->axis[2].kernel, last };
	const int64_t flat[4] = { first, shape[2], shape[3], last };
	const int64_t matrix[2] = { first, last };
	const double sd = init_sd(conv, cin, transposed);
	if (conv->groups > 1)
		return param_get_grouped(p, name, "weight", conv->dims == 3 ? shape : flat, conv->dims == 3 ? 5 : 4, 0, sd);
	if (conv->dims == 3)
		return param_get(p, name, "weight", shape, 5, 0, sd);
	return conv->dims == DENSE ? param_get(p, name, "weight", matrix, 2, 0, sd)
				   : param_get(p, name, "weight", flat, 4, 0, sd);
}

static int finish(struct nn_program *p, int i, const char *name, const struct nn_conv *conv, bool transposed)
{
	const int64_t cin = p->nodes[i].shape.c;
	struct nn_shape s = p->nodes[i].shape;
	int64_t *const sizes[3] = { &s.d, &s.h, &s.w };
	for (int k = 0; k < 3; k++) {
		const struct nn_conv_axis *axis = &conv->axis[k];
		*sizes[k] = output_size(*sizes[k], axis, transposed);
		if (*sizes[k] < 1)
			return program_fail(p,
				"convolution %s: kernel %lld and pad %lld leave nothing of the image", name,
				(long long)axis->kernel, (long long)axis->pad);
	}
	s.c = conv->cout;
	p->nodes[i].shape = s;
	p->nodes[i].conv = *conv;
	p->nodes[i].transposed = transposed;
	p->nodes[i].param[WEIGHT] = weight_of(p, name, conv, cin, transposed);
	if (conv->bias)
		p->nodes[i].param[BIAS] = param_get(p, name, "bias", &conv->cout, 1, 0, 0);
	return p->error[0] ? -1 : i;
}

static int add_conv(
	struct nn_program *p, int x, const char *name, const struct nn_conv *settings, bool transposed)
{
	struct nn_conv conv = *settings;
	if (p->error[0] || resolve(p, name, &conv) != 0 ||
		check(p, name, &conv, nn_shape_of(p, x).c, transposed) != 0)
		return -1;
	if (conv.pad_mode != NN_PAD_ZERO && conv.axis[2].pad > 0) {
		x = nn_pad(p, x, conv.pad_mode, conv.axis[2].pad);
		conv.axis[1].pad = conv.axis[2].pad = 0;
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

int nn_dense(struct nn_program *p, int x, const char *name, int64_t units, bool bias, enum nn_init init)
{
	const struct nn_conv_axis one = { .kernel = 1, .stride = 1, .dilation = 1 };
	const struct nn_conv conv = { .cout = units,
		.bias = bias,
		.init = init,
		.groups = 1,
		.dims = DENSE,
		.axis = { one, one, one } };
	if (p->error[0])
		return -1;
	if (units < 1)
		return program_fail(p, "dense layer %s: %lld units", name, (long long)units);
	int i = program_add(p, &op_conv, 1, x, -1);
	return i < 0 ? -1 : finish(p, i, name, &conv, false);
}

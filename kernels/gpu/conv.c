#include "kernels/gpu/conv.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/channel_copy.h"
#include "kernels/channel_pad.h"
#include "kernels/conv_wgrad_direct.h"
#include "kernels/conv_wgrad_give.h"
#include "kernels/gpu/cudnn_conv.h"
#include "kernels/gpu/cudnn_library.h"
#include "kernels/gpu/cudnn_tune.h"
#include "kernels/gpu/launch.h"
#include "kernels/gpu/why.h"

struct plugin_conv {
	struct plugin_device *device;
	struct plugin_conv_shape shape;
	struct plugin_conv_shape wide; /* as cuDNN sees it: channels may be padded with zeros */
	struct cudnn_graph graph[CUDNN_CONV_PASSES]; /* outlives its plan */
	struct cudnn_plan plan[CUDNN_CONV_PASSES];
	bool direct_weight;    /* our kernel instead of a plan for the weight gradient */
	size_t weight_bytes;   /* of the workspace, its start: the weight gradient's, which runs beside the data's */
	size_t workspace_bytes;
	struct plugin_conv *next;
};

static int64_t volume(const int64_t size[3])
{
	return size[0] * size[1] * size[2];
}

static int64_t weights(const struct plugin_conv_shape *s)
{
	return s->cout * volume(s->kernel) * (s->cin / s->groups);
}

static int64_t input(const struct plugin_conv_shape *s)
{
	return s->n * volume(s->in) * s->cin;
}

static int64_t output(const struct plugin_conv_shape *s)
{
	return s->n * volume(s->out) * s->cout;
}

static size_t align(size_t bytes)
{
	return (bytes + 255) / 256 * 256;
}

static size_t elem_bytes(enum plugin_elem elem)
{
	return elem == PLUGIN_BF16 ? 2 : 4;
}

static bool same(const struct plugin_conv_shape *a, const struct plugin_conv_shape *b)
{
	return a->n == b->n && a->cin == b->cin && a->cout == b->cout && a->groups == b->groups &&
	       a->elem == b->elem && memcmp(a->in, b->in, sizeof(a->in)) == 0 &&
	       memcmp(a->out, b->out, sizeof(a->out)) == 0 &&
	       memcmp(a->kernel, b->kernel, sizeof(a->kernel)) == 0 &&
	       memcmp(a->stride, b->stride, sizeof(a->stride)) == 0 &&
	       memcmp(a->pad, b->pad, sizeof(a->pad)) == 0 &&
	       memcmp(a->dilation, b->dilation, sizeof(a->dilation)) == 0;
}

static int open_cudnn(struct plugin_device *device)
{
	const struct cudnn_library *cudnn = cudnn_library();
	if (device->cudnn)
		return 0;
	if (!cudnn)
		return -1;
	if (cudnn_library_check(cudnn->create(&device->cudnn), "cudnnCreate") != 0 ||
		cudnn_library_check(cudnn->create(&device->cudnn_side), "cudnnCreate") != 0 ||
		cudnn_library_check(cudnn->set_stream(device->cudnn, device->stream), "cudnnSetStream") != 0)
		return -1;
	return cudnn_library_check(cudnn->set_stream(device->cudnn_side, device->side), "cudnnSetStream");
}

static int no_engine(const struct plugin_conv_shape *s, enum cudnn_conv_pass pass)
{
	return why_set("cuDNN has no deterministic engine for the %s pass of the convolution %" PRId64
		       "x%" PRId64 "x%" PRId64 "x%" PRId64 "x%" PRId64 " -> %" PRId64
		       " channels in %" PRId64 " groups, kernel %" PRId64 "x%" PRId64 "x%" PRId64
		       ", stride %" PRId64 ", dilation %" PRId64 " (%s)",
		cudnn_conv_pass_name(pass), s->n, s->in[0], s->in[1], s->in[2], s->cin, s->cout, s->groups,
		s->kernel[0], s->kernel[1], s->kernel[2], s->stride[2], s->dilation[2],
		s->elem == PLUGIN_BF16 ? "bf16" : "f32");
}

static int open_pass(struct plugin_conv *conv, enum cudnn_conv_pass pass)
{
	const struct plugin_conv_shape *s = &conv->wide;
	const struct cudnn_plan_target target = { .handle = conv->device->cudnn };
	const size_t each = elem_bytes(s->elem);
	const size_t bytes[3] = { each * (size_t)input(s), each * (size_t)weights(s), each * (size_t)output(s) };
	struct cudnn_plan plans[CUDNN_PLAN_MOST];
	int n = 0;
	if (cudnn_conv_graph(&conv->graph[pass], s, pass, target.handle) != 0 ||
		cudnn_plan_find(plans, &n, &conv->graph[pass], &target, s->elem) != 0)
		return -1;
	if (n == 0 && pass == CUDNN_CONV_BACKWARD_WEIGHT) {
		conv->direct_weight = true;
		return 0;
	}
	if (n == 0)
		return no_engine(s, pass);
	return cudnn_tune(conv->device, &conv->plan[pass], plans, n, bytes);
}

/* Room for the tensors that are padded. */
static size_t padded_bytes(const struct plugin_conv *conv, bool weight)
{
	const struct plugin_conv_shape *s = &conv->shape, *w = &conv->wide;
	const size_t each = elem_bytes(s->elem);
	size_t bytes = 0;
	if (w->cin != s->cin)
		bytes += align(each * (size_t)input(w));
	if (w->cout != s->cout)
		bytes += align(each * (size_t)output(w));
	return bytes > 0 && weight ? bytes + align(each * (size_t)weights(w)) : bytes;
}

static int open_passes(struct plugin_conv *conv)
{
	size_t data_bytes = 0;
	for (int pass = 0; pass < CUDNN_CONV_PASSES; pass++)
		if (open_pass(conv, (enum cudnn_conv_pass)pass) != 0)
			return -1;
	for (int pass = 0; pass < CUDNN_CONV_BACKWARD_WEIGHT; pass++)
		if (conv->plan[pass].workspace_bytes > data_bytes)
			data_bytes = conv->plan[pass].workspace_bytes;
	if (!conv->direct_weight)
		conv->weight_bytes = align(elem_bytes(conv->shape.elem) * (size_t)weights(&conv->wide)) +
				     padded_bytes(conv, false) +
				     align(conv->plan[CUDNN_CONV_BACKWARD_WEIGHT].workspace_bytes);
	conv->workspace_bytes = conv->weight_bytes + padded_bytes(conv, true) + data_bytes;
	return 0;
}

static void conv_free(struct plugin_conv *conv)
{
	for (int pass = 0; pass < CUDNN_CONV_PASSES; pass++) {
		cudnn_plan_free(&conv->plan[pass]);
		cudnn_graph_free(&conv->graph[pass]);
	}
	free(conv);
}

int conv_open(struct plugin_device *device, struct plugin_conv **conv, const struct plugin_conv_shape *shape,
	size_t *workspace_bytes)
{
	struct plugin_conv *made = device->convs;
	*conv = NULL;
	if (gpu_use(device) != 0 || cudnn_conv_check(shape) != 0)
		return -1;
	while (made && !same(&made->shape, shape))
		made = made->next;
	if (!made) {
		if (open_cudnn(device) != 0)
			return -1;
		made = calloc(1, sizeof(*made));
		if (!made)
			return why_set("no memory for a convolution");
		made->device = device;
		made->shape = *shape;
		made->wide = cudnn_conv_wide(shape);
		if (open_passes(made) != 0) {
			conv_free(made);
			return -1;
		}
		made->next = device->convs;
		device->convs = made;
	}
	*conv = made;
	*workspace_bytes = made->workspace_bytes;
	return 0;
}

/* Tuned plans are kept for the next program with this shape; conv_close_all() frees them with the device. */
void conv_close(struct plugin_conv *conv)
{
	(void)conv;
}

void conv_close_all(struct plugin_device *device)
{
	while (device->convs) {
		struct plugin_conv *next = device->convs->next;
		conv_free(device->convs);
		device->convs = next;
	}
	if (device->cudnn)
		(void)cudnn_library()->destroy(device->cudnn);
	if (device->cudnn_side)
		(void)cudnn_library()->destroy(device->cudnn_side);
	device->cudnn = device->cudnn_side = NULL;
}

static int run(struct plugin_conv *conv, enum cudnn_conv_pass pass, const void *x, const void *weight,
	const void *y, void *workspace)
{
	void *const pointers[3] = { (void *)(uintptr_t)x, (void *)(uintptr_t)weight, (void *)(uintptr_t)y };
	for (int i = 0; i < 3; i++)
		if ((uintptr_t)pointers[i] % 16 != 0)
			return why_set("convolution: a tensor is not aligned to 16 bytes");
	return cudnn_plan_run(conv->device->cudnn, &conv->plan[pass], pointers, workspace);
}

static void *take(char **workspace, int64_t elements, enum plugin_elem elem)
{
	char *taken = *workspace;
	*workspace += align((size_t)elements * elem_bytes(elem));
	return taken;
}

/* from, or a copy in the workspace with wider rows, and more of them. */
static int widen(struct plugin_conv *conv, const void **wide, char **workspace, const void *from, int64_t rows,
	int64_t channels, int64_t wide_rows, int64_t wide_channels)
{
	const enum plugin_elem elem = conv->shape.elem;
	*wide = from;
	if (channels == wide_channels && rows == wide_rows)
		return 0;
	void *copy = take(workspace, wide_rows * wide_channels, elem);
	const struct channel_pad_args args = { copy, from, wide_channels, channels, rows };
	*wide = copy;
	return launch_tiles(conv->device, "channel_pad", elem, &args, wide_rows, wide_channels);
}

static int widen_x(struct plugin_conv *conv, const void **wide, char **workspace, const void *x)
{
	const int64_t rows = conv->shape.n * volume(conv->shape.in);
	return widen(conv, wide, workspace, x, rows, conv->shape.cin, rows, conv->wide.cin);
}

static int widen_y(struct plugin_conv *conv, const void **wide, char **workspace, const void *y)
{
	const int64_t rows = conv->shape.n * volume(conv->shape.out);
	return widen(conv, wide, workspace, y, rows, conv->shape.cout, rows, conv->wide.cout);
}

static int widen_weight(struct plugin_conv *conv, const void **wide, char **workspace, const void *weight)
{
	const struct plugin_conv_shape *s = &conv->shape, *w = &conv->wide;
	const int64_t taps = volume(s->kernel), cin = s->cin / s->groups;
	return widen(conv, wide, workspace, weight, s->cout * taps, cin, w->cout * taps, w->cin / w->groups);
}

/* What a pass writes: `to` itself, or room for wider rows, which narrow() then cuts. */
static void *target(struct plugin_conv *conv, char **workspace, void *to, int64_t rows, int64_t channels,
	int64_t wide_channels)
{
	return channels == wide_channels ? to : take(workspace, rows * wide_channels, conv->shape.elem);
}

static int narrow(struct plugin_conv *conv, void *to, const void *wide, int64_t rows, int64_t channels,
	int64_t wide_channels)
{
	const struct channel_copy_args args = { to, wide, channels, channels, 0, wide_channels, 0, 0 };
	if (channels == wide_channels)
		return 0;
	return launch_tiles(conv->device, "channel_copy", conv->shape.elem, &args, rows, channels);
}

int conv_forward(struct plugin_conv *conv, void *y, const void *x, const void *weight, void *workspace)
{
	const struct plugin_conv_shape *s = &conv->shape, *w = &conv->wide;
	const int64_t rows = s->n * volume(s->out);
	char *rest = (char *)workspace + conv->weight_bytes;
	const void *wide_x, *wide_weight;
	if (gpu_use(conv->device) != 0 || widen_x(conv, &wide_x, &rest, x) != 0 ||
		widen_weight(conv, &wide_weight, &rest, weight) != 0)
		return -1;
	void *wide_y = target(conv, &rest, y, rows, s->cout, w->cout);
	if (run(conv, CUDNN_CONV_FORWARD, wide_x, wide_weight, wide_y, rest) != 0)
		return -1;
	return narrow(conv, y, wide_y, rows, s->cout, w->cout);
}

/* Beside the weight gradient, where that was queued just before. */
int conv_backward_data(
	struct plugin_conv *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	const struct plugin_conv_shape *s = &conv->shape, *w = &conv->wide;
	const int64_t rows = s->n * volume(s->in);
	const bool beside = conv->device->beside;
	char *rest = (char *)workspace + conv->weight_bytes;
	const void *wide_dy, *wide_weight;
	conv->device->beside = false;
	int rc = gpu_use(conv->device);
	if (rc == 0)
		rc = widen_y(conv, &wide_dy, &rest, dy);
	if (rc == 0)
		rc = widen_weight(conv, &wide_weight, &rest, weight);
	if (rc == 0) {
		void *wide_dx = target(conv, &rest, dx, rows, s->cin, w->cin);
		rc = run(conv, CUDNN_CONV_BACKWARD_DATA, wide_dx, wide_weight, wide_dy, rest);
		if (rc == 0)
			rc = narrow(conv, dx, wide_dx, rows, s->cin, w->cin);
	}
	conv->device->beside = beside;
	return rc != 0 ? rc : gpu_use(conv->device);
}

static int backward_weight_direct(
	struct plugin_conv *conv, float *dweight, const void *x, const void *dy, int accumulate)
{
	const struct conv_wgrad_direct_args args = { dweight, x, dy, conv->shape, accumulate };
	return launch_sum(conv->device, "conv_wgrad_direct", conv->shape.elem, &args,
		conv_wgrad_direct_groups(&args), conv_wgrad_direct_count(&args));
}

/* cuDNN cannot add to a float gradient from bf16 tensors without compiling at run time, so it writes its own
 * storage to scratch and a kernel of ours writes or adds that. */
static int backward_weight(struct plugin_conv *conv, float *dweight, const void *x, const void *dy, int accumulate,
	void *workspace)
{
	const struct plugin_conv_shape *s = &conv->shape, *w = &conv->wide;
	char *rest = workspace;
	const void *wide_x, *wide_dy;
	void *term = take(&rest, weights(w), s->elem);
	if (widen_x(conv, &wide_x, &rest, x) != 0 || widen_y(conv, &wide_dy, &rest, dy) != 0 ||
		run(conv, CUDNN_CONV_BACKWARD_WEIGHT, wide_x, term, wide_dy, rest) != 0)
		return -1;
	const struct conv_wgrad_give_args args = { dweight, term, s->cin / s->groups, w->cin / w->groups, accumulate };
	return launch_map(conv->device, "conv_wgrad_give", s->elem, &args, weights(s));
}

int conv_backward_weight(struct plugin_conv *conv, float *dweight, const void *x, const void *dy, int accumulate,
	void *workspace)
{
	if (conv->direct_weight)
		return backward_weight_direct(conv, dweight, x, dy, accumulate);
	if (gpu_side_begin(conv->device) != 0)
		return -1;
	int rc = backward_weight(conv, dweight, x, dy, accumulate, workspace);
	return gpu_side_end(conv->device) != 0 ? -1 : rc;
}

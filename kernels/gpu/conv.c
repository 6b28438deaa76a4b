#include "kernels/gpu/conv.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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
	const struct plugin_conv_shape *s = &conv->shape;
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
		conv->weight_bytes = align(elem_bytes(conv->shape.elem) * (size_t)weights(&conv->shape)) +
				     align(conv->plan[CUDNN_CONV_BACKWARD_WEIGHT].workspace_bytes);
	conv->workspace_bytes = conv->weight_bytes + data_bytes;
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

int conv_forward(struct plugin_conv *conv, void *y, const void *x, const void *weight, void *workspace)
{
	if (gpu_use(conv->device) != 0)
		return -1;
	return run(conv, CUDNN_CONV_FORWARD, x, weight, y, (char *)workspace + conv->weight_bytes);
}

/* Beside the weight gradient, where that was queued just before. */
int conv_backward_data(
	struct plugin_conv *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	const bool beside = conv->device->beside;
	conv->device->beside = false;
	int rc = gpu_use(conv->device);
	if (rc == 0)
		rc = run(conv, CUDNN_CONV_BACKWARD_DATA, dx, weight, dy, (char *)workspace + conv->weight_bytes);
	conv->device->beside = beside;
	return rc != 0 ? rc : gpu_use(conv->device);
}

static int backward_weight_direct(
	struct plugin_conv *conv, void *dweight, const void *x, const void *dy, enum plugin_dweight how)
{
	const struct conv_wgrad_direct_args args = { dweight, x, dy, conv->shape, how == PLUGIN_DWEIGHT_ADD,
		how == PLUGIN_DWEIGHT_TERM };
	return launch_sum(conv->device, "conv_wgrad_direct", conv->shape.elem, &args,
		conv_wgrad_direct_groups(&args), conv_wgrad_direct_count(&args));
}

/* cuDNN cannot add to a float gradient from bf16 tensors without compiling at run time, so it writes its own
 * storage to scratch and a kernel of ours writes or adds that. */
static int backward_weight(struct plugin_conv *conv, void *dweight, const void *x, const void *dy,
	enum plugin_dweight how, void *workspace)
{
	const int64_t n = weights(&conv->shape);
	char *rest = (char *)workspace + align(elem_bytes(conv->shape.elem) * (size_t)n);
	if (how == PLUGIN_DWEIGHT_TERM || (how == PLUGIN_DWEIGHT_WRITE && conv->shape.elem == PLUGIN_F32))
		return run(conv, CUDNN_CONV_BACKWARD_WEIGHT, x, dweight, dy, workspace);
	if (run(conv, CUDNN_CONV_BACKWARD_WEIGHT, x, workspace, dy, rest) != 0)
		return -1;
	const struct conv_wgrad_give_args args = { dweight, workspace, how == PLUGIN_DWEIGHT_ADD };
	return launch_map(conv->device, "conv_wgrad_give", conv->shape.elem, &args, n);
}

int conv_backward_weight(struct plugin_conv *conv, void *dweight, const void *x, const void *dy,
	enum plugin_dweight how, void *workspace)
{
	if (conv->direct_weight)
		return backward_weight_direct(conv, dweight, x, dy, how);
	if (gpu_side_begin(conv->device) != 0)
		return -1;
	int rc = backward_weight(conv, dweight, x, dy, how, workspace);
	return gpu_side_end(conv->device) != 0 ? -1 : rc;
}

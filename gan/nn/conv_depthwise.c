#include "gan/nn/conv_depthwise.h"

#include "host/run/err.h"
#include "kernels/depthwise.h"
#include "kernels/depthwise_taps.h"
#include "kernels/depthwise_wgrad.h"

enum { ALIGNMENT = 16, AXES = 2 };

/* One channel in one group is an ordinary convolution. */
bool conv_depthwise_is(const struct plugin_conv_shape *s)
{
	return s->groups > 1 && s->groups == s->cin && s->groups == s->cout && s->in[0] == 1 && s->out[0] == 1 &&
	       s->kernel[0] == 1;
}

size_t conv_depthwise_workspace_bytes(const struct device *d, const struct plugin_conv_shape *s)
{
	const size_t master = d->elem == DEVICE_F64 ? sizeof(double) : sizeof(float);
	return (size_t)(s->kernel[1] * s->kernel[2] * s->cout) * master;
}

static int run(const struct device *d, const struct plugin_conv_shape *s, struct depthwise_args *a, const void *weight,
	int reversed, void *workspace)
{
	const struct depthwise_taps_args taps = { workspace, weight, s->kernel[1] * s->kernel[2], s->cout, reversed };
	const uintptr_t pointers = (uintptr_t)a->x | (uintptr_t)a->y | (uintptr_t)workspace;
	if (d->kind == DEVICE_CUDA && pointers % ALIGNMENT != 0)
		return ERR("depthwise convolution on %s: a tensor is not aligned to %d bytes", d->name, ALIGNMENT);
	a->weight = workspace;
	a->channels = s->cout;
	for (int k = 0; k < AXES; k++) {
		a->kernel[k] = s->kernel[k + 1];
		a->dilation[k] = s->dilation[k + 1];
	}
	if (depthwise_taps(d, &taps, taps.taps * taps.channels) != 0)
		return -1;
	return depthwise(d, a, s->n * a->out[0] * depthwise_runs(a->out[1]));
}

int conv_depthwise_forward(const struct device *d, const struct plugin_conv_shape *s, void *y, const void *x,
	const void *weight, void *workspace)
{
	struct depthwise_args a = { .y = y, .x = x };
	for (int k = 0; k < AXES; k++) {
		a.in[k] = s->in[k + 1];
		a.out[k] = s->out[k + 1];
		a.stride[k] = s->stride[k + 1];
		a.spread[k] = 1;
		a.pad[k] = s->pad[k + 1];
	}
	return run(d, s, &a, weight, 0, workspace);
}

int conv_depthwise_backward_data(const struct device *d, const struct plugin_conv_shape *s, void *dx, const void *dy,
	const void *weight, void *workspace)
{
	struct depthwise_args a = { .y = dx, .x = dy };
	for (int k = 0; k < AXES; k++) {
		a.in[k] = s->out[k + 1];
		a.out[k] = s->in[k + 1];
		a.stride[k] = 1;
		a.spread[k] = s->stride[k + 1];
		a.pad[k] = (s->kernel[k + 1] - 1) * s->dilation[k + 1] - s->pad[k + 1];
	}
	return run(d, s, &a, weight, 1, workspace);
}

int conv_depthwise_backward_weight(const struct device *d, const struct plugin_conv_shape *s, void *dweight,
	const void *x, const void *dy, bool accumulate)
{
	struct depthwise_wgrad_args a = {
		.dweight = dweight, .x = x, .dy = dy, .channels = s->cout, .accumulate = accumulate
	};
	for (int k = 0; k < AXES; k++) {
		a.in[k] = s->in[k + 1];
		a.out[k] = s->out[k + 1];
		a.kernel[k] = s->kernel[k + 1];
		a.stride[k] = s->stride[k + 1];
		a.pad[k] = s->pad[k + 1];
		a.dilation[k] = s->dilation[k + 1];
	}
	return depthwise_wgrad(d, &a, depthwise_wgrad_rows(&a), depthwise_wgrad_count(&a, s->n));
}

/* The oracle: a convolution in double by the definition's loops, written independently of every library. */
#include <stdbool.h>
#include <stdlib.h>

#include "gan/nn/conv.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

struct conv_ref {
	struct plugin_conv_shape shape;
	bool adds; /* the weight gradient */
};

static int start(void **context, const struct device *device)
{
	(void)device;
	*context = NULL;
	return 0;
}

static void stop(void *context)
{
	(void)context;
}

static int open_conv(void **conv, void *context, const struct plugin_conv_shape *shape, unsigned passes,
	size_t *workspace_bytes)
{
	(void)context;
	struct conv_ref *c = alloc_grow(NULL, 1, sizeof(*c));
	*c = (struct conv_ref){ *shape, passes & CONV_WEIGHT_ADDS };
	*conv = c;
	*workspace_bytes = 0;
	return 0;
}

static void close_conv(void *conv)
{
	free(conv);
}

/* Whether a pass is worth several threads. */
static bool is_large(const struct plugin_conv_shape *s)
{
	return conv_y_count(s) * s->kernel[0] * s->kernel[1] * s->kernel[2] * (s->cin / s->groups) > 100000;
}

/* The three indices of element i of an array of this size; returns what is left over. */
static int64_t split(int64_t at[3], int64_t i, const int64_t size[3])
{
	for (int k = 2; k >= 0; k--) {
		at[k] = i % size[k];
		i /= size[k];
	}
	return i;
}

/* Input pixel, counted within one sample, that output pixel `o` reads at tap `t`; -1 in the padding. */
static int64_t source(const struct plugin_conv_shape *s, const int64_t o[3], const int64_t t[3])
{
	int64_t pixel = 0;
	for (int k = 0; k < 3; k++) {
		const int64_t i = o[k] * s->stride[k] + t[k] * s->dilation[k] - s->pad[k];
		if (i < 0 || i >= s->in[k])
			return -1;
		pixel = pixel * s->in[k] + i;
	}
	return pixel;
}

static int64_t pixels(const int64_t size[3])
{
	return size[0] * size[1] * size[2];
}

/* Sum over the taps and the group's input channels for output channel c of pixel o; x: of one sample. */
static double dot(const struct plugin_conv_shape *s, const double *x, const double *weight, const int64_t o[3],
	int64_t c)
{
	const int64_t taps = pixels(s->kernel), width = s->cin / s->groups;
	const int64_t first = c / (s->cout / s->groups) * width;
	double sum = 0;
	for (int64_t tap = 0; tap < taps; tap++) {
		int64_t t[3];
		split(t, tap, s->kernel);
		const int64_t pixel = source(s, o, t);
		for (int64_t k = 0; pixel >= 0 && k < width; k++)
			sum += x[pixel * s->cin + first + k] * weight[(c * taps + tap) * width + k];
	}
	return sum;
}

static int forward(void *conv, void *y, const void *x, const void *weight, void *workspace)
{
	const struct plugin_conv_shape *s = &((const struct conv_ref *)conv)->shape;
	(void)workspace;
#pragma omp parallel for schedule(static) if (is_large(s))
	for (int64_t p = 0; p < s->n * pixels(s->out); p++) {
		int64_t o[3];
		const double *in = (const double *)x + split(o, p, s->out) * pixels(s->in) * s->cin;
		for (int64_t c = 0; c < s->cout; c++)
			((double *)y)[p * s->cout + c] = dot(s, in, weight, o, c);
	}
	return 0;
}

/* Adds the contribution of output pixel p of one sample to the input's gradient. */
static void scatter(
	const struct plugin_conv_shape *s, double *dx, const double *dy, const double *weight, int64_t p)
{
	const int64_t taps = pixels(s->kernel), width = s->cin / s->groups;
	int64_t o[3], t[3];
	split(o, p, s->out);
	for (int64_t c = 0; c < s->cout; c++) {
		const int64_t first = c / (s->cout / s->groups) * width;
		for (int64_t tap = 0; tap < taps; tap++) {
			split(t, tap, s->kernel);
			const int64_t pixel = source(s, o, t);
			for (int64_t k = 0; pixel >= 0 && k < width; k++)
				dx[pixel * s->cin + first + k] +=
					dy[p * s->cout + c] * weight[(c * taps + tap) * width + k];
		}
	}
}

static int backward_data(void *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	const struct plugin_conv_shape *s = &((const struct conv_ref *)conv)->shape;
	const int64_t image = pixels(s->in) * s->cin, places = pixels(s->out);
	(void)workspace;
#pragma omp parallel for schedule(static) if (is_large(s))
	for (int64_t n = 0; n < s->n; n++) {
		double *out = (double *)dx + n * image;
		for (int64_t i = 0; i < image; i++)
			out[i] = 0;
		for (int64_t p = 0; p < places; p++)
			scatter(s, out, (const double *)dy + n * places * s->cout, weight, p);
	}
	return 0;
}

/* Element i of the weight gradient: a sum over all output pixels of all samples. */
static double weight_sum(const struct plugin_conv_shape *s, const double *x, const double *dy, int64_t i)
{
	const int64_t width = s->cin / s->groups, places = pixels(s->out);
	int64_t t[3], o[3];
	const int64_t c = split(t, i / width, s->kernel);
	const int64_t k = c / (s->cout / s->groups) * width + i % width;
	double sum = 0;
	for (int64_t p = 0; p < s->n * places; p++) {
		const int64_t n = split(o, p, s->out), pixel = source(s, o, t);
		if (pixel >= 0)
			sum += x[(n * pixels(s->in) + pixel) * s->cin + k] * dy[p * s->cout + c];
	}
	return sum;
}

static int backward_weight(void *conv, void *dweight, const void *x, const void *dy, void *workspace)
{
	const struct conv_ref *c = conv;
	const struct plugin_conv_shape *s = &c->shape;
	double *to = dweight;
	(void)workspace;
#pragma omp parallel for schedule(static) if (is_large(s))
	for (int64_t i = 0; i < conv_weight_count(s); i++)
		to[i] = (c->adds ? to[i] : 0) + weight_sum(s, x, dy, i);
	return 0;
}

const struct conv_backend conv_ref = {
	.start = start,
	.stop = stop,
	.open = open_conv,
	.close = close_conv,
	.forward = forward,
	.backward_data = backward_data,
	.backward_weight = backward_weight,
};

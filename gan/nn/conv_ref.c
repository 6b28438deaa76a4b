/* The oracle: a convolution in double by the definition's loops, written independently of every library. */
#include <stdbool.h>
#include <stdlib.h>

#include "gan/nn/conv.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

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
	(void)context, (void)passes;
	struct plugin_conv_shape *s = alloc_grow(NULL, 1, sizeof(*s));
	*s = *shape;
	*conv = s;
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
	return s->n * s->oh * s->ow * s->cout * s->kh * s->kw * s->cin > 100000;
}

/* Input row or column that output `o` reads at kernel offset `k`, or -1 in the padding. */
static int64_t source(int64_t o, int64_t k, int64_t stride, int64_t pad, int64_t size)
{
	int64_t i = o * stride + k - pad;
	return i < size ? i : -1;
}

/* Sum over the kernel and the input channels for one output element. */
static double dot(
	const struct plugin_conv_shape *s, const double *x, const double *weight, int64_t oy, int64_t ox)
{
	double sum = 0;
	for (int64_t ky = 0; ky < s->kh; ky++) {
		int64_t iy = source(oy, ky, s->stride, s->pad, s->h);
		for (int64_t kx = 0; iy >= 0 && kx < s->kw; kx++) {
			int64_t ix = source(ox, kx, s->stride, s->pad, s->w);
			for (int64_t c = 0; ix >= 0 && c < s->cin; c++)
				sum += x[(iy * s->w + ix) * s->cin + c] *
				       weight[(ky * s->kw + kx) * s->cin + c];
		}
	}
	return sum;
}

static int forward(void *conv, void *y, const void *x, const void *weight, void *workspace)
{
	const struct plugin_conv_shape *s = conv;
	const double *in = x, *w = weight;
	double *out = y;
	(void)workspace;
#pragma omp parallel for schedule(static) if (is_large(s))
	for (int64_t p = 0; p < s->n * s->oh * s->ow; p++) {
		int64_t image = p / (s->oh * s->ow), oy = p / s->ow % s->oh, ox = p % s->ow;
		for (int64_t c = 0; c < s->cout; c++)
			out[p * s->cout + c] = dot(
				s, in + image * s->h * s->w * s->cin, w + c * s->kh * s->kw * s->cin, oy, ox);
	}
	return 0;
}

/* Adds the contribution of output pixel (oy, ox) to the input's gradient of one image. */
static void scatter(const struct plugin_conv_shape *s, double *dx, const double *dy, const double *weight,
	int64_t oy, int64_t ox)
{
	for (int64_t c = 0; c < s->cout; c++)
		for (int64_t ky = 0; ky < s->kh; ky++) {
			int64_t iy = source(oy, ky, s->stride, s->pad, s->h);
			for (int64_t kx = 0; iy >= 0 && kx < s->kw; kx++) {
				int64_t ix = source(ox, kx, s->stride, s->pad, s->w);
				const double *w = weight + ((c * s->kh + ky) * s->kw + kx) * s->cin;
				for (int64_t k = 0; ix >= 0 && k < s->cin; k++)
					dx[(iy * s->w + ix) * s->cin + k] +=
						dy[(oy * s->ow + ox) * s->cout + c] * w[k];
			}
		}
}

static int backward_data(void *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	const struct plugin_conv_shape *s = conv;
	const int64_t image = s->h * s->w * s->cin;
	(void)workspace;
#pragma omp parallel for schedule(static) if (is_large(s))
	for (int64_t n = 0; n < s->n; n++) {
		double *out = (double *)dx + n * image;
		for (int64_t i = 0; i < image; i++)
			out[i] = 0;
		for (int64_t p = 0; p < s->oh * s->ow; p++)
			scatter(s, out, (const double *)dy + n * s->oh * s->ow * s->cout, weight, p / s->ow,
				p % s->ow);
	}
	return 0;
}

static int backward_weight(void *conv, void *dweight, const void *x, const void *dy, void *workspace)
{
	const struct plugin_conv_shape *s = conv;
	const double *in = x, *out = dy;
	(void)workspace;
#pragma omp parallel for schedule(static) if (is_large(s))
	for (int64_t i = 0; i < s->cout * s->kh * s->kw * s->cin; i++) {
		int64_t k = i % s->cin, kx = i / s->cin % s->kw, ky = i / s->cin / s->kw % s->kh;
		int64_t c = i / s->cin / s->kw / s->kh;
		double sum = 0;
		for (int64_t p = 0; p < s->n * s->oh * s->ow; p++) {
			int64_t iy = source(p / s->ow % s->oh, ky, s->stride, s->pad, s->h);
			int64_t ix = source(p % s->ow, kx, s->stride, s->pad, s->w), n = p / s->ow / s->oh;
			if (iy >= 0 && ix >= 0)
				sum += in[((n * s->h + iy) * s->w + ix) * s->cin + k] * out[p * s->cout + c];
		}
		((double *)dweight)[i] += sum;
	}
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

#include "kernels/blur.h"

/* Terms first..last of one output, whose middle term is in[at]. */
K_FN void blur_one(
	const struct blur_args *a, int64_t at, int64_t first, int64_t last, k_real *sum, k_real *weight)
{
	k_real s = 0, w = 0;
	for (int64_t k = first; k <= last; k++) {
		s += (k_real)a->weights[a->radius + k] * (k_real)a->in[at + k];
		w += (k_real)a->weights[a->radius + k];
	}
	*sum = s;
	*weight = w;
}

/* The same for `count` neighbours with all terms inside; step: from one term to the next. */
K_FN void blur_run(const struct blur_args *a, int64_t at, int64_t step, int64_t first, int64_t last,
	int64_t count, k_real *sum, k_real *weight)
{
	k_real w = 0;
	for (int64_t t = 0; t < count; t++)
		sum[t] = 0;
	for (int64_t k = first; k <= last; k++) {
		k_real one = (k_real)a->weights[a->radius + k];
		const float *in = a->in + at + k * step;
		w += one;
		for (int64_t t = 0; t < count; t++)
			sum[t] += one * (k_real)in[t];
	}
	for (int64_t t = 0; t < count; t++)
		weight[t] = w;
}

K_FN int64_t blur_first(const struct blur_args *a, int64_t i)
{
	return i < a->radius ? -i : -a->radius;
}
K_FN int64_t blur_last(const struct blur_args *a, int64_t i, int64_t n)
{
	return i + a->radius < n ? a->radius : n - 1 - i;
}

K_FN void blur_tile(const struct blur_args *a, int64_t row, int64_t c, int64_t count)
{
	k_real sum[K_TILE], weight[K_TILE];
	int64_t at = row * a->channels + c, end = c + count - 1;
	if (a->down)
		blur_run(a, at, a->channels, blur_first(a, row), blur_last(a, row, a->rows), count, sum,
			weight);
	else if (c >= a->radius && end + a->radius < a->channels)
		blur_run(a, at, 1, -a->radius, a->radius, count, sum, weight);
	else
		for (int64_t t = 0; t < count; t++)
			blur_one(a, at + t, blur_first(a, c + t), blur_last(a, c + t, a->channels), &sum[t],
				&weight[t]);
	for (int64_t t = 0; t < count; t++) {
		k_real scaled = (k_real)a->share * sum[t] / (a->normalise ? weight[t] : 1);
		a->out[at + t] = (float)(a->accumulate ? (k_real)a->out[at + t] + scaled : scaled);
	}
}
K_DEFINE_TILES(blur)

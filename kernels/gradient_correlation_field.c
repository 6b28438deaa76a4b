#include "kernels/gradient_correlation_field.h"
#include "kernels/sobel.h"

K_FN k_master gradient_correlation_field_of(k_acc a, k_acc b, const double *saved, int64_t swapped)
{
	double mean_a = saved[swapped ? GRADIENT_CORRELATION_MEAN_B : GRADIENT_CORRELATION_MEAN_A];
	double mean_b = saved[swapped ? GRADIENT_CORRELATION_MEAN_A : GRADIENT_CORRELATION_MEAN_B];
	double self = saved[swapped ? GRADIENT_CORRELATION_SELF_B : GRADIENT_CORRELATION_SELF_A];
	return (k_master)(-0.5 * (saved[GRADIENT_CORRELATION_CROSS] * (b - mean_b) - self * (a - mean_a)));
}

K_FN void gradient_correlation_field_tile(
	const struct gradient_correlation_field_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t pixels = (a->h - 2) * (a->w - 2), s = k_div(row, pixels), right = a->channels;
	int64_t down = a->w * a->channels,
		from = sobel_index(s, k_mod(row, pixels), 0, a->h, a->w, a->channels);
	k_master *field_x = (k_master *)a->field_x, *field_y = (k_master *)a->field_y;
	for (int64_t k = c; k < c + count; k++) {
		int64_t i = from + k, to = row * a->channels + k;
		const double *saved = a->saved + 2 * GRADIENT_CORRELATION_SIZE * (s * a->channels + k);
		field_x[to] = gradient_correlation_field_of((k_acc)sobel_x(a->a, i, right, down),
			(k_acc)sobel_x(a->b, i, right, down), saved, a->swapped);
		field_y[to] = gradient_correlation_field_of((k_acc)sobel_y(a->a, i, right, down),
			(k_acc)sobel_y(a->b, i, right, down), saved + GRADIENT_CORRELATION_SIZE, a->swapped);
	}
}
K_DEFINE_TILES(gradient_correlation_field)

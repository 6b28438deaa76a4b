#include "kernels/gradient_correlation.h"
#include "kernels/sobel.h"

K_FN void gradient_correlation_axis(k_acc a, k_acc b, k_acc *sum)
{
	sum[0] += a;
	sum[1] += b;
	sum[2] += a * b;
	sum[3] += a * a;
	sum[4] += b * b;
}

K_FN void gradient_correlation_term(
	const struct gradient_correlation_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	int64_t right = a->channels, down = a->w * a->channels;
	int64_t i = sobel_index(s, j, c, a->h, a->w, a->channels);
	gradient_correlation_axis(
		(k_acc)sobel_x(a->a, i, right, down), (k_acc)sobel_x(a->b, i, right, down), sum);
	gradient_correlation_axis(
		(k_acc)sobel_y(a->a, i, right, down), (k_acc)sobel_y(a->b, i, right, down), sum + 5);
}

/* NCC from the sums of A, B, AB, A^2, B^2. */
K_FN double gradient_correlation_ncc(const k_acc *sum, double n, double epsilon, double *saved)
{
	double aa = sum[3] - sum[0] * sum[0] / n, bb = sum[4] - sum[1] * sum[1] / n;
	double dot = sum[2] - sum[0] * sum[1] / n;
	double norm_a = sqrt(aa > 0 ? aa : 0), norm_b = sqrt(bb > 0 ? bb : 0),
	       size = norm_a * norm_b + epsilon;
	saved[GRADIENT_CORRELATION_MEAN_A] = sum[0] / n;
	saved[GRADIENT_CORRELATION_MEAN_B] = sum[1] / n;
	saved[GRADIENT_CORRELATION_CROSS] = 1 / size;
	saved[GRADIENT_CORRELATION_SELF_A] = norm_a > 0 ? dot / (size * size) * norm_b / norm_a : 0;
	saved[GRADIENT_CORRELATION_SELF_B] = norm_b > 0 ? dot / (size * size) * norm_a / norm_b : 0;
	return dot / size;
}

K_FN void gradient_correlation_store(
	const struct gradient_correlation_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	int64_t group = s * a->channels + c;
	double n = (double)((a->h - 2) * (a->w - 2)),
	       *saved = a->saved + 2 * GRADIENT_CORRELATION_SIZE * group;
	double x = gradient_correlation_ncc(sum, n, a->epsilon, saved);
	double y = gradient_correlation_ncc(sum + 5, n, a->epsilon, saved + GRADIENT_CORRELATION_SIZE);
	a->part[group] = 1 - (x + y) / 2;
}
K_DEFINE_CHANNEL_SUM(gradient_correlation, 10)

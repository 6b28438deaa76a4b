#include "kernels/intensity_sum_grad.h"

K_FN void intensity_sum_grad_tile(
	const struct intensity_sum_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	const double *difference = a->difference + k_div(row, a->pixels) * a->channels;
	int64_t i = row * a->channels;
	k_real factor = (k_real)a->factor;
	for (int64_t k = c; k < c + count; k++) {
		k_real d = difference[k] > 0 ? factor : difference[k] < 0 ? -factor : 0;
		K_STORE(a->da, i + k, a->accumulate ? K_LOAD(a->da, i + k) + d : d);
	}
}
K_DEFINE_TILES(intensity_sum_grad)

#include "kernels/response_norm_grad.h"
#include "kernels/response_norm_base.h"

K_FN void response_norm_grad_tile(const struct response_norm_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	k_real share = (k_real)(a->alpha / (double)a->size), beta = (k_real)a->beta, base = (k_real)a->k;
	int64_t row_start = row * a->channels;
	K_ROLLED for (int64_t j = c; j < c + count; j++) {
		int64_t last = j + a->size / 2, first = last - a->size + 1;
		k_real sum = 0, own = 0;
		for (int64_t m = first > 0 ? first : 0; m <= last && m < a->channels; m++) {
			k_real s = response_norm_base(a->x, row, m, a->channels, a->size, base, share);
			k_real power = K_MATH(pow)(s, -beta - 1);
			sum += K_LOAD(a->dy, row_start + m) * K_LOAD(a->x, row_start + m) * power;
			own = m == j ? power * s : own;
		}
		k_real d = K_LOAD(a->dy, row_start + j) * own -
			   2 * share * beta * K_LOAD(a->x, row_start + j) * sum;
		K_STORE(a->dx, row_start + j, a->accumulate ? K_LOAD(a->dx, row_start + j) + d : d);
	}
}
K_DEFINE_TILES(response_norm_grad)

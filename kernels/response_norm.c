#include "kernels/response_norm.h"
#include "kernels/response_norm_base.h"

K_FN void response_norm_tile(const struct response_norm_args *a, int64_t row, int64_t c, int64_t count)
{
	k_real share = (k_real)(a->alpha / (double)a->size), beta = (k_real)a->beta, base = (k_real)a->k;
	for (int64_t j = c; j < c + count; j++) {
		k_real s = response_norm_base(a->x, row, j, a->channels, a->size, base, share);
		int64_t i = row * a->channels + j;
		K_STORE(a->y, i, K_LOAD(a->x, i) * K_MATH(pow)(s, -beta));
	}
}
K_DEFINE_TILES(response_norm)

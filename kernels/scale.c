#include "kernels/scale.h"

K_FN void scale_tile(const struct scale_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels + c;
	k_real factor = (k_real)a->factor;
	for (int64_t k = i; k < i + count; k++) {
		k_real x = factor * K_LOAD(a->x, k);
		K_STORE(a->y, k, a->accumulate ? K_LOAD(a->y, k) + x : x);
	}
}
K_DEFINE_TILES(scale)

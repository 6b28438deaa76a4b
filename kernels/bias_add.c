#include "kernels/bias_add.h"

K_FN void bias_add_tile(const struct bias_add_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels;
	for (int64_t k = c; k < c + count; k++)
		K_STORE(a->y, i + k, K_LOAD(a->y, i + k) + ((const k_master *)a->bias)[k]);
}
K_DEFINE_TILES(bias_add)

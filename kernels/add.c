#include "kernels/add.h"

K_FN void add_tile(const struct add_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels + c;
	for (int64_t k = i; k < i + count; k++)
		K_STORE(a->y, k, K_LOAD(a->a, k) + K_LOAD(a->b, k));
}
K_DEFINE_TILES(add)

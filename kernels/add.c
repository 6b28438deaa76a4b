#include "kernels/add.h"

K_FN void add_tile(const struct add_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels + c;
	K_READ(left, a->a, i, count);
	K_READ(right, a->b, i, count);
	K_WRITE(y, a->y, i, count, 0);
	for (int64_t k = 0; k < count; k++)
		y[k] = left[k] + right[k];
	K_PUT(y, a->y, i, count);
}
K_DEFINE_TILES(add)

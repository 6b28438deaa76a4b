#include "kernels/bias_add.h"

K_FN void bias_add_tile(const struct bias_add_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels + c;
	K_READ_MASTER(bias, a->bias, c, count);
	K_WRITE(y, a->y, i, count, 1);
	for (int64_t k = 0; k < count; k++)
		y[k] += bias[k];
	K_PUT(y, a->y, i, count);
}
K_DEFINE_TILES(bias_add)

#include "kernels/scale.h"

K_FN void scale_tile(const struct scale_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels + c;
	k_real factor = (k_real)a->factor;
	K_READ(x, a->x, i, count);
	K_WRITE(y, a->y, i, count, a->accumulate);
	for (int64_t k = 0; k < count; k++)
		y[k] = a->accumulate ? y[k] + factor * x[k] : factor * x[k];
	K_PUT(y, a->y, i, count);
}
K_DEFINE_TILES(scale)

#include "kernels/channel_copy.h"

K_FN void channel_copy_tile(const struct channel_copy_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t y = row * a->y_channels + a->y_first, x = row * a->x_channels + a->x_first;
	for (int64_t k = c; k < c + count; k++) {
		k_real value = K_LOAD(a->x, x + k);
		K_STORE(a->y, y + k, a->accumulate ? K_LOAD(a->y, y + k) + value : value);
	}
}
K_DEFINE_TILES(channel_copy)

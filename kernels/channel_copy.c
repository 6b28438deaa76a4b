#include "kernels/channel_copy.h"

K_FN void channel_copy_tile(const struct channel_copy_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t to = row * a->y_channels + a->y_first + c, from = row * a->x_channels + a->x_first + c;
	K_READ(x, a->x, from, count);
	K_WRITE(y, a->y, to, count, a->accumulate);
	K_GIVE(y, x, count, a->accumulate);
	K_PUT(y, a->y, to, count);
}
K_DEFINE_TILES(channel_copy)

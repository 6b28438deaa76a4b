#include "kernels/channel_pad.h"

K_FN void channel_pad_tile(const struct channel_pad_args *a, int64_t row, int64_t c, int64_t count)
{
	const k_elem *x = (const k_elem *)a->x;
	int64_t there = a->count - c, from = row * a->x_channels + a->x_first + c;
	K_WRITE(y, a->y, row * a->channels + c, count, 0);
	for (int64_t k = 0; k < count; k++)
		y[k] = k < there ? (k_real)x[from + k] : 0;
	K_PUT(y, a->y, row * a->channels + c, count);
}
K_DEFINE_TILES(channel_pad)

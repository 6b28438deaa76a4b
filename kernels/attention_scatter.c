#include "kernels/attention_scatter.h"

K_FN void attention_scatter_tile(const struct attention_scatter_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t n = k_div(row, a->pixels), heads = k_div(a->channels, a->depth);
	int64_t place = a->slot_of[row - n * a->pixels], window = k_div(place, a->slots);
	int64_t slot = place - window * a->slots;
	int64_t x = ((n * a->windows + window) * heads * a->slots + slot) * a->depth;
	int64_t y = row * a->y_channels + a->y_first, step = a->slots * a->depth;
	int64_t head = k_div(c, a->depth), from = x + head * (step - a->depth), end = (head + 1) * a->depth;
	K_WRITE(out, a->y, y + c, count, a->accumulate);
	for (int64_t k = 0; k < count; k++) {
		for (; c + k >= end; end += a->depth)
			from += step - a->depth;
		k_real value = K_LOAD(a->x, from + c + k);
		out[k] = a->accumulate ? out[k] + value : value;
	}
	K_PUT(out, a->y, y + c, count);
}
K_DEFINE_TILES(attention_scatter)

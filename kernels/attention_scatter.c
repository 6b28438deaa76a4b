#include "kernels/attention_scatter.h"

K_FN void attention_scatter_tile(const struct attention_scatter_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t n = k_div(row, a->pixels), heads = k_div(a->channels, a->depth);
	int64_t place = a->slot_of[row - n * a->pixels], window = k_div(place, a->slots);
	int64_t slot = place - window * a->slots;
	int64_t x = ((n * a->windows + window) * heads * a->slots + slot) * a->depth;
	int64_t y = row * a->y_channels + a->y_first, step = a->slots * a->depth;
	for (int64_t k = c; k < c + count;) {
		int64_t head = k_div(k, a->depth), end = (head + 1) * a->depth, from = x + head * (step - a->depth);
		for (; k < c + count && k < end; k++)
			K_STORE(a->y, y + k, a->accumulate ? K_LOAD(a->y, y + k) + K_LOAD(a->x, from + k) : K_LOAD(a->x, from + k));
	}
}
K_DEFINE_TILES(attention_scatter)

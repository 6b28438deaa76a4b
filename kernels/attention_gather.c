#include "kernels/attention_gather.h"

K_FN void attention_gather_tile(const struct attention_gather_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t slot = k_mod(row, a->slots), rest = k_div(row, a->slots);
	int64_t head = k_mod(rest, a->heads), window = k_div(rest, a->heads);
	int64_t n = k_div(window, a->windows);
	int32_t pixel = a->pixel_of[(window - n * a->windows) * a->slots + slot];
	int64_t x = (n * a->pixels + pixel) * a->x_channels + a->x_first + head * a->channels;
	int64_t y = row * a->channels;
	for (int64_t k = c; k < c + count; k++)
		K_STORE(a->y, y + k, pixel < 0 ? 0 : K_LOAD(a->x, x + k));
}
K_DEFINE_TILES(attention_gather)

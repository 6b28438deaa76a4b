#include "kernels/reflect_pad.h"

K_FN int64_t reflect_pad_source(int64_t i, int64_t n)
{
	int64_t j = i < 0 ? -i : i;
	return j < n ? j : 2 * (n - 1) - j;
}

K_FN void reflect_pad_tile(const struct reflect_pad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t wide = a->w + 2 * a->pad, high = a->h + 2 * a->pad, line = k_div(row, wide);
	int64_t x = reflect_pad_source(k_mod(row, wide) - a->pad, a->w);
	int64_t y = reflect_pad_source(k_mod(line, high) - a->pad, a->h);
	int64_t from = ((k_div(line, high) * a->h + y) * a->w + x) * a->channels, to = row * a->channels;
	for (int64_t k = c; k < c + count; k++)
		K_STORE(a->y, to + k, K_LOAD(a->x, from + k));
}
K_DEFINE_TILES(reflect_pad)

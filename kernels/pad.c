#include "kernels/pad.h"
#include "kernels/reflect_point.h"

/* The position that i, which may lie outside, reads of n; -1: none. */
K_FN int64_t pad_source(int64_t i, int64_t n, enum pad_kind kind)
{
	if (i >= 0 && i < n)
		return i;
	if (kind == PAD_ZERO)
		return -1;
	if (kind == PAD_REPLICATE)
		return i < 0 ? 0 : n - 1;
	return reflect_point(i, n);
}

K_FN void pad_tile(const struct pad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t wide = a->w + 2 * a->pad, high = a->h + 2 * a->pad, line = k_div(row, wide);
	int64_t x = pad_source(k_mod(row, wide) - a->pad, a->w, a->kind);
	int64_t y = pad_source(k_mod(line, high) - a->pad, a->h, a->kind), to = row * a->channels;
	if (x < 0 || y < 0) {
		for (int64_t k = c; k < c + count; k++)
			K_STORE(a->y, to + k, 0);
		return;
	}
	int64_t from = ((k_div(line, high) * a->h + y) * a->w + x) * a->channels;
	for (int64_t k = c; k < c + count; k++)
		K_STORE(a->y, to + k, K_LOAD(a->x, from + k));
}
K_DEFINE_TILES(pad)

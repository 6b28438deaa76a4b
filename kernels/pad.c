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
	int64_t y = pad_source(k_mod(line, high) - a->pad, a->h, a->kind), to = row * a->channels + c;
	const bool outside = x < 0 || y < 0;
	K_READ(in, a->x, outside ? c : ((k_div(line, high) * a->h + y) * a->w + x) * a->channels + c, count);
	K_WRITE(out, a->y, to, count, 0);
	for (int64_t k = 0; k < count; k++)
		out[k] = outside ? 0 : in[k];
	K_PUT(out, a->y, to, count);
}
K_DEFINE_TILES(pad)

#include "kernels/reflect_pad.h"
#include "kernels/reflect_point.h"

K_FN void reflect_pad_tile(const struct reflect_pad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t from = reflect_point_row(row, a->h, a->w, a->pad) * a->channels, to = row * a->channels;
	for (int64_t k = c; k < c + count; k++)
		K_STORE(a->y, to + k, K_LOAD(a->x, from + k));
}
K_DEFINE_TILES(reflect_pad)

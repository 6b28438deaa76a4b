#include "kernels/slab_squares.h"

K_FN void slab_squares_at(const struct slab_squares_args *a, int64_t i)
{
	const uint8_t *tag = a->tag + i;
	int same = i + a->row + 1 < a->elements && tag[0] == tag[1] && tag[0] == tag[a->row] && tag[0] == tag[a->row + 1];
	a->square[i] = same ? tag[0] : SLAB_SEVERAL;
}
K_DEFINE(slab_squares)

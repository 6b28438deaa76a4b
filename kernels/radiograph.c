#include "kernels/radiograph_tile.h"

K_FN void radiograph_at(const struct radiograph_args *a, int64_t i)
{
	radiograph_tile(a, i, 1);
}
K_DEFINE(radiograph)

/* Included once by each build of radiograph_simd.h, which names it in RADIOGRAPH_BUILD. */
#include "kernels/cpu/radiograph_simd.h"
#include "kernels/radiograph_tile.h"

void RADIOGRAPH_BUILD(const struct radiograph_args *a, int64_t n)
{
	const struct radiograph_args b = *a; /* no store changes it */
	const int64_t tiles = n / RADIOGRAPH_TILE;
#pragma omp parallel for schedule(static) if (n > K_SERIAL)
	for (int64_t i = 0; i < tiles; i++)
		radiograph_tile(&b, i * RADIOGRAPH_TILE, RADIOGRAPH_TILE);
	if (tiles * RADIOGRAPH_TILE < n)
		radiograph_tile(&b, tiles * RADIOGRAPH_TILE, n - tiles * RADIOGRAPH_TILE);
}

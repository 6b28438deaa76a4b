/*
 * Random numbers inside kernel text: Philox4x32-10, the same numbers as host/run/rng.h.  A draw is a pure
 * function of (seed, stream, column, row, draw), so a pixel's noise depends on no other pixel, thread or
 * tile.
 */
#ifndef KERNELS_PHILOX_H
#define KERNELS_PHILOX_H
#include "kernels/kernel.h"

/* Salmon et al. 2011, table 2. */
K_FN void philox_block(uint32_t *out, const uint32_t *counter, uint64_t seed)
{
	uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
	uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
	for (int round = 0; round < 10; round++) {
		uint64_t a = 0xD2511F53ull * c0, b = 0xCD9E8D57ull * c2;
		c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
		c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
		c1 = (uint32_t)b;
		c3 = (uint32_t)a;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

/* Four words for a pixel; col and draw below 65536. */
K_FN void philox_pixel(uint32_t *out, uint64_t seed, uint64_t stream, int64_t col, int64_t row, int draw)
{
	uint32_t counter[4];
	counter[0] = (uint32_t)col | (uint32_t)draw << 16;
	counter[1] = (uint32_t)row;
	counter[2] = (uint32_t)stream;
	counter[3] = (uint32_t)(stream >> 32);
	philox_block(out, counter, seed);
}

/* In (0, 1): the middle of one of 2^52 equal cells. */
K_FN double philox_unit(uint32_t high, uint32_t low)
{
	uint64_t bits = ((uint64_t)high << 32 | low) >> 12;
	return ((double)bits + 0.5) * (1.0 / 4503599627370496.0);
}

/* Mean 0, SD 1 (Box-Muller) from one block. */
K_FN double philox_normal(const uint32_t *block)
{
	double radius = sqrt(-2.0 * log(philox_unit(block[0], block[1])));
	return radius * cos(6.283185307179586 * philox_unit(block[2], block[3]));
}

K_FN double philox_pixel_normal(uint64_t seed, uint64_t stream, int64_t col, int64_t row, int draw)
{
	uint32_t block[4];
	philox_pixel(block, seed, stream, col, row, draw);
	return philox_normal(block);
}
#endif

#include "host/run/rng.h"

#include <math.h>

/* Salmon et al. 2011, table 2: multipliers, and Weyl key increments (golden ratio, sqrt 3 - 1). */
void rng_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
	uint32_t c[4] = { counter[0], counter[1], counter[2], counter[3] }, k[2] = { key[0], key[1] };
	for (int round = 0; round < 10; round++) {
		uint64_t a = 0xD2511F53ull * c[0], b = 0xCD9E8D57ull * c[2];
		uint32_t next0 = (uint32_t)(b >> 32) ^ c[1] ^ k[0], next2 = (uint32_t)(a >> 32) ^ c[3] ^ k[1];
		c[1] = (uint32_t)b;
		c[3] = (uint32_t)a;
		c[0] = next0;
		c[2] = next2;
		k[0] += 0x9E3779B9u;
		k[1] += 0xBB67AE85u;
	}
	for (int i = 0; i < 4; i++)
		out[i] = c[i];
}

struct rng rng_init(uint64_t seed, uint64_t stream)
{
	struct rng r = { seed, stream, 0 };
	return r;
}

static uint64_t finalise(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
	return z ^ (z >> 31);
}

uint64_t rng_mix(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = finalise(a + 0x9E3779B97F4A7C15ull);
	h = finalise(h ^ (b + 0x9E3779B97F4A7C15ull));
	return finalise(h ^ (c + 0x9E3779B97F4A7C15ull));
}

/* One block of four words a draw: simple, and a draw costs the same wherever the sequence stands. */
static void next_block(struct rng *r, uint32_t out[4])
{
	uint32_t counter[4] = { (uint32_t)r->index, (uint32_t)(r->index >> 32), (uint32_t)r->stream,
		(uint32_t)(r->stream >> 32) };
	uint32_t key[2] = { (uint32_t)r->seed, (uint32_t)(r->seed >> 32) };
	rng_philox(out, counter, key);
	r->index++;
}

uint32_t rng_u32(struct rng *r)
{
	uint32_t block[4];
	next_block(r, block);
	return block[0];
}

/* The middle of one of 2^52 equal cells; with 2^53 the half would not be exact, and the last would round to 1. */
static double unit_of(uint32_t high, uint32_t low)
{
	uint64_t bits = ((uint64_t)high << 32 | low) >> 12;
	return ((double)bits + 0.5) * 0x1p-52;
}

double rng_uniform(struct rng *r)
{
	uint32_t block[4];
	next_block(r, block);
	return unit_of(block[0], block[1]);
}

double rng_range(struct rng *r, double low, double high)
{
	return low + (high - low) * rng_uniform(r);
}

double rng_normal(struct rng *r)
{
	uint32_t block[4];
	next_block(r, block);
	double radius = sqrt(-2.0 * log(unit_of(block[0], block[1])));
	return radius * cos(6.283185307179586 * unit_of(block[2], block[3]));
}

double rng_poisson(struct rng *r, double mean)
{
	if (!(mean > 0))
		return 0;
	if (mean >= 30) {
		double x = round(mean + sqrt(mean) * rng_normal(r));
		return x > 0 ? x : 0;
	}
	double limit = exp(-mean), product = rng_uniform(r), count = 0;
	while (product > limit) {
		product *= rng_uniform(r);
		count += 1;
	}
	return count;
}

int64_t rng_below(struct rng *r, int64_t n)
{
	return (int64_t)(rng_uniform(r) * (double)n);
}

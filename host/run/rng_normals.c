/*
 * Many normal draws at once, in loops that compilers turn into vectors: the blocks of rng.c, then Box-Muller with a
 * logarithm and a cosine of their own, each within 2^-52 of the true one, relative and absolute.
 */
#include <math.h>
#include <string.h>

#include "host/run/rng.h"

enum { LANES = 32 };
#define ROOT_HALF_BITS UINT64_C(0x3fe6a09e667f3bcd) /* of sqrt(1/2) */
#define ONE_BITS UINT64_C(0x3ff0000000000000)
#define TWO_52_BITS UINT64_C(0x4330000000000000)
#define MANTISSA UINT64_C(0x000fffffffffffff)

static inline double from_bits(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

static inline uint64_t bits_of(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/* The blocks index .. index + LANES - 1, word by word. */
static void philox(uint32_t word[4][LANES], const struct rng *r)
{
	uint32_t k0 = (uint32_t)r->seed, k1 = (uint32_t)(r->seed >> 32);
	for (int i = 0; i < LANES; i++) {
		const uint64_t index = r->index + (uint64_t)i;
		word[0][i] = (uint32_t)index;
		word[1][i] = (uint32_t)(index >> 32);
		word[2][i] = (uint32_t)r->stream;
		word[3][i] = (uint32_t)(r->stream >> 32);
	}
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < LANES; i++) {
			const uint64_t a = UINT64_C(0xD2511F53) * word[0][i], b = UINT64_C(0xCD9E8D57) * word[2][i];
			word[0][i] = (uint32_t)(b >> 32) ^ word[1][i] ^ k0;
			word[2][i] = (uint32_t)(a >> 32) ^ word[3][i] ^ k1;
			word[1][i] = (uint32_t)b;
			word[3][i] = (uint32_t)a;
		}
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
}

/* As unit_of() in rng.c; 52 bits are put into a double's mantissa. */
static inline double unit(uint32_t high, uint32_t low)
{
	const uint64_t bits = ((uint64_t)high << 32 | low) >> 12;
	return (from_bits(bits | TWO_52_BITS) - 0x1p52 + 0.5) * 0x1p-52;
}

/* ln u, 0 < u < 1: u = 2^k m with m about 1, ln m = 2 atanh((m - 1) / (m + 1)). */
static inline double logarithm(double u)
{
	const uint64_t shifted = bits_of(u) + (ONE_BITS - ROOT_HALF_BITS);
	/* k + 1023 in the low bits of 2^52. */
	const double k = from_bits((shifted >> 52) | TWO_52_BITS) - (0x1p52 + 1023);
	const double m = from_bits((shifted & MANTISSA) + ROOT_HALF_BITS);
	const double f = (m - 1) / (m + 1), s = f * f;
	double sum = 1.0 / 21;
	sum = sum * s + 1.0 / 19;
	sum = sum * s + 1.0 / 17;
	sum = sum * s + 1.0 / 15;
	sum = sum * s + 1.0 / 13;
	sum = sum * s + 1.0 / 11;
	sum = sum * s + 1.0 / 9;
	sum = sum * s + 1.0 / 7;
	sum = sum * s + 1.0 / 5;
	sum = sum * s + 1.0 / 3;
	return k * 0.693147180559945309417 + 2 * (f + f * s * sum);
}

/* cos(2 pi t), 0 < t < 1: by quarters of a turn, sine and cosine of at most an eighth. */
static inline double cosine(double t)
{
	const double quarters = 4 * t + 0x1.8p52; /* rounded to a whole number, in the low bits */
	const uint64_t q = bits_of(quarters);
	const double x = (t - 0.25 * (quarters - 0x1.8p52)) * 6.283185307179586477, s = x * x;
	double sine = -1.0 / 1307674368000, even = 1.0 / 20922789888000;
	sine = sine * s + 1.0 / 6227020800;
	even = even * s - 1.0 / 87178291200;
	sine = sine * s - 1.0 / 39916800;
	even = even * s + 1.0 / 479001600;
	sine = sine * s + 1.0 / 362880;
	even = even * s - 1.0 / 3628800;
	sine = sine * s - 1.0 / 5040;
	even = even * s + 1.0 / 40320;
	sine = sine * s + 1.0 / 120;
	even = even * s - 1.0 / 720;
	sine = sine * s - 1.0 / 6;
	even = even * s + 1.0 / 24;
	sine = x + x * s * sine;
	even = 1 - 0.5 * s + s * s * even;
	/* cos, -sin, -cos, sin of the rest after 0, 1, 2, 3 quarters. */
	const uint64_t odd = -(q & 1), sign = ((q + 1) & 2) << 62;
	return from_bits(((bits_of(sine) & odd) | (bits_of(even) & ~odd)) ^ sign);
}

void rng_normals(struct rng *r, double *out, int64_t n)
{
	for (int64_t first = 0; first < n; first += LANES) {
		const int64_t count = n - first < LANES ? n - first : LANES;
		uint32_t word[4][LANES];
		double normal[LANES];
		philox(word, r);
		for (int i = 0; i < LANES; i++)
			normal[i] = sqrt(-2.0 * logarithm(unit(word[0][i], word[1][i]))) *
				    cosine(unit(word[2][i], word[3][i]));
		memcpy(out + first, normal, (size_t)count * sizeof(*out));
		r->index += (uint64_t)count;
	}
}

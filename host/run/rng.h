/*
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * A draw is a pure function of (seed, stream, index), so any sample can be made again alone, in any order and on
 * any number of threads.
 */
#ifndef HOST_RUN_RNG_H
#define HOST_RUN_RNG_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct rng {
	uint64_t seed;   /* key */
	uint64_t stream; /* high half of the counter: subject, pixel row, sample ... */
	uint64_t index;  /* low half; advanced by the sequential draws below */
};
/* The bare generator, for kernels too: out = philox(counter, key). */
void rng_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);
struct rng rng_init(uint64_t seed, uint64_t stream);
/* Mixes words into one stream number (SplitMix64 finaliser), for (seed, step, index)-like keys. */
uint64_t rng_mix(uint64_t a, uint64_t b, uint64_t c);
uint32_t rng_u32(struct rng *r);
double rng_uniform(struct rng *r);                      /* in (0, 1), 52 bits */
double rng_range(struct rng *r, double low, double high);
double rng_normal(struct rng *r);                       /* mean 0, SD 1 (Box-Muller) */
/* The next n of those, within 1e-14, several at a time: for images of noise. */
void rng_normals(struct rng *r, double *out, int64_t n);
double rng_poisson(struct rng *r, double mean);         /* exact below 30 (Knuth), else rounded normal, >= 0 */
int64_t rng_below(struct rng *r, int64_t n);            /* 0 .. n-1 */
#ifdef __cplusplus
}
#endif
#endif

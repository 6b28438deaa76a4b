/* Random streams of a cohort: each purpose has its own, so that adding one changes no other. */
#ifndef DRR_COHORT_STREAM_H
#define DRR_COHORT_STREAM_H
#include "host/run/rng.h"
enum stream {
	STREAM_SITE = 1, STREAM_PERSON, STREAM_BONE, STREAM_TISSUE, STREAM_POSE, STREAM_SCAN_NOISE, STREAM_XRAY_NOISE,
	STREAM_DXA, STREAM_SPLIT, STREAM_ENROL, STREAM_VISIT, STREAM_POSTURE, STREAM_MAP, STREAM_COLLIMATOR
};
/* part: a row or slice within the purpose, 0 where there is none. */
static inline struct rng stream_of(uint64_t seed, int64_t who, enum stream purpose, int64_t part)
{
	return rng_init(seed, rng_mix((uint64_t)who, (uint64_t)purpose, (uint64_t)part));
}
#endif

/*
 * Batches for training.  Which samples a step sees and how they are augmented is a pure function of (seed, step,
 * place in the batch), so a resumed run sees the same data.
 */
#ifndef GAN_SAMPLER_H
#define GAN_SAMPLER_H
#include "gan/config.h"
#include "gan/dataset_file.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Input and target scales: network input = (radiograph - mean) / sd, target = physical / target_scale. */
struct sampler_scale {
	double input_mean, input_sd, target_scale[SAMPLE_CHANNELS];
};
struct sampler {
	struct dataset *dataset;
	const struct config *config;
	uint64_t seed;
	struct sampler_scale scale;
	float **cache;        /* (n_samples) input then target, NULL = not read yet */
	size_t cached_bytes;
	int64_t epoch;        /* the permutation held */
	int64_t *permutation; /* (n_samples) */
	float *scratch;
};
enum { SAMPLER_CACHE_BYTES = 2000000000 };
int sampler_init(struct sampler *s, struct dataset *dataset, const struct config *config, uint64_t seed);
void sampler_free(struct sampler *s);
/* input (batch, rows, cols, 1), target (batch, rows, cols, channels), both scaled. */
int sampler_batch(struct sampler *s, int64_t step, float *input, float *target);
/* One sample unaugmented, input scaled, target physical. */
int sampler_plain(struct sampler *s, int64_t sample, float *input, float *target);
#ifdef __cplusplus
}
#endif
#endif

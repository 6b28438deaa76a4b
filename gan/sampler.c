#include "gan/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/rng.h"

enum { SCALE_SAMPLES = 64 }; /* spread over the set; more do not change the third digit */
static const uint64_t STREAM_ORDER = 1, STREAM_AUGMENT = 2;

static int64_t pixels(const struct sampler *s)
{
	return s->dataset->meta.view.rows * s->dataset->meta.view.cols;
}

static int load(struct sampler *s, int64_t sample, const float **input, const float **target)
{
	size_t floats = (size_t)pixels(s) * (1 + SAMPLE_CHANNELS), bytes = floats * sizeof(float);
	double info[DATASET_INFO];
	float *block = s->cache[sample];
	if (!block && s->cached_bytes + bytes <= SAMPLER_CACHE_BYTES) {
		block = s->cache[sample] = malloc(bytes);
		if (block && dataset_read(s->dataset, sample, block, block + pixels(s), info) != 0)
			return -1;
		s->cached_bytes += block ? bytes : 0;
	}
	if (!block) {
		block = s->scratch;
		if (dataset_read(s->dataset, sample, block, block + pixels(s), info) != 0)
			return -1;
	}
	*input = block;
	*target = block + pixels(s);
	return 0;
}

/* Mean and SD of the radiographs, root mean square of each map, over samples spread through the set. */
static int measure_scale(struct sampler *s)
{
	int64_t n = s->dataset->meta.n_samples, used = n < SCALE_SAMPLES ? n : SCALE_SAMPLES, count = 0;
	double sum = 0, sum2 = 0, target2[SAMPLE_CHANNELS] = { 0 };
	for (int64_t k = 0; k < used; k++) {
		const float *input, *target;
		if (load(s, k * n / used, &input, &target) != 0)
			return -1;
		for (int64_t i = 0; i < pixels(s); i++) {
			sum += (double)input[i];
			sum2 += (double)input[i] * (double)input[i];
			for (int c = 0; c < SAMPLE_CHANNELS; c++)
				target2[c] += pow((double)target[i * SAMPLE_CHANNELS + c], 2);
		}
		count += pixels(s);
	}
	s->scale.input_mean = sum / (double)count;
	s->scale.input_sd = sqrt(fmax(sum2 / (double)count - pow(s->scale.input_mean, 2), 1e-12));
	for (int c = 0; c < SAMPLE_CHANNELS; c++) {
		s->scale.target_scale[c] = sqrt(target2[c] / (double)count);
		if (!(s->scale.target_scale[c] > 0))
			return ERR_INVALID("%s: map '%s' is empty in the samples looked at", s->dataset->file.path,
				sample_channel_names[c]);
	}
	return 0;
}

int sampler_init(struct sampler *s, struct dataset *dataset, const struct config *config, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->dataset = dataset;
	s->config = config;
	s->seed = seed;
	s->epoch = -1;
	s->cache = calloc((size_t)dataset->meta.n_samples, sizeof(*s->cache));
	s->permutation = calloc((size_t)dataset->meta.n_samples, sizeof(*s->permutation));
	s->scratch = malloc((size_t)pixels(s) * (1 + SAMPLE_CHANNELS) * sizeof(float));
	if (!s->cache || !s->permutation || !s->scratch)
		return ERR_RESOURCE("no memory for the sampler");
	return measure_scale(s);
}

void sampler_free(struct sampler *s)
{
	for (int64_t i = 0; s->cache && i < s->dataset->meta.n_samples; i++)
		free(s->cache[i]);
	free(s->cache);
	free(s->permutation);
	free(s->scratch);
	memset(s, 0, sizeof(*s));
}

/* Every epoch is a permutation of the samples (Fisher-Yates, keyed by seed and epoch). */
static int64_t sample_at(struct sampler *s, int64_t global)
{
	int64_t n = s->dataset->meta.n_samples, epoch = global / n;
	if (epoch != s->epoch) {
		struct rng rng = rng_init(s->seed, rng_mix(STREAM_ORDER, (uint64_t)epoch, 0));
		for (int64_t i = 0; i < n; i++)
			s->permutation[i] = i;
		for (int64_t i = n - 1; i > 0; i--) {
			int64_t j = rng_below(&rng, i + 1), held = s->permutation[i];
			s->permutation[i] = s->permutation[j];
			s->permutation[j] = held;
		}
		s->epoch = epoch;
	}
	return s->permutation[global % n];
}

static void augment(struct sampler *s, float *input, uint64_t stream)
{
	const struct sample_view *view = &s->dataset->meta.view;
	struct rng rng = rng_init(s->seed, stream);
	double gain = 1 + s->config->augment_gain * rng_normal(&rng);
	double offset = s->config->augment_offset * rng_normal(&rng);
	double noise = s->config->augment_noise * rng_uniform(&rng);
	double field[5];
	for (int k = 0; k < 5; k++)
		field[k] = s->config->augment_field * rng_normal(&rng);
	for (int64_t i = 0; i < pixels(s); i++) {
		double u = (double)(i % view->cols) / (double)view->cols - 0.5;
		double v = (double)(i / view->cols) / (double)view->rows - 0.5;
		double smooth = field[0] * u + field[1] * v + field[2] * u * u + field[3] * v * v + field[4] * u * v;
		input[i] = (float)(gain * (double)input[i] + offset + smooth + noise * rng_normal(&rng));
	}
}

static void scale_input(const struct sampler *s, float *input)
{
	for (int64_t i = 0; i < pixels(s); i++)
		input[i] = (float)(((double)input[i] - s->scale.input_mean) / s->scale.input_sd);
}

int sampler_batch(struct sampler *s, int64_t step, float *input, float *target)
{
	int64_t n = pixels(s);
	for (int64_t b = 0; b < s->config->batch; b++) {
		const float *from_input, *from_target;
		float *to_input = input + b * n, *to_target = target + b * n * SAMPLE_CHANNELS;
		if (load(s, sample_at(s, step * s->config->batch + b), &from_input, &from_target) != 0)
			return -1;
		memcpy(to_input, from_input, (size_t)n * sizeof(float));
		augment(s, to_input, rng_mix(STREAM_AUGMENT, (uint64_t)step, (uint64_t)b));
		scale_input(s, to_input);
		for (int64_t i = 0; i < n * SAMPLE_CHANNELS; i++)
			to_target[i] = (float)((double)from_target[i] / s->scale.target_scale[i % SAMPLE_CHANNELS]);
	}
	return 0;
}

int sampler_plain(struct sampler *s, int64_t sample, float *input, float *target)
{
	const float *from_input, *from_target;
	if (load(s, sample, &from_input, &from_target) != 0)
		return -1;
	memcpy(input, from_input, (size_t)pixels(s) * sizeof(float));
	memcpy(target, from_target, (size_t)pixels(s) * SAMPLE_CHANNELS * sizeof(float));
	scale_input(s, input);
	return 0;
}

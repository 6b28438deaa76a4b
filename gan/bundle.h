/*
 * A trained model as one file: the generator's parameters and, in the metadata, the contract of its input, the scales,
 * the readout line and where it came from.  model.json beside it repeats the metadata for people.
 */
#ifndef GAN_BUNDLE_H
#define GAN_BUNDLE_H
#include "gan/sampler.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { BUNDLE_FORMAT_VERSION = 1 };
/* y = intercept + slope * x, fitted on the training set only. */
struct bundle_line {
	double intercept, slope, r;
	int64_t n;
};
struct bundle {
	struct sample_view view;
	struct sampler_scale scale;
	struct config config;
	struct bundle_line abmd_qct; /* read-off aBMD -> abmd_qct, g/cm2 */
	struct bundle_line abmd_dxa; /* read-off aBMD -> abmd_dxa, g/cm2; n 0 when the set has no DXA */
	struct bundle_line vbmd;     /* read-off vBMD -> vbmd_qct, mg/cm3 */
	struct bundle_line baseline; /* mean grey value of the view -> the reference of bundle_abmd(): to be beaten */
	int64_t steps, seed;
	bool synthetic;
	char version[64];
};
/* Least squares; fewer than 3 points or no spread give the identity (slope 1) with r NaN. */
struct bundle_line bundle_fit(const double *x, const double *y, int64_t n);
double bundle_apply(const struct bundle_line *line, double x);
/* The line behind abmd_g_cm2: DXA-equivalent where the training set has DXA, else CT-derived; and its name. */
const struct bundle_line *bundle_abmd(const struct bundle *b);
const char *bundle_reference(const struct bundle *b); /* "abmd_dxa" or "abmd_qct" */
struct json *bundle_to_json(const struct bundle *b);
int bundle_write(const struct bundle *b, struct nn *nn, const char *run); /* RUN/model.safetensors, RUN/model.json */
/* tensors: the file, for nn_import(); ERR_MODEL when missing or of another format. */
int bundle_read(struct bundle *b, struct safetensors *tensors, const char *run);
#ifdef __cplusplus
}
#endif
#endif

#include "gan/readout.h"

#include <math.h>
#include <stdlib.h>

#include "host/run/err.h"

struct readout {
	double *abmd, *vbmd, *grey, *abmd_reference, *vbmd_reference;
	int64_t n;
};

/* One sample's readings; a sample with an empty mask has no place on the lines. */
static int read_one(struct readout *r, struct predictor *predictor, struct dataset *dataset, int64_t sample, float *input,
	float *target)
{
	double info[DATASET_INFO];
	struct predictor_reading reading;
	if (dataset_read(dataset, sample, input, target, info) != 0 ||
		predictor_read(predictor, input, NULL, &reading) != 0)
		return -1;
	if (!isfinite(reading.abmd_g_cm2) || !isfinite(reading.vbmd_mg_cm3) || !isfinite(info[DATASET_ABMD_QCT]) ||
		!isfinite(info[DATASET_VBMD_QCT]))
		return 0;
	r->abmd[r->n] = reading.abmd_g_cm2;
	r->vbmd[r->n] = reading.vbmd_mg_cm3;
	r->grey[r->n] = reading.mean_grey;
	r->abmd_reference[r->n] = info[DATASET_ABMD_QCT];
	r->vbmd_reference[r->n] = info[DATASET_VBMD_QCT];
	r->n++;
	return 0;
}

int readout_fit(struct bundle *bundle, struct predictor *predictor, struct sampler *sampler)
{
	struct dataset *d = sampler->dataset;
	int64_t pixels = d->meta.view.rows * d->meta.view.cols, n = d->meta.n_samples;
	int64_t used = n < READOUT_SAMPLES ? n : READOUT_SAMPLES;
	float *input = malloc((size_t)pixels * sizeof(float));
	float *target = malloc((size_t)pixels * SAMPLE_CHANNELS * sizeof(float));
	double *block = calloc((size_t)used * 5, sizeof(double));
	int rc = -1;
	if (!input || !target || !block) {
		ERR_RESOURCE("no memory to read off %lld samples", (long long)used);
		goto cleanup;
	}
	struct readout r = { block, block + used, block + 2 * used, block + 3 * used, block + 4 * used, 0 };
	for (int64_t k = 0; k < used; k++)
		TRY(read_one(&r, predictor, d, k * n / used, input, target));
	bundle->abmd = bundle_fit(r.abmd, r.abmd_reference, r.n);
	bundle->vbmd = bundle_fit(r.vbmd, r.vbmd_reference, r.n);
	bundle->baseline = bundle_fit(r.grey, r.abmd_reference, r.n);
	rc = 0;
cleanup:
	free(input);
	free(target);
	free(block);
	return rc;
}

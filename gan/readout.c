#include "gan/readout.h"

#include <math.h>
#include <stdlib.h>

#include "host/run/err.h"

struct readout {
	double *abmd, *vbmd, *grey, *abmd_qct, *vbmd_qct; /* (room) */
	double *with_dxa, *grey_with_dxa, *abmd_dxa;      /* (room), the samples that have DXA */
	int64_t n, n_dxa;
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
	r->abmd_qct[r->n] = info[DATASET_ABMD_QCT];
	r->vbmd_qct[r->n] = info[DATASET_VBMD_QCT];
	r->n++;
	if (!isfinite(info[DATASET_ABMD_DXA]))
		return 0;
	r->with_dxa[r->n_dxa] = reading.abmd_g_cm2;
	r->grey_with_dxa[r->n_dxa] = reading.mean_grey;
	r->abmd_dxa[r->n_dxa] = info[DATASET_ABMD_DXA];
	r->n_dxa++;
	return 0;
}

int readout_fit(struct bundle *bundle, struct predictor *predictor, struct sampler *sampler)
{
	struct dataset *d = sampler->dataset;
	int64_t pixels = d->meta.view.rows * d->meta.view.cols, n = d->meta.n_samples;
	int64_t used = n < READOUT_SAMPLES ? n : READOUT_SAMPLES;
	float *input = malloc((size_t)pixels * sizeof(float));
	float *target = malloc((size_t)pixels * SAMPLE_CHANNELS * sizeof(float));
	double *block = calloc((size_t)used * 8, sizeof(double));
	int rc = -1;
	if (!input || !target || !block) {
		ERR_RESOURCE("no memory to read off %lld samples", (long long)used);
		goto cleanup;
	}
	struct readout r = { block, block + used, block + 2 * used, block + 3 * used, block + 4 * used, block + 5 * used,
		block + 6 * used, block + 7 * used, 0, 0 };
	for (int64_t k = 0; k < used; k++)
		TRY(read_one(&r, predictor, d, k * n / used, input, target));
	bundle->abmd_qct = bundle_fit(r.abmd, r.abmd_qct, r.n);
	bundle->abmd_dxa = bundle_fit(r.with_dxa, r.abmd_dxa, r.n_dxa);
	bundle->vbmd = bundle_fit(r.vbmd, r.vbmd_qct, r.n);
	bundle->baseline = r.n_dxa > 0 ? bundle_fit(r.grey_with_dxa, r.abmd_dxa, r.n_dxa)
				       : bundle_fit(r.grey, r.abmd_qct, r.n);
	rc = 0;
cleanup:
	free(input);
	free(target);
	free(block);
	return rc;
}

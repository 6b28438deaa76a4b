#include "drr/psf.h"

#include <math.h>
#include <stdlib.h>

#include "host/run/err.h"
#include "host/run/memory.h"
#include "kernels/blur.h"
#include "kernels/coarsen.h"
#include "kernels/expand.h"

#define CUT_SD 4.0

/* Variance of a Gaussian of this SD sampled at the whole numbers. */
static double sampled_variance(double sd)
{
	double sum = 1, square = 0;
	for (int k = 1; k <= 16; k++) {
		double w = 2 * exp(-0.5 * k * k / (sd * sd));
		sum += w;
		square += w * k * k;
	}
	return square / sum;
}

/* From 1 pixel on the samples' variance is the Gaussian's to 1e-7. */
static double sampled_sd(double sd_px)
{
	double low = 0.05, high = 1;
	if (sd_px >= 1)
		return sd_px;
	for (int step = 0; step < 60; step++) {
		double middle = 0.5 * (low + high);
		if (sampled_variance(middle) < sd_px * sd_px)
			low = middle;
		else
			high = middle;
	}
	return high;
}

int psf_gaussian(struct psf *psf, double sd_px, int64_t longest)
{
	double sd = sampled_sd(sd_px), sum = 0, reach = ceil(CUT_SD * sd);
	psf->radius = reach < (double)longest ? (int64_t)reach : longest - 1;
	psf->weights = malloc((size_t)(2 * psf->radius + 1) * sizeof(float));
	if (!psf->weights)
		return ERR_RESOURCE("out of memory for a stencil of %lld pixels", (long long)psf->radius);
	for (int64_t k = -psf->radius; k <= psf->radius; k++)
		sum += exp(-0.5 * (double)(k * k) / (sd * sd));
	for (int64_t k = -psf->radius; k <= psf->radius; k++)
		psf->weights[psf->radius + k] = (float)(exp(-0.5 * (double)(k * k) / (sd * sd)) / sum);
	return 0;
}

void psf_free(struct psf *psf)
{
	free(psf->weights);
	psf->weights = NULL;
	psf->radius = 0;
}

static int apply_fine(const struct device *device, float *out, float *scratch, const float *in, int64_t cols,
	int64_t rows, double sd_px, enum psf_edge edge, double share, bool accumulate)
{
	struct psf psf = { 0 };
	struct memory weights = { 0 };
	int rc = -1;
	TRY(psf_gaussian(&psf, sd_px, cols > rows ? cols : rows));
	size_t bytes = (size_t)(2 * psf.radius + 1) * sizeof(float);
	TRY(memory_alloc(&weights, device, bytes, "stencil"));
	TRY(memory_write(&weights, 0, psf.weights, bytes));
	struct blur_args a = {
		.out = scratch,
		.in = in,
		.weights = weights.data,
		.radius = psf.radius,
		.rows = rows,
		.channels = cols,
		.normalise = edge == PSF_EDGE_KEEP,
		.share = 1,
	};
	TRY(blur(device, &a, rows));
	a.out = out;
	a.in = scratch;
	a.down = 1;
	a.accumulate = accumulate;
	a.share = share;
	TRY(blur(device, &a, rows));
	TRY(device_synchronize(device)); /* the stencil is freed below */
	rc = 0;
cleanup:
	psf_free(&psf);
	memory_free(&weights);
	return rc;
}

/* scratch holds the coarse image, its smoothed copy and a pass of the stencil. */
static int apply_coarse(const struct device *device, float *out, float *scratch, const float *in,
	int64_t cols, int64_t rows, double sd_px, int64_t factor, double share, bool accumulate)
{
	struct coarse_field field = { .factor = factor };
	field.cols = (cols + factor - 1) / factor;
	field.rows = (rows + factor - 1) / factor;
	int64_t blocks = field.cols * field.rows;
	/* A triangle of half-width f has the variance f^2 / 6; sampled at whole pixels, (f^2 - 1) / 6. */
	double ends = ((double)(factor * factor) - 1) / 6 + (double)(factor * factor) / 6;
	double sd_blocks = sqrt(sd_px * sd_px - ends) / (double)factor;
	struct coarsen_args c = { scratch, in, cols, rows, factor, field.cols };
	if (coarsen(device, &c, blocks) != 0 ||
		apply_fine(device, scratch + blocks, scratch + 2 * blocks, scratch, field.cols, field.rows,
			sd_blocks, PSF_EDGE_KEEP, 1, false) != 0)
		return -1;
	field.values = scratch + blocks;
	struct expand_args e = { out, field, cols, accumulate, share };
	return expand(device, &e, cols * rows);
}

int psf_apply(const struct device *device, float *out, float *scratch, const float *in, int64_t cols,
	int64_t rows, double sd_px, enum psf_edge edge, double share, bool accumulate)
{
	int64_t factor = sd_px < PSF_COARSE_SD ? 1 : (int64_t)fmin(sd_px / 5, (double)(cols + rows));
	int64_t blocks = ((cols + factor - 1) / factor) * ((rows + factor - 1) / factor);
	if (edge == PSF_EDGE_KEEP && factor > 1 && 3 * blocks <= cols * rows)
		return apply_coarse(device, out, scratch, in, cols, rows, sd_px, factor, share, accumulate);
	return apply_fine(device, out, scratch, in, cols, rows, sd_px, edge, share, accumulate);
}

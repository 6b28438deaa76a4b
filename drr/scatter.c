#include "drr/scatter.h"

#include <math.h>
#include <stdlib.h>

#include "drr/psf.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "kernels/scatter_add.h"
#include "kernels/scatter_ratio.h"
#include "kernels/scatter_source.h"

double scatter_sd_mm(const struct scatter_model *model, double thickness_mm)
{
	return fmax(model->spread * (0.5 * thickness_mm + model->air_gap_mm), SCATTER_LEAST_SD_MM);
}

static int64_t block_of(const struct scatter_model *model, double pixel_mm, int64_t wanted)
{
	if (wanted > 0)
		return wanted;
	double block = floor(scatter_sd_mm(model, 0) / (4 * pixel_mm));
	return block > 1 ? (int64_t)block : 1;
}

/* field (rows, cols of blocks): all layers spread and added up.  source and scratch are overwritten. */
static int spread(const struct device *device, float *field, const float *source, float *scratch,
	const struct coarse_field *size, double block_mm, const struct scatter_model *model)
{
	for (int layer = 0; layer < SCATTER_LAYERS; layer++) {
		double sd_mm = scatter_sd_mm(model, layer * SCATTER_LAYER_MM);
		if (psf_apply(device, field, scratch, source + layer * size->cols * size->rows, size->cols,
			    size->rows, sd_mm / block_mm, PSF_EDGE_LOSE, 1, layer > 0) != 0)
			return -1;
	}
	return 0;
}

/* Mean of the field over the primary in the body; 0 without a body. */
static int mean_ratio(const struct device *device, double *mean, const struct scatter_ratio_args *args,
	int64_t rows, int64_t cols)
{
	struct scatter_ratio_args a = *args;
	struct memory sums = { 0 };
	size_t bytes = (size_t)rows * 2 * sizeof(double);
	double *host = malloc(bytes), ratio = 0, pixels = 0;
	int rc = -1;
	if (!host) {
		ERR_RESOURCE("out of memory for %lld rows", (long long)rows);
		goto cleanup;
	}
	TRY(memory_alloc(&sums, device, bytes, "scatter ratios"));
	a.ratio = sums.data;
	a.pixels = a.ratio + rows;
	TRY(scatter_ratio(device, &a, rows, cols));
	TRY(memory_read(host, &sums, 0, bytes));
	for (int64_t r = 0; r < rows; r++) {
		ratio += host[r];
		pixels += host[rows + r];
	}
	*mean = pixels > 0 ? ratio / pixels : 0;
	rc = 0;
cleanup:
	free(host);
	memory_free(&sums);
	return rc;
}

int scatter_apply(const struct device *device, float *out, const float *intensity, const float *thickness_mm,
	int64_t cols, int64_t rows, double pixel_mm, const struct scatter_model *model, int64_t block)
{
	int64_t factor = block_of(model, pixel_mm, block);
	struct coarse_field field = { .factor = factor };
	struct memory source = { 0 }, planes = { 0 };
	double mean;
	int rc = -1;
	field.cols = (cols + factor - 1) / factor;
	field.rows = (rows + factor - 1) / factor;
	int64_t blocks = field.cols * field.rows;
	TRY(memory_alloc(
		&source, device, (size_t)(blocks * SCATTER_LAYERS) * sizeof(float), "scatter sources"));
	TRY(memory_alloc(&planes, device, (size_t)(blocks * 2) * sizeof(float), "scatter"));
	struct scatter_source_args s = {
		.source = source.data,
		.intensity = intensity,
		.thickness_mm = thickness_mm,
		.cols = cols,
		.rows = rows,
		.factor = factor,
		.coarse_cols = field.cols,
		.coarse_rows = field.rows,
		.groups = SCATTER_LAYERS,
		.step_mm = SCATTER_LAYER_MM,
	};
	TRY(scatter_source(device, &s, blocks * SCATTER_LAYERS));
	float *spread_field = planes.data;
	TRY(spread(device, spread_field, source.data, spread_field + blocks, &field,
		pixel_mm * (double)factor, model));
	field.values = spread_field;
	struct scatter_ratio_args r = {
		.intensity = intensity,
		.thickness_mm = thickness_mm,
		.field = field,
		.cols = cols,
		.body_mm = SCATTER_BODY_MM,
		.least = SCATTER_LEAST_PRIMARY,
	};
	TRY(mean_ratio(device, &mean, &r, rows, cols));
	struct scatter_add_args a = { .out = out, .in = intensity, .field = field, .cols = cols };
	a.scale = mean > 0 ? model->passed * model->ratio / mean : 0;
	TRY(scatter_add(device, &a, cols * rows));
	TRY(device_synchronize(device)); /* the field is freed below */
	rc = 0;
cleanup:
	memory_free(&source);
	memory_free(&planes);
	return rc;
}

/* What kernel and slice thickness do to a CT image that is known voxel by voxel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/scan.h"
#include "drr/psf.h"
#include "host/run/device.h"
#include "host/run/err.h"
#include "host/run/memory.h"

static int blur_slices(struct volume *hu, double sd_px)
{
	struct device cpu = { 0 };
	struct memory scratch = { 0 };
	int64_t plane = hu->n[0] * hu->n[1];
	int rc = -1;
	TRY(device_open(&cpu, "cpu"));
	TRY(memory_alloc(&scratch, &cpu, (size_t)plane * sizeof(float), "a slice"));
	for (int64_t z = 0; z < hu->n[2]; z++) {
		float *slice = volume_f32(hu) + z * plane;
		TRY(psf_apply(&cpu, slice, scratch.data, slice, hu->n[0], hu->n[1], sd_px, PSF_EDGE_KEEP, 1,
			false));
	}
	rc = 0;
cleanup:
	memory_free(&scratch);
	device_close(&cpu);
	return rc;
}

/* A box of `width` voxels, 1 or more, about each voxel of a column; the ends go on. */
static void average_column(float *out, const float *in, int64_t n, double width)
{
	double half = 0.5 * (width - 1);
	int64_t whole = (int64_t)ceil(half);
	for (int64_t z = 0; z < n; z++) {
		double sum = 0;
		for (int64_t k = -whole; k <= whole; k++) {
			int64_t at = z + k < 0 ? 0 : z + k >= n ? n - 1 : z + k;
			double edge = half - (double)(whole - 1); /* the outermost voxels' share */
			sum += (whole > 0 && (k == -whole || k == whole) ? edge : 1) * (double)in[at];
		}
		out[z] = (float)(sum / width);
	}
}

static int average_slices(struct volume *hu, double width)
{
	int64_t plane = hu->n[0] * hu->n[1], n = hu->n[2];
	float *columns = malloc((size_t)(2 * n) * sizeof(float));
	if (!columns)
		return ERR_RESOURCE("out of memory for a column of %lld voxels", (long long)n);
	for (int64_t i = 0; i < plane; i++) {
		for (int64_t z = 0; z < n; z++)
			columns[z] = volume_f32(hu)[z * plane + i];
		average_column(columns + n, columns, n, width);
		for (int64_t z = 0; z < n; z++)
			volume_f32(hu)[z * plane + i] = columns[n + z];
	}
	free(columns);
	return 0;
}

int scan_blur(struct volume *hu, double kernel_fwhm_mm, double slice_mm)
{
	double voxel_mm = hu->to_world[0][0];
	/* Voxels average over their own width; a kernel or slice no wider than that changes nothing. */
	double fwhm = kernel_fwhm_mm > voxel_mm ? sqrt(kernel_fwhm_mm * kernel_fwhm_mm - voxel_mm * voxel_mm) : 0;
	if (fwhm > 0 && blur_slices(hu, fwhm * PSF_SD_PER_FWHM / voxel_mm) != 0)
		return -1;
	return slice_mm > voxel_mm ? average_slices(hu, slice_mm / voxel_mm) : 0;
}

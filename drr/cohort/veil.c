#include "drr/cohort/veil.h"

#include <math.h>
#include <string.h>

#include "drr/materials.h"
#include "drr/psf.h"
#include "host/run/err.h"
#include "host/run/memory.h"

#define DEPTH_MM 150.0
#define BODY_MM 10.0
#define BODY_MOST 10.0 /* -ln(I/I0): darker lies under the collimator */
#define EVEN 0.35
static const double share[2] = { 0.40, 0.25 }, sd_mm[2] = { 40, 120 };

static double water_mm(const float *materials_g_cm2, int64_t plane, int64_t i)
{
	return 10 * (double)(materials_g_cm2[MATERIAL_SOFT * plane + i] +
			     materials_g_cm2[MATERIAL_FAT * plane + i] +
			     materials_g_cm2[MATERIAL_MINERAL * plane + i]);
}

static bool is_body(const float *radiograph, const float *materials_g_cm2, int64_t plane, int64_t i)
{
	return water_mm(materials_g_cm2, plane, i) >= BODY_MM && (double)radiograph[i] <= BODY_MOST;
}

/* The sources' mean over the body, 0 without one. */
static double fill_sources(float *source, const float *radiograph, const float *materials_g_cm2, int64_t plane)
{
	double sum = 0;
	int64_t body = 0;
	for (int64_t i = 0; i < plane; i++) {
		double t = water_mm(materials_g_cm2, plane, i);
		source[i] = (float)(exp(-(double)radiograph[i]) * -expm1(-t / DEPTH_MM));
		if (is_body(radiograph, materials_g_cm2, plane, i)) {
			sum += (double)source[i];
			body++;
		}
	}
	return body > 0 ? sum / (double)body : 0;
}

/* Mean of the unscaled veil over primary. */
static double mean_ratio(
	const float *veil, const float *radiograph, const float *materials_g_cm2, int64_t plane)
{
	double sum = 0;
	int64_t body = 0;
	for (int64_t i = 0; i < plane; i++)
		if (is_body(radiograph, materials_g_cm2, plane, i)) {
			sum += (EVEN + (double)veil[i]) * exp((double)radiograph[i]);
			body++;
		}
	return sum / (double)body;
}

int veil_apply(const struct device *device, float *radiograph, const float *materials_g_cm2, int64_t cols,
	int64_t rows, double pixel_mm, double ratio, double passed)
{
	struct memory planes[3] = { { 0 } }, host = { 0 };
	int64_t plane = cols * rows;
	size_t bytes = (size_t)plane * sizeof(float);
	int rc = -1;
	TRY(memory_alloc(&host, NULL, bytes, "scatter"));
	for (int k = 0; k < 3; k++)
		TRY(memory_alloc(&planes[k], device, bytes, "scatter"));
	float *veil = host.data;
	double mean = fill_sources(veil, radiograph, materials_g_cm2, plane);
	if (!(mean > 0)) {
		rc = 0;
		goto cleanup;
	}
	TRY(memory_write(&planes[0], 0, veil, bytes));
	for (int k = 0; k < 2; k++)
		TRY(psf_apply(device, planes[1].data, planes[2].data, planes[0].data, cols, rows,
			sd_mm[k] / pixel_mm, PSF_EDGE_LOSE, share[k] / mean, k > 0));
	TRY(memory_read(veil, &planes[1], 0, bytes));
	double scale = passed * ratio / mean_ratio(veil, radiograph, materials_g_cm2, plane);
	for (int64_t i = 0; i < plane; i++)
		radiograph[i] =
			(float)-log(exp(-(double)radiograph[i]) + scale * (EVEN + (double)veil[i]));
	rc = 0;
cleanup:
	memory_free(&host);
	for (int k = 0; k < 3; k++)
		memory_free(&planes[k]);
	return rc;
}

#include "ct/flatten.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "host/run/err.h"

enum { CUTS = 4 }; /* of an oblique voxel along each axis */

struct picture {
	int64_t cols, rows;
	double low_mm[2];
	double *mass_g, *volume_cm3; /* per pixel */
};

/* Half the voxel's extent along world x (0) and z (2). */
static double half_extent(const struct volume *v, int axis)
{
	return 0.5 * (fabs(v->to_world[axis][0]) + fabs(v->to_world[axis][1]) + fabs(v->to_world[axis][2]));
}

static bool along_axes(const struct volume *v)
{
	for (int a = 0; a < 3; a++) {
		double sum = 0, most = 0;
		for (int r = 0; r < 3; r++) {
			sum += fabs(v->to_world[r][a]);
			most = fmax(most, fabs(v->to_world[r][a]));
		}
		if (!(sum - most <= 1e-6 * most))
			return false;
	}
	return true;
}

/* Spreads mass and volume evenly over the rectangle about (x, z). */
static void share(
	struct picture *p, double x, double z, const double half_mm[2], double mass_g, double volume_cm3)
{
	const double x0 = (x - half_mm[0] - p->low_mm[0]) / FLATTEN_PIXEL_MM,
		     wide = 2 * half_mm[0] / FLATTEN_PIXEL_MM;
	const double z0 = (z - half_mm[1] - p->low_mm[1]) / FLATTEN_PIXEL_MM,
		     high = 2 * half_mm[1] / FLATTEN_PIXEL_MM;
	for (int64_t r = (int64_t)floor(z0); (double)r < z0 + high; r++) {
		double tall = fmin(z0 + high, (double)(r + 1)) - fmax(z0, (double)r);
		for (int64_t c = (int64_t)floor(x0); (double)c < x0 + wide; c++) {
			double broad = fmin(x0 + wide, (double)(c + 1)) - fmax(x0, (double)c);
			double part = tall / high * (broad / wide);
			if (r < 0 || c < 0 || r >= p->rows || c >= p->cols)
				continue; /* a sliver of rounding */
			p->mass_g[c + p->cols * r] += part * mass_g;
			p->volume_cm3[c + p->cols * r] += part * volume_cm3;
		}
	}
}

static void share_voxel(
	struct picture *p, const struct volume *v, const int64_t at[3], double mg_cm3, bool whole)
{
	const int cuts = whole ? 1 : CUTS;
	const double cm3 = volume_voxel_cm3(v) / (cuts * cuts * cuts);
	const double edge = cbrt(1000 * cm3);
	const double half_mm[2] = { whole ? half_extent(v, 0) : 0.5 * edge,
		whole ? half_extent(v, 2) : 0.5 * edge };
	for (int k = 0; k < cuts * cuts * cuts; k++) {
		const int step[3] = { k % cuts, k / cuts % cuts, k / (cuts * cuts) };
		double index[3], world_mm[3];
		for (int a = 0; a < 3; a++)
			index[a] = (double)at[a] + (step[a] + 0.5) / cuts - 0.5;
		volume_index_to_world(v, index, world_mm);
		share(p, world_mm[0], world_mm[2], half_mm, mg_cm3 * cm3 / 1000, cm3);
	}
}

/* The region's box in the plane, widened by a voxel; false when the region is empty. */
static bool find_box(struct picture *p, const struct volume *region, uint8_t label)
{
	const uint8_t *in = volume_u8(region);
	double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < region->n[2]; at[2]++)
		for (at[1] = 0; at[1] < region->n[1]; at[1]++)
			for (at[0] = 0; at[0] < region->n[0]; at[0]++) {
				const double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
				double mm[3];
				if (in[i++] != label)
					continue;
				volume_index_to_world(region, index, mm);
				for (int a = 0; a < 2; a++) {
					low[a] = fmin(low[a], mm[2 * a] - 2 * half_extent(region, 2 * a));
					high[a] = fmax(high[a], mm[2 * a] + 2 * half_extent(region, 2 * a));
				}
			}
	if (!(low[0] <= high[0]))
		return false;
	for (int a = 0; a < 2; a++)
		p->low_mm[a] = FLATTEN_PIXEL_MM * floor(low[a] / FLATTEN_PIXEL_MM);
	p->cols = (int64_t)ceil((high[0] - p->low_mm[0]) / FLATTEN_PIXEL_MM) + 1;
	p->rows = (int64_t)ceil((high[1] - p->low_mm[1]) / FLATTEN_PIXEL_MM) + 1;
	return true;
}

static void share_region(
	struct picture *p, const struct volume *density, const struct volume *region, uint8_t label)
{
	const uint8_t *in = volume_u8(region);
	const float *mg_cm3 = volume_f32(density);
	const bool whole = along_axes(region);
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < region->n[2]; at[2]++)
		for (at[1] = 0; at[1] < region->n[1]; at[1]++)
			for (at[0] = 0; at[0] < region->n[0]; at[0]++, i++)
				if (in[i] == label)
					share_voxel(p, region, at, (double)mg_cm3[i], whole);
}

int flatten_ap(
	struct flatten *f, const struct volume *density_mg_cm3, const struct volume *region, uint8_t label)
{
	struct picture p = { 0 };
	const double pixel_cm2 = FLATTEN_PIXEL_MM * FLATTEN_PIXEL_MM / 100;
	int rc = -1;
	*f = (struct flatten){ 0 };
	if (volume_same_grid(density_mg_cm3, "the density volume", region, "the region") != 0)
		return -1;
	if (!find_box(&p, region, label))
		return 0;
	const size_t pixels = (size_t)(p.cols * p.rows);
	p.mass_g = calloc(pixels, sizeof(double));
	p.volume_cm3 = calloc(pixels, sizeof(double));
	f->mineral_g_cm2 = malloc(pixels * sizeof(float));
	f->path_cm = malloc(pixels * sizeof(float));
	if (!p.mass_g || !p.volume_cm3 || !f->mineral_g_cm2 || !f->path_cm) {
		ERR_RESOURCE("no memory for a picture of %zu pixels", pixels);
		goto cleanup;
	}
	share_region(&p, density_mg_cm3, region, label);
	for (size_t i = 0; i < pixels; i++) {
		f->mineral_g_cm2[i] = (float)(p.mass_g[i] / pixel_cm2);
		f->path_cm[i] = (float)(p.volume_cm3[i] / pixel_cm2);
	}
	f->cols = p.cols;
	f->rows = p.rows;
	f->low_mm[0] = p.low_mm[0];
	f->low_mm[1] = p.low_mm[1];
	rc = 0;
cleanup:
	free(p.mass_g);
	free(p.volume_cm3);
	if (rc != 0)
		flatten_free(f);
	return rc;
}

void flatten_free(struct flatten *f)
{
	free(f->mineral_g_cm2);
	free(f->path_cm);
	*f = (struct flatten){ 0 };
}

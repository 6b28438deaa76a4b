#include "ct/hip_contour.h"
#include <math.h>
#include "ct/abmd.h"

enum { BINS = 256 };
#define BIN_MM 0.5
#define DEEP_MM 2.0
#define NEAR_DEEPEST 0.6 /* the notch is the middle of what is deeper than this part of the deepest */

/* Path length, cm, between pixels; 0 outside. */
static double path_at(const struct bone_map *map, double x_mm, double y_mm)
{
	const double c = (x_mm - map->low_mm[0]) / BONE_MAP_PIXEL_MM - 0.5,
		     r = (y_mm - map->low_mm[1]) / BONE_MAP_PIXEL_MM - 0.5;
	const int64_t ci = (int64_t)floor(c), ri = (int64_t)floor(r);
	const double u = c - (double)ci, v = r - (double)ri;
	if (ci < 0 || ri < 0 || ci + 1 >= map->cols || ri + 1 >= map->rows)
		return 0;
	const float *p = map->path_cm[TISSUE_NONE] + ci + map->cols * ri;
	return (1 - v) * ((1 - u) * (double)p[0] + u * (double)p[1]) +
	       v * ((1 - u) * (double)p[map->cols] + u * (double)p[map->cols + 1]);
}

/* The outermost point of the bone on the line from + s out, s falling from `start`: where the path reaches
 * the mask. */
static double outermost(const struct bone_map *map, const double from[2], const double out[2], double start)
{
	double before = 0;
	for (double s = start; s > -start; s -= BIN_MM) {
		const double here = path_at(map, from[0] + s * out[0], from[1] + s * out[1]);
		if (here >= ABMD_MASK_CM)
			return s + BIN_MM * (here > before ? (here - ABMD_MASK_CM) / (here - before) : 0);
		before = here;
	}
	return NAN;
}

double hip_contour_notch(const struct bone_map *map, const struct hip_cuts *c, double radius)
{
	double top[BINS], deepest = 0, depth[BINS] = { 0 }, sum = 0, weight = 0;
	const int n = (int)fmin(BINS, 3.2 * radius / BIN_MM);
	for (int b = 0; b < n; b++) {
		const double from[2] = { b * BIN_MM * c->neck[0], b * BIN_MM * c->neck[1] };
		top[b] = outermost(map, from, c->across, 3 * radius);
	}
	/* depth below the upper hull, the highest chord over each bin; beyond the shaft's axis lies the
	 * trochanter's far side */
	const double knee_mm = c->knee[0] * c->neck[0] + c->knee[1] * c->neck[1];
	const int last = (int)fmin(n, knee_mm / BIN_MM);
	for (int b = (int)(0.7 * radius / BIN_MM); b < last && isfinite(top[b]); b++) {
		for (int i = 0; i < b; i += 2)
			for (int k = b + 1; k < n; k += 2)
				if (isfinite(top[i]) && isfinite(top[k]))
					depth[b] = fmax(depth[b],
						top[i] + (top[k] - top[i]) * (b - i) / (double)(k - i) -
							top[b]);
		deepest = fmax(deepest, depth[b]);
	}
	if (!(deepest >= DEEP_MM))
		return NAN;
	for (int b = 0; b < n; b++) {
		const double w = depth[b] - NEAR_DEEPEST * deepest;
		if (w > 0) {
			sum += w * b * BIN_MM;
			weight += w;
		}
	}
	return sum / weight;
}

double hip_contour_lateral(const struct bone_map *map, double y_mm)
{
	const double from[2] = { 0, y_mm }, out[2] = { 1, 0 };
	return outermost(map, from, out, map->low_mm[0] + (double)map->cols * BONE_MAP_PIXEL_MM);
}

/* Mean mineral of the square about (t, s) in the neck's axes; infinite where bone is missing. */
static double square_mean(
	const struct bone_map *map, const struct hip_cuts *c, double t, double s, double edge_mm)
{
	double sum = 0;
	const int n = (int)(edge_mm / BONE_MAP_PIXEL_MM) + 1;
	for (int i = 0; i < n * n; i++) {
		const double a = t + edge_mm * ((i % n) / (double)(n - 1) - 0.5),
			     b = s + edge_mm * ((i / n) / (double)(n - 1) - 0.5);
		const double x = a * c->neck[0] + b * c->across[0], y = a * c->neck[1] + b * c->across[1];
		const int64_t col = (int64_t)floor((x - map->low_mm[0]) / BONE_MAP_PIXEL_MM),
			      row = (int64_t)floor((y - map->low_mm[1]) / BONE_MAP_PIXEL_MM);
		if (col < 0 || row < 0 || col >= map->cols || row >= map->rows ||
			!((double)map->path_cm[TISSUE_NONE][col + map->cols * row] >= ABMD_MASK_CM))
			return INFINITY;
		sum += (double)map->mineral_g_cm2[TISSUE_NONE][col + map->cols * row];
	}
	return sum / (n * n);
}

void hip_contour_ward(
	double ward[2], const struct bone_map *map, const struct hip_cuts *c, const struct hip_rule *rule)
{
	double least = INFINITY;
	ward[0] = c->box_end_mm;
	ward[1] = 0;
	for (double t = c->proximal_mm + 0.5 * rule->ward_mm; t <= c->box_end_mm + rule->ward_mm; t++)
		for (double s = -8; s <= 8; s++) {
			const double mean = square_mean(map, c, t, s, rule->ward_mm);
			if (mean < least) {
				least = mean;
				ward[0] = t;
				ward[1] = s;
			}
		}
}

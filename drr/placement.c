#include "drr/placement.h"

#include <math.h>

#include "host/run/err.h"

#define DEG_PER_RAD 57.29577951308232

int placement_check_axes(const struct volume *volume, const char *path)
{
	double spacing_mm[3];
	volume_spacing_mm(volume, spacing_mm);
	for (int k = 0; k < 3; k++)
		if (!(spacing_mm[k] > 0 && isfinite(spacing_mm[k])))
			return ERR_INVALID("'%s': axis %d has a spacing of %g mm", path, k, spacing_mm[k]);
	for (int a = 0; a < 3; a++) {
		int b = (a + 1) % 3;
		double dot = 0;
		for (int k = 0; k < 3; k++)
			dot += volume->to_world[k][a] * volume->to_world[k][b];
		double angle = DEG_PER_RAD * acos(fmax(-1, fmin(1, dot / (spacing_mm[a] * spacing_mm[b]))));
		if (!(fabs(angle - 90) <= PLACEMENT_SHEAR_DEG))
			return ERR_INVALID(
				"'%s' is sheared: its axes %d and %d are at %.2f degrees, not 90 (a "
				"tilted gantry?); resample it first",
				path, a, b, angle);
	}
	return 0;
}

int placement_check_source(const struct geometry *geometry, const struct volume *volume,
	const struct pose *poses, int64_t n_poses)
{
	struct geometry_rays rays;
	if (geometry->projection != GEOMETRY_CONE)
		return 0;
	for (int64_t i = 0; i < n_poses; i++) {
		bool inside = true;
		if (geometry_rays(&rays, geometry, &poses[i], volume) != 0)
			return -1;
		for (int k = 0; k < 3; k++)
			inside = inside && rays.source[k] >= -0.5 &&
				 rays.source[k] <= (double)volume->n[k] - 0.5;
		if (inside)
			return ERR_INVALID("--sod-mm %g: the source lies inside the volume (pose %lld)",
				geometry->sod_mm, (long long)i + 1);
	}
	return 0;
}

double placement_behind_detector_mm(const struct geometry *geometry, const struct volume *volume,
	const struct pose *poses, int64_t n_poses)
{
	double behind = 0, col, row;
	for (int64_t i = 0; geometry->projection == GEOMETRY_CONE && i < n_poses; i++)
		for (int corner = 0; corner < 8; corner++) {
			double index[3], world[3];
			for (int k = 0; k < 3; k++)
				index[k] = (corner >> k & 1) ? (double)volume->n[k] - 0.5 : -0.5;
			volume_index_to_world(volume, index, world);
			/* the magnification is sdd over the depth, and NaN behind the source */
			double depth =
				geometry->sdd_mm / geometry_project(geometry, &poses[i], world, &col, &row);
			if (depth > geometry->sdd_mm)
				behind = fmax(behind, depth - geometry->sdd_mm);
		}
	return behind;
}

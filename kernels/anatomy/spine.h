/* Sacrum with its foramina, and the lowest lumbar vertebrae. */
#ifndef KERNELS_ANATOMY_SPINE_H
#define KERNELS_ANATOMY_SPINE_H
#include "kernels/anatomy/sdf.h"

#define ANATOMY_SACROILIAC_MM 2.5
#define ANATOMY_FORAMEN_TILT_RAD 0.14 /* of a sacral foramen's axis below straight forwards */
#define ANATOMY_FORAMEN_FLARE_MM 60.0 /* of its length over which it opens forwards from nothing to its size */
#define ANATOMY_FORAMEN_WIDEST 1.15   /* of its size, in front */
/* Half axes of the first and the last foramen: ovals, wider than high. */
#define ANATOMY_FORAMEN_WIDE_MM 6.6
#define ANATOMY_FORAMEN_HIGH_MM 5.2
#define ANATOMY_FORAMEN_LAST_WIDE_MM 3.7
#define ANATOMY_FORAMEN_LAST_HIGH_MM 3.2
enum { ANATOMY_FORAMINA = 4 };
#define ANATOMY_VERTEBRA_PITCH_MM 36.0
#define ANATOMY_VERTEBRA_FIRST_MM 113.0 /* middle of the lowest body */
#define ANATOMY_VERTEBRA_MM 13.5   /* half its height */
#define ANATOMY_VERTEBRA_RADIUS_MM 21.0
#define ANATOMY_VERTEBRA_WAIST_MM 2.2
#define ANATOMY_VERTEBRA_CORNER_MM 3.0
#define ANATOMY_END_PLATE_MM 2.5 /* depth in which the end plates are denser */

/* x across, z up, y forwards from the middle of the hole at 0 .. 1 down the row.  An underestimate. */
K_FN double anatomy_foramen_oval_mm(double x, double y, double z, double at)
{
	double open = anatomy_sdf_clamp(0.85 + y / ANATOMY_FORAMEN_FLARE_MM, 0.55, ANATOMY_FORAMEN_WIDEST);
	double wide = ANATOMY_FORAMEN_WIDE_MM + at * (ANATOMY_FORAMEN_LAST_WIDE_MM - ANATOMY_FORAMEN_WIDE_MM);
	double high = ANATOMY_FORAMEN_HIGH_MM + at * (ANATOMY_FORAMEN_LAST_HIGH_MM - ANATOMY_FORAMEN_HIGH_MM);
	double u = x / wide, v = z / high;
	/* Its wall leans by no more than its half width over the flare. */
	const double lean = ANATOMY_FORAMEN_WIDE_MM / ANATOMY_FORAMEN_FLARE_MM;
	return high * (sqrt(u * u + v * v) - open) / sqrt(1 + lean * lean);
}

K_FN double anatomy_foramen_hole_mm(const struct anatomy *a, const double p[3])
{
	const double *row = a->foramen_row, *first = a->foramen_mm, scale = a->params.pelvis_scale;
	/* Across the holes' axis. */
	double x = (fabs(p[0]) - first[0]) / scale, y = (p[1] - first[1]) / scale;
	double z = sin(ANATOMY_FORAMEN_TILT_RAD) * y + cos(ANATOMY_FORAMEN_TILT_RAD) * (p[2] - first[2]) / scale;
	double place = (x * row[0] + z * row[2]) / (row[0] * row[0] + row[2] * row[2]) * (ANATOMY_FORAMINA - 1);
	/* The nearest is one of the two it lies between. */
	double above = place < 1 ? 0 : place < 2 ? 1.0 / (ANATOMY_FORAMINA - 1) : 2.0 / (ANATOMY_FORAMINA - 1),
	       below = above + 1.0 / (ANATOMY_FORAMINA - 1);
	return scale * anatomy_sdf_min(
			       anatomy_foramen_oval_mm(x - above * row[0], y - above * row[1], z - above * row[2], above),
			       anatomy_foramen_oval_mm(x - below * row[0], y - below * row[1], z - below * row[2], below));
}

/* Not yet cut by the hip bones. */
K_FN double anatomy_sacrum_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3])
{
	const double edge_mm = 1.5;
	double d = anatomy_sdf_cones(&a->bone[ANATOMY_SACRUM], pieces, p);
	/* A hole is no deeper than half its height. */
	if (d > ANATOMY_FORAMEN_WIDEST * ANATOMY_FORAMEN_HIGH_MM * a->params.pelvis_scale + edge_mm)
		return d;
	return anatomy_sdf_cut(d, -anatomy_foramen_hole_mm(a, p), edge_mm);
}

/* The sacrum is kept off both hip bones by the width of the joint. */
K_FN double anatomy_sacrum_cut(double sacrum, double hip)
{
	return anatomy_sdf_cut(sacrum, ANATOMY_SACROILIAC_MM - hip, 1.5);
}

/* Height above the middle of the nearest body. */
K_FN double anatomy_lumbar_from_body_mm(const struct anatomy *a, double z)
{
	double pitch = ANATOMY_VERTEBRA_PITCH_MM * a->params.pelvis_scale, first = ANATOMY_VERTEBRA_FIRST_MM * a->params.pelvis_scale;
	double level = floor((z - first) / pitch + 0.5);
	return z - first - pitch * (level < 0 ? 0 : level);
}

/* Vertebral bodies: a stack of rounded discs with waists, and what the cones are behind them. */
K_FN double anatomy_lumbar_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3])
{
	const struct anatomy_bone *bone = &a->bone[ANATOMY_LUMBAR];
	double scale = a->params.pelvis_scale, z = anatomy_lumbar_from_body_mm(a, p[2]), half = ANATOMY_VERTEBRA_MM * scale;
	/* Wider than deep, and the waist's slope: dividing by both keeps it an underestimate. */
	const double steepest = 2 * ANATOMY_VERTEBRA_WAIST_MM / ANATOMY_VERTEBRA_MM;
	double x = p[0] / 1.2, y = p[1] + 34 * scale, u = anatomy_sdf_clamp(z / half, -1, 1);
	double waist = ANATOMY_VERTEBRA_WAIST_MM * scale * (1 - u * u);
	double side = (sqrt(x * x + y * y) - (ANATOMY_VERTEBRA_RADIUS_MM * scale - ANATOMY_VERTEBRA_CORNER_MM - waist)) /
		      sqrt(1 + steepest * steepest);
	double end = fabs(z) - (half - ANATOMY_VERTEBRA_CORNER_MM);
	double out = hypot(side > 0 ? side : 0, end > 0 ? end : 0);
	double d = out + fmin(fmax(side, end), 0.0) - ANATOMY_VERTEBRA_CORNER_MM;
	return anatomy_sdf_union(d, anatomy_sdf_cones(bone, pieces, p), bone->blend_mm);
}

/* Under the end plates the bone is denser: as a thicker cortex. */
K_FN double anatomy_lumbar_cortex_mm(const struct anatomy *a, const double p[3])
{
	if (a->params.map)
		return 0.6 * a->params.pelvis_cortex_mm; /* its end plates lie elsewhere */
	double depth = ANATOMY_VERTEBRA_MM * a->params.pelvis_scale - fabs(anatomy_lumbar_from_body_mm(a, p[2]));
	return a->params.pelvis_cortex_mm * (0.6 + 0.5 * anatomy_sdf_step(2 * ANATOMY_END_PLATE_MM, ANATOMY_END_PLATE_MM, depth));
}
#endif

/*
 * The midline: sacrum and coccyx with the sacral foramina, and the lowest lumbar vertebrae: bodies with
 * waists, end plates, pedicles, joint columns, transverse and spinous processes.
 */
#include "ct/anatomy_pelvis.h"

#define SACROILIAC_MM 2.5
#define HOLE_TILT_RAD 0.14 /* of a sacral foramen's axis below straight forwards */
#define HOLE_FLARE_MM 60.0 /* of its length over which it opens forwards from nothing to its size */
#define HOLE_WIDEST 1.15	/* of its size, in front */
enum { HOLES = 4, LEVELS = 3 };
#define PITCH_MM 36.0
#define FIRST_MM 113.0 /* middle of the lowest body */
#define BODY_MM 13.5   /* half its height */
#define BODY_RADIUS_MM 21.0
#define WAIST_MM 2.2
#define CORNER_MM 3.0
#define PLATE_MM 2.5 /* depth in which the end plates are denser */

static void add(struct anatomy *a, enum anatomy_part part, const struct anatomy_landmark *from,
	const struct anatomy_landmark *to, bool chained)
{
	double p[2][3], scale = a->params.pelvis_scale;
	anatomy_landmark_midline(p[0], a, from);
	anatomy_landmark_midline(p[1], a, to);
	struct anatomy_cone cone = anatomy_cone_make(p[0], p[1], from->radius * scale, to->radius * scale);
	cone.chained = chained;
	anatomy_bone_add(&a->bone[part], cone);
}

/* At a level: the points are given for one at height 0. */
static void add_way(
	struct anatomy *a, enum anatomy_part part, const struct anatomy_way *way, double up_mm, bool mirror)
{
	for (int i = 1; i < way->n; i++) {
		struct anatomy_landmark ends[2] = { way->at[i - 1], way->at[i] };
		for (int k = 0; k < 2; k++) {
			ends[k].superior += up_mm;
			ends[k].lateral *= mirror ? -1 : 1;
		}
		add(a, part, &ends[0], &ends[1], i > 1);
	}
}

static void make_sacrum(struct anatomy *a)
{
	static const struct anatomy_way middle[] = {
		{ 2, { { -13, -47, 72, 16 }, { 13, -47, 72, 16 } } }, /* base */
		{ 6, { { 0, -52, 66, 19 }, { 0, -73, 45, 15 }, { 0, -89, 22, 11.5 }, { 0, -95, 2, 9 },
			     { 0, -89, -14, 5.5 }, { 0, -78, -24, 4 } } }, /* bodies and coccyx */
		{ 2, { { 0, -90, 62, 6 }, { 0, -106, 32, 5 } } },	   /* median crest */
	};
	static const struct anatomy_way aside[] = {
		{ 2, { { 14, -54, 72, 13 }, { 43, -66, 60, 13 } } },			  /* wing */
		{ 3, { { 33, -70, 52, 15.5 }, { 23, -86, 24, 13 }, { 12, -95, 0, 8 } } }, /* lateral mass */
	};
	for (size_t i = 0; i < sizeof(middle) / sizeof(middle[0]); i++)
		add_way(a, ANATOMY_SACRUM, &middle[i], 0, false);
	for (size_t i = 0; i < 2 * sizeof(aside) / sizeof(aside[0]); i++)
		add_way(a, ANATOMY_SACRUM, &aside[i / 2], 0, i % 2);
	a->bone[ANATOMY_SACRUM].blend_mm = 7;
	anatomy_bone_bound(&a->bone[ANATOMY_SACRUM], 4);
}

static void make_lumbar(struct anatomy *a)
{
	static const struct anatomy_way spinous = { 2, { { 0, -76, -3, 6 }, { 0, -98, -11, 5 } } };
	static const struct anatomy_way aside[] = {
		{ 3, { { 41, -60, 9, 3 }, { 20, -60, 4, 4.5 },
			     { 15, -46, 5, 5 } } }, /* process and pedicle */
		{ 3, { { 20, -68, 14, 4.5 }, { 17, -70, -2, 5.5 },
			     { 19, -72, -15, 5 } } }, /* joints above and below */
	};
	for (int level = 0; level < LEVELS; level++) {
		double up = FIRST_MM + PITCH_MM * level;
		add_way(a, ANATOMY_LUMBAR, &spinous, up, false);
		for (size_t i = 0; i < 2 * sizeof(aside) / sizeof(aside[0]); i++)
			add_way(a, ANATOMY_LUMBAR, &aside[i / 2], up, i % 2);
	}
	struct anatomy_bone *vertebrae = &a->bone[ANATOMY_LUMBAR];
	vertebrae->blend_mm = 4;
	anatomy_bone_bound(vertebrae, 14);
	vertebrae->high[1] = 0; /* the bodies, which lumbar_sdf adds, reach further forwards and up */
	vertebrae->high[2] = INFINITY;
}

/* Half axes of the first and the last foramen, mm: ovals, wider than high. */
static const double hole_wide[2] = { 6.6, 3.7 }, hole_high[2] = { 5.2, 3.2 };

/* x across, z up, y forwards from the middle of the hole at 0 .. 1 down the row.  An underestimate. */
static double oval_mm(double x, double y, double z, double at)
{
	double open = anatomy_sdf_clamp(0.85 + y / HOLE_FLARE_MM, 0.55, HOLE_WIDEST);
	double wide = hole_wide[0] + at * (hole_wide[1] - hole_wide[0]),
	       high = hole_high[0] + at * (hole_high[1] - hole_high[0]);
	double u = x / wide, v = z / high;
	/* Its wall leans by no more than its half width over the flare. */
	const double lean = hole_wide[0] / HOLE_FLARE_MM;
	return high * (sqrt(u * u + v * v) - open) / sqrt(1 + lean * lean);
}

/* Four holes on each side, in a line that nears the midline downwards; they run forwards and a little down. */
static void make_holes(struct anatomy *a)
{
	static const struct anatomy_landmark first = { 22.5, -60, 58, 0 }, last = { 14, -95, 7, 0 };
	double to[3], *row = a->foramen_row;
	anatomy_landmark_midline(a->foramen_mm, a, &first);
	anatomy_landmark_midline(to, a, &last);
	for (int k = 0; k < 3; k++)
		row[k] = (to[k] - a->foramen_mm[k]) / a->params.pelvis_scale;
	row[2] = sin(HOLE_TILT_RAD) * row[1] + cos(HOLE_TILT_RAD) * row[2];
}

static double hole_mm(const struct anatomy *a, const double p[3])
{
	const double *row = a->foramen_row, *first = a->foramen_mm, scale = a->params.pelvis_scale;
	/* Across the holes' axis. */
	double x = (fabs(p[0]) - first[0]) / scale, y = (p[1] - first[1]) / scale;
	double z = sin(HOLE_TILT_RAD) * y + cos(HOLE_TILT_RAD) * (p[2] - first[2]) / scale;
	double place = (x * row[0] + z * row[2]) / (row[0] * row[0] + row[2] * row[2]) * (HOLES - 1);
	/* The nearest is one of the two it lies between. */
	double above = place < 1 ? 0 : place < 2 ? 1.0 / (HOLES - 1) : 2.0 / (HOLES - 1),
	       below = above + 1.0 / (HOLES - 1);
	return scale * anatomy_sdf_min(oval_mm(x - above * row[0], y - above * row[1], z - above * row[2], above),
			       oval_mm(x - below * row[0], y - below * row[1], z - below * row[2], below));
}

void anatomy_spine_make(struct anatomy *a)
{
	make_sacrum(a);
	make_holes(a);
	make_lumbar(a);
}

double anatomy_sacrum_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3])
{
	const double edge_mm = 1.5;
	double d = anatomy_sdf_cones(&a->bone[ANATOMY_SACRUM], pieces, p);
	/* A hole is no deeper than half its height. */
	if (d > HOLE_WIDEST * hole_high[0] * a->params.pelvis_scale + edge_mm)
		return d;
	return anatomy_sdf_cut(d, -hole_mm(a, p), edge_mm);
}

/* The sacrum is kept off both hip bones by the width of the joint. */
double anatomy_sacrum_cut(double sacrum, double hip)
{
	return anatomy_sdf_cut(sacrum, SACROILIAC_MM - hip, 1.5);
}

/* Height above the middle of the nearest body. */
static double from_body_mm(const struct anatomy *a, double z)
{
	double pitch = PITCH_MM * a->params.pelvis_scale, first = FIRST_MM * a->params.pelvis_scale;
	double level = floor((z - first) / pitch + 0.5);
	return z - first - pitch * (level < 0 ? 0 : level);
}

/* Vertebral bodies: a stack of rounded discs with waists, and what the cones are behind them. */
double anatomy_lumbar_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3])
{
	const struct anatomy_bone *bone = &a->bone[ANATOMY_LUMBAR];
	double scale = a->params.pelvis_scale, z = from_body_mm(a, p[2]), half = BODY_MM * scale;
	/* Wider than deep, and the waist's slope: dividing by both keeps it an underestimate. */
	const double steepest = 2 * WAIST_MM / BODY_MM;
	double x = p[0] / 1.2, y = p[1] + 34 * scale, u = anatomy_sdf_clamp(z / half, -1, 1);
	double waist = WAIST_MM * scale * (1 - u * u);
	double side = (sqrt(x * x + y * y) - (BODY_RADIUS_MM * scale - CORNER_MM - waist)) /
		      sqrt(1 + steepest * steepest);
	double end = fabs(z) - (half - CORNER_MM);
	double out = hypot(side > 0 ? side : 0, end > 0 ? end : 0);
	double d = out + fmin(fmax(side, end), 0) - CORNER_MM;
	return anatomy_sdf_union(d, anatomy_sdf_cones(bone, pieces, p), bone->blend_mm);
}

/* Under the end plates the bone is denser: as a thicker cortex. */
double anatomy_lumbar_cortex_mm(const struct anatomy *a, const double p[3])
{
	if (a->params.map)
		return 0.6 * a->params.pelvis_cortex_mm; /* its end plates lie elsewhere */
	double depth = BODY_MM * a->params.pelvis_scale - fabs(from_body_mm(a, p[2]));
	return a->params.pelvis_cortex_mm * (0.6 + 0.5 * anatomy_sdf_step(2 * PLATE_MM, PLATE_MM, depth));
}

/*
 * The midline: sacrum and coccyx with the sacral foramina, and the lowest lumbar vertebrae: bodies with
 * waists, end plates, pedicles, joint columns, transverse and spinous processes.
 */
#include "ct/anatomy_pelvis.h"

#define SACROILIAC_MM 2.5
#define HOLE_MM 3.8	   /* radius of a sacral foramen */
#define HOLE_TILT_RAD 0.5 /* of its axis below straight forwards */
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

void anatomy_spine_make(struct anatomy *a)
{
	make_sacrum(a);
	make_lumbar(a);
}

/* Four holes on each side, in a line that nears the midline downwards; they run forwards and down. */
static double hole_mm(const struct anatomy *a, const double p[3])
{
	static const struct anatomy_landmark first = { 22, -60, 58, 0 }, last = { 13, -95, 7, 0 };
	const double back = sin(HOLE_TILT_RAD), up = cos(HOLE_TILT_RAD);
	double from[3], to[3];
	anatomy_landmark_midline(from, a, &first);
	anatomy_landmark_midline(to, a, &last);
	/* Across the holes' axis. */
	double x = fabs(p[0]) - from[0], z = back * (p[1] - from[1]) + up * (p[2] - from[2]);
	double dx = to[0] - from[0], dz = back * (to[1] - from[1]) + up * (to[2] - from[2]);
	double at = (x * dx + z * dz) / (dx * dx + dz * dz) * (HOLES - 1);
	at = floor(anatomy_sdf_clamp(at, 0, HOLES - 1) + 0.5) / (HOLES - 1);
	return hypot(x - at * dx, z - at * dz) - HOLE_MM * a->params.pelvis_scale;
}

double anatomy_sacrum_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3])
{
	const double edge_mm = 1.5;
	double d = anatomy_sdf_cones(&a->bone[ANATOMY_SACRUM], pieces, p);
	/* A hole is no deeper than its radius. */
	if (d > HOLE_MM * a->params.pelvis_scale + edge_mm)
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

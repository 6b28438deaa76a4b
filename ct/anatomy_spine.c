/*
 * The midline: sacrum and coccyx with the sacral foramina, and the lowest lumbar vertebrae: bodies with
 * waists, end plates, pedicles, joint columns, transverse and spinous processes.
 */
#include "ct/anatomy_pelvis.h"
#include "kernels/anatomy/spine.h"

enum { LEVELS = 3 }; /* of vertebrae */

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
		double up = ANATOMY_VERTEBRA_FIRST_MM + ANATOMY_VERTEBRA_PITCH_MM * level;
		add_way(a, ANATOMY_LUMBAR, &spinous, up, false);
		for (size_t i = 0; i < 2 * sizeof(aside) / sizeof(aside[0]); i++)
			add_way(a, ANATOMY_LUMBAR, &aside[i / 2], up, i % 2);
	}
	struct anatomy_bone *vertebrae = &a->bone[ANATOMY_LUMBAR];
	vertebrae->blend_mm = 4;
	anatomy_bone_bound(vertebrae, 14);
	vertebrae->high[1] = 0; /* the bodies, which anatomy_lumbar_sdf adds, reach further forwards and up */
	vertebrae->high[2] = INFINITY;
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
	row[2] = sin(ANATOMY_FORAMEN_TILT_RAD) * row[1] + cos(ANATOMY_FORAMEN_TILT_RAD) * row[2];
}

void anatomy_spine_make(struct anatomy *a)
{
	make_sacrum(a);
	make_holes(a);
	make_lumbar(a);
}

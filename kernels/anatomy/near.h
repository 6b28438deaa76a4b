/*
 * What can matter within a ball.  Distances change by at most 1 mm per mm: a piece that at the centre is
 * farther than the nearest by twice the radius is so everywhere in the ball, and blends reach no farther than
 * their width.
 */
#ifndef KERNELS_ANATOMY_NEAR_H
#define KERNELS_ANATOMY_NEAR_H
#include "kernels/anatomy/sampled.h"
#include "kernels/anatomy/tissue.h"

/* Two dropped pieces may blend into one nearer by a quarter of the width, three by half of it. */
#define ANATOMY_NEAR_BLENDS 1.5

struct anatomy_near {
	struct anatomy_pieces own, hip; /* hip: of the hip bone beside a sacrum */
	bool joint;                     /* the sacrum is cut by it */
};

K_FN void anatomy_near_pieces(struct anatomy_pieces *out, const struct anatomy *a, enum anatomy_part part,
	const double centre[3], double radius_mm)
{
	const struct anatomy_bone *bone = &a->bone[part];
	bool hip = part == ANATOMY_HIP_RIGHT || part == ANATOMY_HIP_LEFT;
	enum anatomy_side side = part == ANATOMY_HIP_RIGHT ? ANATOMY_RIGHT : ANATOMY_LEFT;
	double distance[ANATOMY_CONES], plate = INFINITY, ball = INFINITY;
	if (hip) {
		plate = anatomy_plate_sdf(a, side, centre);
		ball = anatomy_ball_sdf(a, side, centre);
	}
	double nearest = anatomy_sdf_min(plate, ball);
	for (int i = 0; i < bone->n; i++) {
		distance[i] = anatomy_sdf_cone(&bone->cones[i], centre);
		nearest = anatomy_sdf_min(nearest, distance[i]);
	}
	double farthest = nearest + ANATOMY_NEAR_BLENDS * bone->blend_mm + 2 * radius_mm;
	out->n = 0;
	out->joins = 0;
	out->plate = plate <= farthest;
	out->ball = ball <= farthest;
	int chain = 0, kept_chain = -1;
	for (int i = 0; i < bone->n; i++) {
		chain += !bone->cones[i].chained;
		if (distance[i] > farthest)
			continue;
		out->joins |= (uint32_t)(chain == kept_chain) << out->n;
		out->cone[out->n++] = (uint8_t)i;
		kept_chain = chain;
	}
}

K_FN enum anatomy_side anatomy_near_side(const double p[3])
{
	return p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
}

K_FN double anatomy_near_sacrum(const struct anatomy *a, const struct anatomy_near *near, const double p[3])
{
	double d = anatomy_sacrum_sdf(a, near ? &near->own : NULL, p);
	if (near && !near->joint)
		return d;
	return anatomy_sacrum_cut(d, anatomy_pelvis_sdf(a, anatomy_near_side(p), near ? &near->hip : NULL, p));
}

/* Whether the hip bone beside it cuts the sacrum anywhere in the ball; at the midline both are far from it. */
K_FN bool anatomy_near_joint(
	struct anatomy_near *near, const struct anatomy *a, const double centre[3], double radius_mm)
{
	enum anatomy_side side = anatomy_near_side(centre);
	anatomy_near_pieces(&near->hip, a, side == ANATOMY_RIGHT ? ANATOMY_HIP_RIGHT : ANATOMY_HIP_LEFT, centre,
		radius_mm);
	double deepest = anatomy_sacrum_sdf(a, &near->own, centre) - 2 * radius_mm;
	return anatomy_sacrum_cut(deepest, anatomy_pelvis_sdf(a, side, &near->hip, centre)) > deepest;
}

/* By the shape model. */
K_FN double anatomy_near_shape(
	const struct anatomy *a, enum anatomy_part part, const struct anatomy_near *near, const double p[3])
{
	const struct anatomy_pieces *own = near ? &near->own : NULL;
	switch (part) {
	case ANATOMY_FEMUR_RIGHT:
	case ANATOMY_FEMUR_LEFT:
		return anatomy_sdf_cones(&a->bone[part], own, p);
	case ANATOMY_HIP_RIGHT:
		return anatomy_pelvis_sdf(a, ANATOMY_RIGHT, own, p);
	case ANATOMY_HIP_LEFT:
		return anatomy_pelvis_sdf(a, ANATOMY_LEFT, own, p);
	case ANATOMY_SACRUM:
		return anatomy_near_sacrum(a, near, p);
	default:
		return anatomy_lumbar_sdf(a, own, p);
	}
}

/* near: of a ball that p lies in, where it gives the same value; or NULL. */
ANATOMY_CALL double anatomy_near_sdf(
	const struct anatomy *a, enum anatomy_part part, const struct anatomy_near *near, const double p[3])
{
	double d = a->params.map ? anatomy_sampled_sdf(a, part, p) : anatomy_near_shape(a, part, near, p);
	if (part > ANATOMY_FEMUR_LEFT)
		return d;
	return anatomy_resection_cut(a, part == ANATOMY_FEMUR_RIGHT ? ANATOMY_RIGHT : ANATOMY_LEFT, d, p);
}

/* The distance at the ball's centre; pieces are left out when they are farther than any other can be. */
K_FN double anatomy_near_of(struct anatomy_near *near, const struct anatomy *a, enum anatomy_part part,
	const double centre[3], double radius_mm)
{
	if (a->params.map)
		return anatomy_near_sdf(a, part, NULL, centre) - a->sampled[part].slack_mm;
	anatomy_near_pieces(&near->own, a, part, centre, radius_mm);
	near->joint = part == ANATOMY_SACRUM && anatomy_near_joint(near, a, centre, radius_mm);
	return anatomy_near_sdf(a, part, near, centre);
}

/* width_mm: the boundaries' blur. */
K_FN struct anatomy_local anatomy_local_of(
	const struct anatomy *a, const double centre[3], double radius_mm, double width_mm)
{
	struct anatomy_local local;
	anatomy_muscle_local(&local, a, centre, radius_mm);
	anatomy_inclusion_local(&local, a, centre, radius_mm, width_mm);
	local.sheet = anatomy_sheet_local(a, centre, radius_mm, width_mm);
	return local;
}
#endif

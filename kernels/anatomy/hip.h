/* The hip bone: cones, the wing's plate under its crest, a ball about the socket, which is hollowed to the joint space. */
#ifndef KERNELS_ANATOMY_HIP_H
#define KERNELS_ANATOMY_HIP_H
#include "kernels/anatomy/sdf.h"

#define ANATOMY_WING_EDGE_MM 4.0 /* blend of the wing's cuts */
#define ANATOMY_WING_FOOT_RADII 0.42 /* the plate ends so far below the circle's middle, in the body of the bone */
#define ANATOMY_SYMPHYSIS_MM 2.0 /* half of the gap */

/* The wing's plate and the crest on it. */
K_FN double anatomy_plate_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_wing *w = &a->wing[side];
	const double d[3] = { p[0] - w->arc_centre_mm[0], p[1] - w->arc_centre_mm[1],
		p[2] - w->arc_centre_mm[2] };
	double far = sqrt(anatomy_sdf_dot(d, d)), up = anatomy_sdf_dot(d, w->axis[0]),
	       along = fabs(anatomy_sdf_dot(d, w->axis[1]));
	double plate = fabs(anatomy_sdf_distance(p, w->centre_mm) - w->radius_mm) - w->half_mm;
	plate = anatomy_sdf_cut(
		plate, anatomy_sdf_max(far - w->arc_mm, -up - ANATOMY_WING_FOOT_RADII * w->arc_mm), ANATOMY_WING_EDGE_MM);
	plate = anatomy_sdf_cut(plate, w->front_mm - anatomy_sdf_distance(p, w->front_centre_mm), ANATOMY_WING_EDGE_MM);
	plate = anatomy_sdf_cut(plate, w->notch_mm - anatomy_sdf_distance(p, w->notch_centre_mm), ANATOMY_WING_EDGE_MM);
	/* The crest, exact: the nearest point of the arc is its end's beyond the ends. */
	double towards = w->arc_end[1] * along > w->arc_end[0] * up
				 ? w->arc_end[0] * along + w->arc_end[1] * up
				 : sqrt(along * along + up * up);
	double square = far * far + w->arc_mm * (w->arc_mm - 2 * towards);
	double rim = sqrt(anatomy_sdf_max(square, 0)) - w->rim_mm;
	return anatomy_sdf_union(plate, rim, ANATOMY_WING_EDGE_MM);
}

/* A ball around the head, cut open towards it. */
K_FN double anatomy_ball_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const double *head = a->cup_centre_mm[side];
	double to_head[3] = { p[0] - head[0], p[1] - head[1], p[2] - head[2] };
	double opening = anatomy_sdf_dot(to_head, a->cup_axis[side]) + 0.06 * a->cup_radius_mm[side] -
			 a->cup_rim_mm[side];
	double ball = sqrt(anatomy_sdf_dot(to_head, to_head)) - a->cup_radius_mm[side] -
		      7.5 * a->params.pelvis_scale;
	return anatomy_sdf_cut(ball, opening, 5);
}

/* Hollows a hip bone at distance d to the joint space about the head. */
K_FN double anatomy_socket_cut(const struct anatomy *a, enum anatomy_side side, double d, const double p[3])
{
	double from_head = anatomy_sdf_distance(p, a->cup_centre_mm[side]);
	return anatomy_sdf_cut(d, a->cup_radius_mm[side] - from_head, 1.5);
}

/* Its socket is hollowed to the joint space, its front end kept off the other side. */
ANATOMY_CALL double anatomy_pelvis_sdf(const struct anatomy *a, enum anatomy_side side,
	const struct anatomy_pieces *pieces, const double p[3])
{
	const struct anatomy_bone *bone = &a->bone[ANATOMY_HIP_RIGHT + (int)side];
	double d = anatomy_sdf_cones(bone, pieces, p);
	if (!pieces || pieces->plate)
		d = anatomy_sdf_union(d, anatomy_plate_sdf(a, side, p), bone->blend_mm);
	if (!pieces || pieces->ball)
		d = anatomy_sdf_union(d, anatomy_ball_sdf(a, side, p), bone->blend_mm);
	d = anatomy_socket_cut(a, side, d, p);
	double across = side == ANATOMY_RIGHT ? p[0] : -p[0];
	return anatomy_sdf_cut(d, ANATOMY_SYMPHYSIS_MM - across, 1.5);
}
#endif

/*
 * Osteoarthritis within the bone: sclerosis on both sides of the joint's loaded top, and a cyst in the
 * socket's roof. (The narrow joint and the osteophytes are shape: anatomy_pelvis.c, anatomy_femur.c.)
 */
#ifndef KERNELS_ANATOMY_JOINT_H
#define KERNELS_ANATOMY_JOINT_H
#include "kernels/anatomy/sdf.h"

#define ANATOMY_JOINT_DEPTH_MM 4.0 /* the sclerosis fades by 1/e^0.5 in this distance from the bearing surface */
#define ANATOMY_JOINT_GAIN 1.6     /* at sclerosis 1 */

/* Sclerosis and cysts next to the joint: a factor for the trabecular density of femur or hip bone. */
K_FN double anatomy_joint_factor(const struct anatomy *a, enum anatomy_side side, bool socket, const double p[3])
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const double *head = a->frame[side].head_centre_mm;
	double radius = a->frame[side].head_radius_mm, outward = side == ANATOMY_RIGHT ? 1 : -1;
	if (!(f->sclerosis > 0 || f->cyst_mm > 0))
		return 1;
	double d[3] = { p[0] - head[0], p[1] - head[1], p[2] - head[2] };
	double far = sqrt(anatomy_sdf_dot(d, d)), factor = 1;
	if (far > radius + 25 || far < 1)
		return 1;
	/* The load comes from above, a little from the outside. */
	double top = (0.94 * d[2] + 0.34 * outward * d[0]) / far;
	double depth = socket ? far - radius - f->joint_space_mm : radius - far;
	if (top > 0.5 && depth > -1)
		factor += ANATOMY_JOINT_GAIN * f->sclerosis * anatomy_sdf_step(0.5, 0.9, top) *
			  exp(-depth * depth / (2 * ANATOMY_JOINT_DEPTH_MM * ANATOMY_JOINT_DEPTH_MM));
	if (socket && f->cyst_mm > 0) {
		double out = radius + f->joint_space_mm + 1.5 + f->cyst_mm;
		double c[3] = { d[0] - 0.30 * outward * out, d[1] - 0.1 * out, d[2] - 0.95 * out };
		factor *= anatomy_sdf_step(f->cyst_mm - 1, f->cyst_mm + 1, sqrt(anatomy_sdf_dot(c, c)));
	}
	return factor;
}
#endif

/*
 * Implants, all of titanium alloy: a nail down the femur's canal with its screw up the neck, or a total hip: a cup in the
 * reamed socket, a head on the stem's neck, a tapered stem down the canal.  A replaced femur ends at the cut through its
 * neck; what lies between cup and head has soft tissue's density, which is near polyethylene's.
 */
#ifndef KERNELS_ANATOMY_METAL_H
#define KERNELS_ANATOMY_METAL_H
#include "kernels/anatomy/sdf.h"

#define ANATOMY_CUP_SHELL_MM 4.0     /* thickness of its shell */
#define ANATOMY_RESECTION_SHARE 0.70 /* of the way from the head's centre to the shaft's axis, across the neck */

/* Of a femur at distance `femur`, what a total hip leaves of it. */
K_FN double anatomy_resection_cut(const struct anatomy *a, enum anatomy_side side, double femur, const double p[3])
{
	const struct anatomy_frame *frame = &a->frame[side];
	double along = 0;
	if (!(a->params.femur[side].cup_mm > 0))
		return femur;
	for (int k = 0; k < 3; k++)
		along += frame->neck_axis[k] * (p[k] - frame->head_centre_mm[k]);
	return anatomy_sdf_cut(femur, ANATOMY_RESECTION_SHARE * a->axes[side].neck_length_mm - along, 1);
}

/* Half a shell, open where the socket is. */
K_FN double anatomy_metal_cup_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	double d[3];
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->cup_centre_mm[side][k];
	double middle = a->params.femur[side].cup_mm - 0.5 * ANATOMY_CUP_SHELL_MM;
	double shell = fabs(sqrt(anatomy_sdf_dot(d, d)) - middle) - 0.5 * ANATOMY_CUP_SHELL_MM;
	return anatomy_sdf_cut(shell, anatomy_sdf_dot(d, a->cup_axis[side]), 0.5);
}

K_FN double anatomy_metal_piece_sdf(const struct anatomy *a, enum anatomy_side side, int i, const double p[3])
{
	return i == ANATOMY_CUP ? anatomy_metal_cup_sdf(a, side, p) : anatomy_sdf_cone(&a->metal[side][i], p);
}

K_FN unsigned anatomy_metal_local(const struct anatomy *a, const double centre[3], double reach_mm)
{
	unsigned bits = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_METAL; i++) {
			const struct anatomy_femur *f = &a->params.femur[side];
			if (!((i < ANATOMY_NAIL ? f->nail_mm : f->cup_mm) > 0))
				continue;
			if (anatomy_metal_piece_sdf(a, (enum anatomy_side)side, i, centre) < reach_mm)
				bits |= 1u << (side * ANATOMY_METAL + i);
		}
	return bits;
}

/* Share of a voxel that is metal; which: bits of its pieces. */
ANATOMY_CALL double anatomy_metal(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_METAL; i++)
			if (which >> (side * ANATOMY_METAL + i) & 1)
				share = fmax(share,
					anatomy_inside(anatomy_metal_piece_sdf(a, (enum anatomy_side)side, i, p), width_mm));
	return share;
}
#endif

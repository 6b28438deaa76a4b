/* The femur's own axes, and the thickness of its cortex. */
#ifndef KERNELS_ANATOMY_FEMUR_H
#define KERNELS_ANATOMY_FEMUR_H
#include "kernels/anatomy/sdf.h"

/* (lateral, anterior, proximal) mm from the head's centre. */
K_FN void anatomy_femur_local(double local[3], const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	double d[3];
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->frame[side].head_centre_mm[k];
	for (int k = 0; k < 3; k++)
		local[k] = anatomy_sdf_dot(a->axes[side].to_local[k], d);
}

/*
 * Thin over the head, thin above and thick below the neck (calcar; Poole 2010), thin over the trochanters,
 * then growing to its full thickness well below the lesser trochanter.
 */
K_FN double anatomy_femur_cortex_mm(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double local[3], radius = a->frame[side].head_radius_mm, d[3];
	anatomy_femur_local(local, a, side, p);
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->frame[side].head_centre_mm[k];
	double along = anatomy_sdf_dot(a->frame[side].neck_axis, d);
	/* Height above the neck's axis within the femur's frontal plane: -1 under it, 1 over it. */
	double height = local[2] - axes->junction_mm / axes->neck_length_mm * along;
	double over = anatomy_sdf_clamp(height / (0.4 * f->neck_width_mm), -1, 1);
	double neck = f->cortex_neck_mm * (1.05 - 0.6 * over);
	double head = 0.55 * f->cortex_neck_mm, trochanter = 1.15 * f->cortex_neck_mm;
	double under = 1 - 0.5 * (1 + over);
	double t = head + (neck - head) * anatomy_sdf_step(0.6 * radius, 1.1 * radius, along);
	double lateral = anatomy_sdf_step(0.75 * axes->neck_length_mm, 1.15 * axes->neck_length_mm, along);
	t += (trochanter - t) * lateral * (1 - under * 0.3);
	double down = axes->junction_mm - local[2];
	return t + (f->cortex_shaft_mm - t) * anatomy_sdf_step(10, 75, down);
}
#endif

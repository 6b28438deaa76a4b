/* Bones of a label map: the distance read between the voxels of a grid (ct/anatomy_sampled.c). */
#ifndef KERNELS_ANATOMY_SAMPLED_H
#define KERNELS_ANATOMY_SAMPLED_H
#include "kernels/anatomy/hip.h"
#include "kernels/anatomy/spine.h"

/* Between the eight voxels around a place of the grid; at: index of the first, part: 0 .. 1 beyond it. */
K_FN double anatomy_sampled_between(const struct anatomy_sampled *s, const int64_t at[3], const double part[3])
{
	const int64_t row = s->n[0], plane = s->n[0] * s->n[1];
	const float *v = s->distance_mm + (at[2] * s->n[1] + at[1]) * row + at[0];
	double x[4];
	for (int i = 0; i < 4; i++) {
		const float *pair = v + (i & 1) * row + (i >> 1) * plane;
		x[i] = (double)pair[0] + part[0] * ((double)pair[1] - (double)pair[0]);
	}
	double low = x[0] + part[1] * (x[1] - x[0]), high = x[2] + part[1] * (x[3] - x[2]);
	return low + part[2] * (high - low);
}

K_FN double anatomy_sampled_distance(const struct anatomy_sampled *s, const double p[3])
{
	double q[3] = { p[0], p[1], p[2] }, part[3], out = 0;
	int64_t at[3];
	double below = s->end_mm > -INFINITY ? s->end_mm - anatomy_sdf_dot(s->along, p) : 0;
	for (int k = 0; k < 3 && below > 0; k++)
		q[k] += below * s->along[k];
	for (int k = 0; k < 3; k++) {
		double index = anatomy_sdf_dot(s->to_index[k], q) + s->to_index[k][3],
		       last = (double)(s->n[k] - 1);
		double held = anatomy_sdf_clamp(index, 0, last), beyond = (index - held) * s->step_mm[k];
		out += beyond * beyond;
		at[k] = held < last ? (int64_t)held : s->n[k] - 2;
		part[k] = held - (double)at[k];
	}
	if (out > 0)
		return sqrt(out) + s->margin_mm; /* the bone is no nearer to the grid's edge */
	return s->scale * anatomy_sampled_between(s, at, part);
}

ANATOMY_CALL double anatomy_sampled_sdf(const struct anatomy *a, enum anatomy_part part, const double p[3])
{
	double d = anatomy_sampled_distance(&a->sampled[part], p);
	enum anatomy_side side = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	switch (part) {
	case ANATOMY_FEMUR_RIGHT:
	case ANATOMY_FEMUR_LEFT: { /* what was found on it: callus, osteophytes */
		const struct anatomy_bone *bone = &a->bone[part];
		return bone->n > 0 ? anatomy_sdf_union(d, anatomy_sdf_cones(bone, NULL, p), bone->blend_mm)
				   : d;
	}
	case ANATOMY_HIP_RIGHT:
	case ANATOMY_HIP_LEFT:
		return anatomy_socket_cut(a, part == ANATOMY_HIP_RIGHT ? ANATOMY_RIGHT : ANATOMY_LEFT, d, p);
	case ANATOMY_SACRUM:
		return anatomy_sacrum_cut(d, anatomy_sampled_distance(&a->sampled[ANATOMY_HIP_RIGHT + (int)side], p));
	default:
		return d;
	}
}
#endif

/*
 * A ray walked along its dominant axis, in double: what ray.h, its adjoint and its gradient share.
 *
 * The ray is walked along the index axis w on which it moves fastest.  Along the other two, u and v, it then moves at
 * most one voxel per slab, so a slab holds at most one u- and one v-crossing and at most three pieces: no state is
 * carried from slab to slab, and no error grows along the ray.
 */
#ifndef KERNELS_RAY_LINE_H
#define KERNELS_RAY_LINE_H
#include "kernels/kernel.h"

enum ray_model { RAY_PWC, RAY_TRILINEAR, RAY_JOSEPH };

/* Rays of one pose in index space: pixel (c, r) lies at origin + c du + r dv. */
struct ray_pose {
	int64_t cone;                /* rays come from `source`, else they run along `direction` */
	double source[3];            /* index units */
	double direction[3];         /* index units per mm */
	double origin[3], du[3], dv[3]; /* index units */
	double to_mm[3][3];          /* index vector -> mm vector */
};
/* Below this change per slab a coordinate is constant: rounding of a pose, not a direction (cos 90 deg =
 * 6e-17). */
#define RAY_STILL 1e-14
#define RAY_HAIR 1e-9
#define RAY_GAUSS 0.28867513459481288 /* half of 1/sqrt(3): two-point Gauss on [-1/2, 1/2] */

/* A ray as lines u(s), v(s) over the dominant axis, s in index units, increasing. */
struct ray_line {
	int64_t n_s, n[2];	     /* extent of the grid along s, u, v */
	int64_t stride_s, stride[2]; /* voxels */
	double start[2], slope[2];   /* u = start[0] + slope[0] * s, v alike; |slope| <= 1 */
	double per_slope[2];	     /* 1 / slope, 0 for a still coordinate */
	double from, to; /* the part of the ray inside the model's support; empty when from >= to */
	double mm;	 /* length of a unit of s */
};

/* Floor for x > -4, without a library call. */
K_FN int64_t ray_floor(double x)
{
	return (int64_t)(x + 4.0) - 4;
}

/* Narrows [*from, *to] to where low <= start + slope * s < high. */
K_FN void ray_clip(
	double start, double slope, double per_slope, double low, double high, double *from, double *to)
{
	if (per_slope == 0.0) {
		if (!(start >= low && start < high))
			*to = *from;
		return;
	}
	double a = (low - start) * per_slope, b = (high - start) * per_slope;
	double enter = slope > 0 ? a : b, leave = slope > 0 ? b : a;
	if (enter > *from)
		*from = enter;
	if (leave < *to)
		*to = leave;
}

K_FN struct ray_line ray_line_of(
	const int64_t n[3], int64_t model, const struct ray_pose *pose, int64_t col, int64_t row)
{
	double point[3], step[3], mm2 = 0;
	for (int k = 0; k < 3; k++) {
		point[k] = pose->origin[k] + (double)col * pose->du[k] + (double)row * pose->dv[k];
		step[k] = pose->cone ? point[k] - pose->source[k] : pose->direction[k];
	}
	for (int k = 0; k < 3; k++) {
		double mm = pose->to_mm[k][0] * step[0] + pose->to_mm[k][1] * step[1] +
			    pose->to_mm[k][2] * step[2];
		mm2 += mm * mm;
	}
	int w = 0;
	for (int k = 1; k < 3; k++)
		if (fabs(step[k]) > fabs(step[w]))
			w = k;
	int axis[2] = { w == 0 ? 1 : 0, w == 2 ? 1 : 2 };
	int64_t stride[3] = { 1, n[0], n[0] * n[1] };

	struct ray_line line;
	double per_step = 1.0 / step[w], reach = model == RAY_PWC ? 0.5 : 1.0;
	line.n_s = n[w];
	line.stride_s = stride[w];
	line.mm = sqrt(mm2) * fabs(per_step);
	line.from = -reach;
	line.to = (double)n[w] - 1.0 + reach;
	if (pose->cone) {
		double low = fmin(pose->source[w], point[w]), high = fmax(pose->source[w], point[w]);
		line.from = fmax(line.from, low);
		line.to = fmin(line.to, high);
	}
	for (int j = 0; j < 2; j++) {
		int k = axis[j];
		double slope = step[k] * per_step;
		if (fabs(slope) < RAY_STILL)
			slope = 0.0;
		line.n[j] = n[k];
		line.stride[j] = stride[k];
		line.slope[j] = slope;
		line.per_slope[j] = slope == 0.0 ? 0.0 : 1.0 / slope;
		line.start[j] = point[k] - slope * point[w];
		ray_clip(line.start[j], slope, line.per_slope[j], -reach, (double)n[k] - 1.0 + reach,
			&line.from, &line.to);
	}
	return line;
}

/*
 * The pieces of [from, to] between the places where u + shift and v + shift pass an integer: at most once
 * each. Piece p is [cut[p], cut[p + 1]] in column (u[p], v[p]); some may be empty.  The ends are looked at a
 * hair inside, so that a crossing at the very end, where neighbouring slabs round differently, belongs to
 * none; it had no length.
 */
struct ray_pieces {
	int count;
	double cut[4];
	int64_t u[3], v[3];
};
K_FN void ray_cut(
	const struct ray_line *line, double shift, double from, double to, struct ray_pieces *pieces)
{
	double at[2];
	int64_t first[2], last[2];
	for (int j = 0; j < 2; j++) {
		double start = line->start[j] + shift;
		first[j] = ray_floor(start + line->slope[j] * (from + RAY_HAIR));
		last[j] = ray_floor(start + line->slope[j] * (to - RAY_HAIR));
		at[j] = to;
		if (first[j] != last[j]) {
			double face = (double)(first[j] > last[j] ? first[j] : last[j]);
			at[j] = fmin(fmax((face - start) * line->per_slope[j], from), to);
		}
	}
	int u_crosses = first[0] != last[0], v_crosses = first[1] != last[1];
	int u_first = u_crosses && (!v_crosses || at[0] < at[1]);
	pieces->count = 1 + u_crosses + v_crosses;
	pieces->cut[0] = from;
	pieces->cut[1] = u_first ? at[0] : at[1];
	pieces->cut[2] = u_first ? at[1] : at[0];
	pieces->cut[pieces->count] = to;
	pieces->u[0] = first[0];
	pieces->v[0] = first[1];
	pieces->u[1] = u_first ? last[0] : first[0];
	pieces->v[1] = u_first ? first[1] : last[1];
	pieces->u[2] = last[0];
	pieces->v[2] = last[1];
}

/* weight[4 s + 2 v + u] of the cell (k, u, v)'s corners over the piece [from, to]. */
K_FN void ray_corner_weights(
	const struct ray_line *line, int64_t k, int64_t u, int64_t v, double from, double to, double *weight)
{
	double length = to - from, middle = 0.5 * (from + to);
	for (int c = 0; c < 8; c++)
		weight[c] = 0.0;
	for (int g = 0; g < 2; g++) {
		double s = middle + (g == 0 ? -RAY_GAUSS : RAY_GAUSS) * length,
		       half = 0.5 * length * line->mm;
		double fs = s - (double)k;
		double fu = line->start[0] + line->slope[0] * s - (double)u;
		double fv = line->start[1] + line->slope[1] * s - (double)v;
		double near = half * (1.0 - fs), far = half * fs;
		double uv[4] = { (1.0 - fu) * (1.0 - fv), fu * (1.0 - fv), (1.0 - fu) * fv, fu * fv };
		for (int c = 0; c < 4; c++) {
			weight[c] += near * uv[c];
			weight[c + 4] += far * uv[c];
		}
	}
}
#endif

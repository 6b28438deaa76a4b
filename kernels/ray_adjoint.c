#include "kernels/ray_adjoint.h"

#define RAY_ADJOINT_MARGIN 1e-5 /* pixels: far above rounding, far below a pixel */

/* Pixels [first, last] on one detector axis. */
struct ray_adjoint_range {
	int32_t first, last;
};

K_FN double ray_adjoint_dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

K_FN struct ray_adjoint_range ray_adjoint_clamp(double middle, double spread, int64_t count)
{
	struct ray_adjoint_range range;
	double low = ceil(middle - spread - RAY_ADJOINT_MARGIN);
	double high = floor(middle + spread + RAY_ADJOINT_MARGIN);
	range.first = (int32_t)fmin(fmax(low, 0.0), (double)count);
	range.last = (int32_t)fmin(fmax(high, -1.0), (double)count - 1.0);
	return range;
}

/* How far along the cone a box of half-width `reach` lies: 1 / depth of its middle and of its nearest corner.
 */
struct ray_adjoint_depth {
	double per_middle, per_nearest;
};
K_FN struct ray_adjoint_depth ray_adjoint_depth_of(
	const struct ray_adjoint_view *view, const double y[3], double reach)
{
	struct ray_adjoint_depth depth;
	double middle = 1.0, nearest;
	if (view->cone)
		middle = ray_adjoint_dot(view->depth, y);
	nearest = middle;
	for (int k = 0; k < 3; k++)
		nearest -= reach * fabs(view->depth[k]);
	/* A box that reaches the source's plane may fall anywhere. */
	depth.per_middle = nearest > 0 ? 1.0 / middle : 0.0;
	depth.per_nearest = nearest > 0 ? 1.0 / nearest : 1e300;
	return depth;
}

/*
 * Where the box about y falls on one axis.  A corner y + d lies at p + (axis - p depth) . d / (depth . (y +
 * d)) with p the middle's place: bounded term by term.
 */
K_FN struct ray_adjoint_range ray_adjoint_span(const struct ray_adjoint_view *view, const double axis[3],
	const double y[3], double reach, const struct ray_adjoint_depth *depth, int64_t count)
{
	double middle = ray_adjoint_dot(axis, y) * depth->per_middle, spread = 0;
	for (int k = 0; k < 3; k++)
		spread += fabs(axis[k] - middle * view->depth[k]);
	return ray_adjoint_clamp(middle, reach * spread * depth->per_nearest, count);
}

/* Chord of the ray in voxel (s, u, v). */
K_FN double ray_adjoint_pwc(const struct ray_line *line, int64_t s, int64_t u, int64_t v)
{
	double from = fmax((double)s - 0.5, line->from), to = fmin((double)s + 0.5, line->to), sum = 0;
	if (!(from < to))
		return 0;
	struct ray_pieces piece;
	ray_cut(line, 0.5, from, to, &piece);
	for (int p = 0; p < piece.count; p++)
		if (piece.u[p] == u && piece.v[p] == v)
			sum += piece.cut[p + 1] - piece.cut[p];
	return sum * line->mm;
}

/* The ray stays on one side of the hat about `at` from `from` to `to`. */
K_FN int ray_adjoint_passes(const struct ray_line *line, int j, double at, double from, double to)
{
	double begin = line->start[j] + line->slope[j] * from - at;
	double end = line->start[j] + line->slope[j] * to - at;
	return fmin(begin, end) >= 1.0 || fmax(begin, end) <= -1.0;
}

/* The integral of voxel (s, u, v)'s hat over slab k = s - 1 or s: its share of ray_corner_weights. */
K_FN double ray_adjoint_slab(const struct ray_line *line, int64_t k, int64_t s, int64_t u, int64_t v)
{
	double from = fmax((double)k, line->from), to = fmin((double)k + 1.0, line->to), sum = 0;
	if (!(from < to) || ray_adjoint_passes(line, 0, (double)u, from, to) ||
		ray_adjoint_passes(line, 1, (double)v, from, to))
		return 0;
	struct ray_pieces piece;
	ray_cut(line, 0.0, from, to, &piece);
	for (int p = 0; p < piece.count; p++) {
		int64_t du = u - piece.u[p], dv = v - piece.v[p];
		double length = piece.cut[p + 1] - piece.cut[p],
		       middle = 0.5 * (piece.cut[p] + piece.cut[p + 1]);
		if (du < 0 || du > 1 || dv < 0 || dv > 1)
			continue;
		for (int g = 0; g < 2; g++) {
			double at = middle + (g == 0 ? -RAY_GAUSS : RAY_GAUSS) * length;
			double fs = at - (double)k;
			double fu = line->start[0] + line->slope[0] * at - (double)piece.u[p];
			double fv = line->start[1] + line->slope[1] * at - (double)piece.v[p];
			sum += 0.5 * length * (s == k ? 1.0 - fs : fs) * (du == 0 ? 1.0 - fu : fu) *
			       (dv == 0 ? 1.0 - fv : fv);
		}
	}
	return sum * line->mm;
}

K_FN double ray_adjoint_joseph(const struct ray_line *line, int64_t s, int64_t u, int64_t v)
{
	if (!((double)s >= line->from && (double)s <= line->to))
		return 0;
	double fu = fabs(line->start[0] + line->slope[0] * (double)s - (double)u);
	double fv = fabs(line->start[1] + line->slope[1] * (double)s - (double)v);
	return fu < 1 && fv < 1 ? (1.0 - fu) * (1.0 - fv) * line->mm : 0;
}

/* What the ray of `line` gives voxel `index`; 0 after one look for most of the pixels in a voxel's range. */
K_FN double ray_adjoint_weight(
	const struct ray_adjoint_args *a, const struct ray_line *line, const int64_t index[3])
{
	int w = line->stride_s == 1 && line->n_s == a->n[0]	    ? 0
		: line->stride_s == a->n[0] && line->n_s == a->n[1] ? 1
								    : 2;
	/* Written out: an array with a varying index would leave the registers. */
	int64_t s = w == 0 ? index[0] : w == 1 ? index[1] : index[2];
	int64_t u = w == 0 ? index[1] : index[0], v = w == 2 ? index[1] : index[2];
	double support = a->model == RAY_PWC ? 0.5 : 1.0, along = a->model == RAY_JOSEPH ? 0.0 : support;
	double reach = support + RAY_ADJOINT_MARGIN; /* a ray on a face is decided below */
	double off_u = fabs(line->start[0] + line->slope[0] * (double)s - (double)u);
	double off_v = fabs(line->start[1] + line->slope[1] * (double)s - (double)v);
	if (!(line->from < line->to) || off_u > reach + along * fabs(line->slope[0]) ||
		off_v > reach + along * fabs(line->slope[1]))
		return 0;
	if (a->model == RAY_PWC)
		return ray_adjoint_pwc(line, s, u, v);
	if (a->model == RAY_JOSEPH)
		return ray_adjoint_joseph(line, s, u, v);
	double sum = 0;
	for (int64_t k = s - 1; k <= s; k++)
		sum += ray_adjoint_slab(line, k, s, u, v);
	return sum;
}

K_FN void ray_adjoint_at(const struct ray_adjoint_args *a, int64_t i)
{
	int64_t row = k_div(i, a->n[0]), index[3];
	double sum = 0, reach = a->model == RAY_PWC ? 0.5 : 1.0;
	index[0] = i - row * a->n[0];
	index[2] = k_div(row, a->n[1]);
	index[1] = row - index[2] * a->n[1];
	for (int64_t pose = 0; pose < a->n_poses; pose++) {
		const struct ray_adjoint_view *view = &a->views[pose];
		double y[3];
		for (int k = 0; k < 3; k++)
			y[k] = (double)index[k] - view->base[k];
		struct ray_adjoint_depth depth = ray_adjoint_depth_of(view, y, reach);
		struct ray_adjoint_range cols = ray_adjoint_span(view, view->col, y, reach, &depth, a->cols);
		struct ray_adjoint_range rows = ray_adjoint_span(view, view->row, y, reach, &depth, a->rows);
		for (int32_t r = rows.first; r <= rows.last; r++) {
			int64_t row_of_pixels = (pose * a->rows + r) * a->cols;
			for (int32_t c = cols.first; c <= cols.last; c++) {
				double weight = ray_adjoint_weight(a, &a->lines[row_of_pixels + c], index);
				if (weight > 0)
					sum += weight * (double)a->images[row_of_pixels + c];
			}
		}
	}
	a->volume[i] = (float)(a->accumulate ? (double)a->volume[i] + sum : sum);
}
K_DEFINE(ray_adjoint)

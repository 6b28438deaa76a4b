#include "kernels/ray.h"

/* Below this change per slab a coordinate is constant: rounding of a pose, not a direction (cos 90 deg =
 * 6e-17). */
#define RAY_STILL 1e-14
#define RAY_HAIR 1e-9
#define RAY_GAUSS 0.28867513459481288 /* half of 1/sqrt(3): two-point Gauss on [-1/2, 1/2] */
#define RAY_MG_CM3_MM_TO_G_CM2 1e-4
#define RAY_MM_TO_CM 0.1

struct ray_sums {
	double integral;
	double weight[2][MATERIAL_RULE_PIECES],
		weight_value[2][MATERIAL_RULE_PIECES]; /* outside bone, in bone */
	double mineral[RAY_CHANNELS], path[RAY_CHANNELS];
};
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
	const struct ray_args *a, const struct ray_pose *pose, int64_t col, int64_t row)
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
	int64_t stride[3] = { 1, a->n[0], a->n[0] * a->n[1] };

	struct ray_line line;
	double per_step = 1.0 / step[w], reach = a->model == RAY_PWC ? 0.5 : 1.0;
	line.n_s = a->n[w];
	line.stride_s = stride[w];
	line.mm = sqrt(mm2) * fabs(per_step);
	line.from = -reach;
	line.to = (double)a->n[w] - 1.0 + reach;
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
		line.n[j] = a->n[k];
		line.stride[j] = stride[k];
		line.slope[j] = slope;
		line.per_slope[j] = slope == 0.0 ? 0.0 : 1.0 / slope;
		line.start[j] = point[k] - slope * point[w];
		ray_clip(line.start[j], slope, line.per_slope[j], -reach, (double)a->n[k] - 1.0 + reach,
			&line.from, &line.to);
	}
	return line;
}

/* Adds voxels of one tag and one piece of the material rule: the sums of their weights (mm) and weights x
 * values. */
K_FN void ray_add(const struct ray_args *a, int tag, int piece, double weight, double weight_value,
	struct ray_sums *sums)
{
	int channel = tag & RAY_NO_CHANNEL, bone = (tag & RAY_BONE) != 0;
	sums->integral += weight_value;
	if (channel != RAY_NO_CHANNEL) {
		sums->mineral[channel] += weight_value;
		sums->path[channel] += weight;
	}
	if (a->materials) {
		sums->weight[bone][piece] += weight;
		sums->weight_value[bone][piece] += weight_value;
	}
}

K_FN int ray_tag(const struct ray_args *a, int64_t voxel)
{
	return a->tags ? a->tags[voxel] : RAY_NO_CHANNEL;
}

K_FN int ray_piece(const struct ray_args *a, int tag, double value)
{
	if (!a->materials)
		return 0;
	return material_rule_piece(
		a->rule.knot_hu[(tag & RAY_BONE) != 0], a->hu_per_value * value + a->hu_offset);
}

K_FN void ray_deposit(const struct ray_args *a, int64_t voxel, double weight_mm, struct ray_sums *sums)
{
	double value = (double)a->values[voxel];
	int tag = ray_tag(a, voxel);
	ray_add(a, tag, ray_piece(a, tag, value), weight_mm, weight_mm * value, sums);
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

K_FN void ray_pwc(const struct ray_args *a, const struct ray_line *line, struct ray_sums *sums)
{
	int64_t last = ray_floor(line->to + 0.5);
	if (last > line->n_s - 1)
		last = line->n_s - 1;
	for (int64_t k = ray_floor(line->from + 0.5); k <= last; k++) {
		struct ray_pieces piece;
		double from = (double)k - 0.5, to = (double)k + 0.5;
		ray_cut(line, 0.5, from > line->from ? from : line->from, to < line->to ? to : line->to,
			&piece);
		for (int p = 0; p < piece.count; p++) {
			int64_t u = piece.u[p], v = piece.v[p];
			if (u >= 0 && u < line->n[0] && v >= 0 && v < line->n[1])
				ray_deposit(a, k * line->stride_s + u * line->stride[0] + v * line->stride[1],
					(piece.cut[p + 1] - piece.cut[p]) * line->mm, sums);
		}
	}
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

/*
 * Deposits the weights of a cell's corners on one or two planes, those inside the grid.  Where all of them
 * have one tag and one piece of the material rule, which is nearly everywhere in a body, they go in as one.
 */
K_FN void ray_corners(const struct ray_args *a, const struct ray_line *line, int planes, int64_t k, int64_t u,
	int64_t v, const double *weight, struct ray_sums *sums)
{
	int64_t first = k * line->stride_s + u * line->stride[0] + v * line->stride[1];
	int64_t step[3] = { line->stride[0], line->stride[1], line->stride_s };
	if (k >= 0 && k + planes <= line->n_s && u >= 0 && u + 1 < line->n[0] && v >= 0 &&
		v + 1 < line->n[1]) {
		double sum = 0, sum_value = 0, low = (double)a->values[first], high = low;
		int tag = ray_tag(a, first), other = 0;
		for (int c = 0; c < 4 * planes; c++) {
			int64_t voxel =
				first + (c & 1) * step[0] + ((c >> 1) & 1) * step[1] + (c >> 2) * step[2];
			double value = (double)a->values[voxel];
			sum += weight[c];
			sum_value += weight[c] * value;
			low = value < low ? value : low;
			high = value > high ? value : high;
			other |= ray_tag(a, voxel) ^ tag;
		}
		int piece = ray_piece(a, tag, low);
		if (!other && piece == ray_piece(a, tag, high)) {
			ray_add(a, tag, piece, sum, sum_value, sums);
			return;
		}
	}
	for (int c = 0; c < 4 * planes; c++) {
		int64_t iu = u + (c & 1), iv = v + ((c >> 1) & 1), is = k + (c >> 2);
		if (is >= 0 && is < line->n_s && iu >= 0 && iu < line->n[0] && iv >= 0 && iv < line->n[1])
			ray_deposit(a,
				first + (c & 1) * step[0] + ((c >> 1) & 1) * step[1] + (c >> 2) * step[2],
				weight[c], sums);
	}
}

K_FN void ray_trilinear(const struct ray_args *a, const struct ray_line *line, struct ray_sums *sums)
{
	int64_t last = ray_floor(line->to);
	if (last > line->n_s - 1)
		last = line->n_s - 1;
	for (int64_t k = ray_floor(line->from); k <= last; k++) {
		struct ray_pieces piece;
		double from = (double)k, to = (double)k + 1.0, weight[8];
		ray_cut(line, 0.0, from > line->from ? from : line->from, to < line->to ? to : line->to,
			&piece);
		for (int p = 0; p < piece.count; p++) {
			ray_corner_weights(
				line, k, piece.u[p], piece.v[p], piece.cut[p], piece.cut[p + 1], weight);
			ray_corners(a, line, 2, k, piece.u[p], piece.v[p], weight, sums);
		}
	}
}

K_FN void ray_joseph(const struct ray_args *a, const struct ray_line *line, struct ray_sums *sums)
{
	int64_t k = ray_floor(line->from);
	if ((double)k < line->from)
		k++;
	for (k = k > 0 ? k : 0; k < line->n_s && (double)k <= line->to; k++) {
		double pu = line->start[0] + line->slope[0] * (double)k;
		double pv = line->start[1] + line->slope[1] * (double)k;
		int64_t u = ray_floor(pu), v = ray_floor(pv);
		double fu = pu - (double)u, far = line->mm * (pv - (double)v), near = line->mm - far;
		double weight[4] = { (1.0 - fu) * near, fu * near, (1.0 - fu) * far, fu * far };
		ray_corners(a, line, 1, k, u, v, weight, sums);
	}
}

K_FN double ray_material(const struct ray_args *a, int m, const struct ray_sums *sums)
{
	double sum = 0;
	for (int bone = 0; bone < 2; bone++)
		for (int p = 0; p < MATERIAL_RULE_PIECES; p++) {
			const struct material_line *line = &a->rule.line[bone][p][m];
			double weight = sums->weight[bone][p], value = sums->weight_value[bone][p];
			sum += line->at_zero * weight +
			       line->per_hu * (a->hu_per_value * value + a->hu_offset * weight);
		}
	return sum;
}

K_FN void ray_store(const struct ray_args *a, int64_t pose, int64_t pixel, const struct ray_sums *sums)
{
	int64_t pixels = a->cols * a->rows;
	if (a->integral)
		a->integral[pose * pixels + pixel] = (float)sums->integral;
	if (a->materials)
		for (int m = 0; m < MATERIAL_RULE_COUNT; m++)
			a->materials[(pose * MATERIAL_RULE_COUNT + m) * pixels + pixel] =
				(float)(ray_material(a, m, sums) * RAY_MM_TO_CM);
	for (int64_t c = 0; c < a->n_channels; c++) {
		int64_t to = (pose * a->n_channels + c) * pixels + pixel;
		if (a->mineral)
			a->mineral[to] = (float)(sums->mineral[c] * RAY_MG_CM3_MM_TO_G_CM2);
		if (a->path)
			a->path[to] = (float)(sums->path[c] * RAY_MM_TO_CM);
	}
}

K_FN void ray_at(const struct ray_args *a, int64_t i)
{
	int64_t pixels = a->cols * a->rows, pose = i / pixels, pixel = i % pixels;
	struct ray_sums sums;
	sums.integral = 0.0;
	for (int p = 0; p < 2 * MATERIAL_RULE_PIECES; p++)
		sums.weight[p / MATERIAL_RULE_PIECES][p % MATERIAL_RULE_PIECES] =
			sums.weight_value[p / MATERIAL_RULE_PIECES][p % MATERIAL_RULE_PIECES] = 0.0;
	for (int64_t c = 0; c < a->n_channels; c++)
		sums.mineral[c] = sums.path[c] = 0.0;

	struct ray_line line = ray_line_of(a, &a->poses[pose], pixel % a->cols, pixel / a->cols);
	if (line.from < line.to) {
		if (a->model == RAY_PWC)
			ray_pwc(a, &line, &sums);
		else if (a->model == RAY_TRILINEAR)
			ray_trilinear(a, &line, &sums);
		else
			ray_joseph(a, &line, &sums);
	}
	ray_store(a, pose, pixel, &sums);
}
K_DEFINE(ray)

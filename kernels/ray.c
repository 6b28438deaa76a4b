#include "kernels/ray.h"

/* Below this change per slab a coordinate is constant: rounding of a pose, not a direction (cos 90 deg =
 * 6e-17). */
#define RAY_STILL 1e-14
#define RAY_GAUSS 0.28867513459481288 /* half of 1/sqrt(3): two-point Gauss on [-1/2, 1/2] */
#define RAY_MG_CM3_MM_TO_G_CM2 1e-4
#define RAY_MM_TO_CM 0.1

struct ray_sums {
	double integral;
	double materials[MATERIAL_RULE_COUNT];
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

/* Adds weight_mm of one voxel to every quantity that is wanted. */
K_FN void ray_deposit(const struct ray_args *a, int64_t voxel, double weight_mm, struct ray_sums *sums)
{
	double value = (double)a->values[voxel];
	sums->integral += weight_mm * value;
	int tag = a->tags ? a->tags[voxel] : RAY_NO_CHANNEL;
	int channel = tag & RAY_NO_CHANNEL;
	if (channel != RAY_NO_CHANNEL) {
		sums->mineral[channel] += weight_mm * value;
		sums->path[channel] += weight_mm;
	}
	if (a->materials) {
		double g_cm3[MATERIAL_RULE_COUNT], hu = a->hu_per_value * value + a->hu_offset;
		if (material_rule_of(&a->rule, hu, tag & RAY_BONE, g_cm3))
			for (int m = 0; m < MATERIAL_RULE_COUNT; m++)
				sums->materials[m] += weight_mm * g_cm3[m];
	}
}

/*
 * Cuts [from, to] of the line where u + shift and v + shift pass an integer: at most once each.  cut[0 .. 3]
 * are the ends of the pieces, some of which may be empty.
 */
K_FN void ray_cut(const struct ray_line *line, double shift, double from, double to, double *cut)
{
	double at[2];
	for (int j = 0; j < 2; j++) {
		int64_t i0 = ray_floor(line->start[j] + line->slope[j] * from + shift);
		int64_t i1 = ray_floor(line->start[j] + line->slope[j] * to + shift);
		at[j] = from;
		if (i0 != i1) {
			double face = (double)(i0 > i1 ? i0 : i1) - shift;
			at[j] = fmin(fmax((face - line->start[j]) * line->per_slope[j], from), to);
		}
	}
	cut[0] = from;
	cut[1] = fmin(at[0], at[1]);
	cut[2] = fmax(at[0], at[1]);
	cut[3] = to;
}

K_FN void ray_pwc(const struct ray_args *a, const struct ray_line *line, struct ray_sums *sums)
{
	int64_t last = ray_floor(line->to + 0.5);
	if (last > line->n_s - 1)
		last = line->n_s - 1;
	for (int64_t k = ray_floor(line->from + 0.5); k <= last; k++) {
		double cut[4];
		ray_cut(line, 0.5, fmax(line->from, (double)k - 0.5), fmin(line->to, (double)k + 0.5), cut);
		for (int p = 0; p < 3; p++) {
			double length = cut[p + 1] - cut[p], middle = 0.5 * (cut[p + 1] + cut[p]);
			if (!(length > 0))
				continue;
			int64_t u = ray_floor(line->start[0] + line->slope[0] * middle + 0.5);
			int64_t v = ray_floor(line->start[1] + line->slope[1] * middle + 0.5);
			if (u >= 0 && u < line->n[0] && v >= 0 && v < line->n[1])
				ray_deposit(a, k * line->stride_s + u * line->stride[0] + v * line->stride[1],
					length * line->mm, sums);
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

K_FN void ray_trilinear(const struct ray_args *a, const struct ray_line *line, struct ray_sums *sums)
{
	int64_t last = ray_floor(line->to);
	if (last > line->n_s - 1)
		last = line->n_s - 1;
	for (int64_t k = ray_floor(line->from); k <= last; k++) {
		double cut[4];
		ray_cut(line, 0.0, fmax(line->from, (double)k), fmin(line->to, (double)k + 1.0), cut);
		for (int p = 0; p < 3; p++) {
			double middle = 0.5 * (cut[p + 1] + cut[p]), weight[8];
			if (!(cut[p + 1] > cut[p]))
				continue;
			int64_t u = ray_floor(line->start[0] + line->slope[0] * middle);
			int64_t v = ray_floor(line->start[1] + line->slope[1] * middle);
			ray_corner_weights(line, k, u, v, cut[p], cut[p + 1], weight);
			for (int c = 0; c < 8; c++) {
				int64_t is = k + (c >> 2), iu = u + (c & 1), iv = v + ((c >> 1) & 1);
				if (is >= 0 && is < line->n_s && iu >= 0 && iu < line->n[0] && iv >= 0 &&
					iv < line->n[1] && weight[c] != 0.0)
					ray_deposit(a,
						is * line->stride_s + iu * line->stride[0] +
							iv * line->stride[1],
						weight[c], sums);
			}
		}
	}
}

K_FN void ray_joseph(const struct ray_args *a, const struct ray_line *line, struct ray_sums *sums)
{
	int64_t k = ray_floor(line->from);
	if ((double)k < line->from)
		k++;
	for (; k < line->n_s && (double)k <= line->to; k++) {
		double pu = line->start[0] + line->slope[0] * (double)k,
		       pv = line->start[1] + line->slope[1] * (double)k;
		int64_t u = ray_floor(pu), v = ray_floor(pv);
		double fu = pu - (double)u, fv = pv - (double)v;
		for (int c = 0; c < 4; c++) {
			int64_t iu = u + (c & 1), iv = v + (c >> 1);
			double weight = line->mm * (c & 1 ? fu : 1.0 - fu) * (c >> 1 ? fv : 1.0 - fv);
			if (k >= 0 && iu >= 0 && iu < line->n[0] && iv >= 0 && iv < line->n[1] &&
				weight != 0.0)
				ray_deposit(a,
					k * line->stride_s + iu * line->stride[0] + iv * line->stride[1],
					weight, sums);
		}
	}
}

K_FN void ray_store(const struct ray_args *a, int64_t pose, int64_t pixel, const struct ray_sums *sums)
{
	int64_t pixels = a->cols * a->rows;
	if (a->integral)
		a->integral[pose * pixels + pixel] = (float)sums->integral;
	if (a->materials)
		for (int m = 0; m < MATERIAL_RULE_COUNT; m++)
			a->materials[(pose * MATERIAL_RULE_COUNT + m) * pixels + pixel] =
				(float)(sums->materials[m] * RAY_MM_TO_CM);
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
	for (int m = 0; m < MATERIAL_RULE_COUNT; m++)
		sums.materials[m] = 0.0;
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

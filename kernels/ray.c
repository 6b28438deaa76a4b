#include "kernels/ray.h"

#define RAY_MG_CM3_MM_TO_G_CM2 1e-4
#define RAY_MM_TO_CM 0.1

struct ray_sums {
	double integral;
	double weight[2][MATERIAL_RULE_PIECES],
		weight_value[2][MATERIAL_RULE_PIECES]; /* outside bone, in bone */
	double mineral[RAY_CHANNELS], path[RAY_CHANNELS];
};
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

	struct ray_line line = 
		ray_line_of(a->n, a->model, &a->poses[pose], pixel % a->cols, pixel / a->cols);
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

#if defined(K_F32) && !defined(__CUDACC__)
void ray_pixel(const struct ray_args *a, int64_t i)
{
	ray_at(a, i);
}
#endif

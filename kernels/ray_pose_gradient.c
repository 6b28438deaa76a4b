#include "kernels/ray_pose_gradient.h"

/* The integrals of grad f and of lambda grad f along a ray, in the order s, u, v. */
struct ray_pose_gradient_moments {
	double plain[3], lambda[3];
};

/* The cell's corners, 0 outside the grid: value[4 s + 2 v + u]. */
K_FN void ray_pose_gradient_cell(const struct ray_pose_gradient_args *a, const struct ray_line *line,
	int64_t k, int64_t u, int64_t v, float value[8])
{
	int64_t first = k * line->stride_s + u * line->stride[0] + v * line->stride[1];
	for (int c = 0; c < 8; c++) {
		int64_t is = k + (c >> 2), iu = u + (c & 1), iv = v + ((c >> 1) & 1);
		int inside =
			is >= 0 && is < line->n_s && iu >= 0 && iu < line->n[0] && iv >= 0 && iv < line->n[1];
		value[c] = inside ? a->values[first + (c & 1) * line->stride[0] +
					      ((c >> 1) & 1) * line->stride[1] + (c >> 2) * line->stride_s]
				  : 0.0F;
	}
}

/* Adds the piece [from, to] in the cell (k, u, v): lambda = lambda_0 + s / b. */
K_FN void ray_pose_gradient_piece(const struct ray_line *line, const float value[8], int64_t k, int64_t u,
	int64_t v, double from, double to, double lambda_0, double per_b,
	struct ray_pose_gradient_moments *sum)
{
	double length = to - from, middle = 0.5 * (from + to), weight = 0.5 * length * line->mm;
	for (int g = 0; g < 2; g++) {
		double s = middle + (g == 0 ? -RAY_GAUSS : RAY_GAUSS) * length, fs = s - (double)k;
		double fu = line->start[0] + line->slope[0] * s - (double)u;
		double fv = line->start[1] + line->slope[1] * s - (double)v;
		double plane[2], along_u[2], along_v[2], lambda = weight * (lambda_0 + s * per_b);
		for (int z = 0; z < 2; z++) {
			double low = (double)value[4 * z], low_step = (double)value[4 * z + 1] - low;
			double high = (double)value[4 * z + 2], high_step = (double)value[4 * z + 3] - high;
			double near = low + fu * low_step, far = high + fu * high_step;
			along_u[z] = low_step + fv * (high_step - low_step);
			along_v[z] = far - near;
			plane[z] = near + fv * (far - near);
		}
		double slope[3] = { plane[1] - plane[0], along_u[0] + fs * (along_u[1] - along_u[0]),
			along_v[0] + fs * (along_v[1] - along_v[0]) };
		for (int j = 0; j < 3; j++) {
			sum->plain[j] += weight * slope[j];
			sum->lambda[j] += lambda * slope[j];
		}
	}
}

K_FN void ray_pose_gradient_walk(const struct ray_pose_gradient_args *a, const struct ray_line *line,
	double lambda_0, double per_b, struct ray_pose_gradient_moments *sum)
{
	int64_t last = ray_floor(line->to);
	if (last > line->n_s - 1)
		last = line->n_s - 1;
	for (int64_t k = ray_floor(line->from); k <= last; k++) {
		struct ray_pieces piece;
		double from = (double)k, to = (double)k + 1.0;
		float value[8];
		ray_cut(line, 0.0, from > line->from ? from : line->from, to < line->to ? to : line->to,
			&piece);
		for (int p = 0; p < piece.count; p++) {
			ray_pose_gradient_cell(a, line, k, piece.u[p], piece.v[p], value);
			ray_pose_gradient_piece(line, value, k, piece.u[p], piece.v[p], piece.cut[p],
				piece.cut[p + 1], lambda_0, per_b, sum);
		}
	}
}

/* From the ray's axes s, u, v to the grid's. */
K_FN void ray_pose_gradient_order(int w, const double suv[3], double xyz[3])
{
	xyz[0] = w == 0 ? suv[0] : suv[1];
	xyz[1] = w == 1 ? suv[0] : w == 0 ? suv[1] : suv[2];
	xyz[2] = w == 2 ? suv[0] : suv[2];
}

K_FN void ray_pose_gradient_term(const struct ray_pose_gradient_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t pose = k_div(g, a->parts), pixel = (g - pose * a->parts) * a->pixels_per_part + j;
	if (pixel >= a->cols * a->rows)
		return;
	double y = (double)a->upstream[pose * a->cols * a->rows + pixel];
	if (y == 0.0)
		return;
	const struct ray_pose *at = &a->poses[pose];
	int64_t r = k_div(pixel, a->cols), c = pixel - r * a->cols;
	struct ray_line line = ray_line_of(a->n, RAY_TRILINEAR, at, c, r);
	if (!(line.from < line.to))
		return;
	/* The ray's axes, in the order of ray_line_of. */
	double point[3], step[3];
	for (int k = 0; k < 3; k++) {
		point[k] = at->origin[k] + (double)c * at->du[k] + (double)r * at->dv[k];
		step[k] = at->cone ? point[k] - at->source[k] : at->direction[k];
	}
	int w = 0;
	for (int k = 1; k < 3; k++)
		if (fabs(step[k]) > fabs(step[w]))
			w = k;
	struct ray_pose_gradient_moments moments = { { 0, 0, 0 }, { 0, 0, 0 } };
	double per_b = 1.0 / step[w], a_w = at->cone ? at->source[w] : point[w];
	ray_pose_gradient_walk(a, &line, -a_w * per_b, per_b, &moments);
	double plain[3], lambda[3];
	ray_pose_gradient_order(w, moments.plain, plain);
	ray_pose_gradient_order(w, moments.lambda, lambda);
	for (int p = 0; p < 6; p++) {
		const struct ray_pose_change *d = &a->changes[6 * pose + p];
		double total = 0;
		for (int k = 0; k < 3; k++) {
			double moved = d->origin[k] + (double)c * d->du[k] + (double)r * d->dv[k];
			double start = at->cone ? d->source[k] : moved;
			double along = at->cone ? moved - d->source[k] : d->direction[k];
			total += plain[k] * start + lambda[k] * along;
		}
		sum[p] += y * total;
	}
}

K_FN void ray_pose_gradient_store(const struct ray_pose_gradient_args *a, int64_t g, const k_acc *sum)
{
	for (int p = 0; p < 6; p++)
		a->gradient[6 * g + p] = sum[p];
}
K_DEFINE_SUM(ray_pose_gradient, 6)

#include "kernels/area_mean.h"

#define AREA_MEAN_HAIR 1e-9 /* pixels */

/* The rays of an axis that may count for the pixel at `from`, counted from ray 0: first .. last. */
struct area_mean_range {
	int32_t first, last;
};
K_FN struct area_mean_range area_mean_range_of(const struct area_mean_args *a, int axis, double from)
{
	struct area_mean_range range;
	double reach = 0.5 + a->half[axis], last = (double)(a->n[axis] - 1);
	range.first =
		(int32_t)fmin(fmax(ceil((from - reach) / a->step[axis] - AREA_MEAN_HAIR), 0.0), last + 1.0);
	range.last = (int32_t)fmax(fmin(floor((from + reach) / a->step[axis] + AREA_MEAN_HAIR), last), -1.0);
	return range;
}

/* How much of the ray at `distance` from the pixel's middle is in the pixel. */
K_FN double area_mean_share(double distance, double half)
{
	if (!(half > 0))
		return fabs(distance) < 0.5 ? 1.0 : 0.0;
	double share = fmin(distance + half, 0.5) - fmax(distance - half, -0.5);
	return share > 0 ? share : 0.0;
}

K_FN double area_mean_solid_angle(const struct area_mean_args *a, double x, double y)
{
	if (!(a->per_distance > 0))
		return 1.0;
	double u = (x - a->foot[0]) * a->per_distance, v = (y - a->foot[1]) * a->per_distance;
	double square = 1.0 + u * u + v * v;
	return 1.0 / (square * sqrt(square));
}

K_FN void area_mean_at(const struct area_mean_args *a, int64_t i)
{
	int64_t pixels = a->cols * a->rows, p = k_div(i, pixels), pixel = i - p * pixels;
	int64_t r = k_div(pixel, a->cols), c = pixel - r * a->cols, size = a->n[0] * a->n[1];
	double sum = 0, weights = 0;
	r += a->first_row;
	for (int64_t s = 0; s < a->sets; s++) {
		const float *rays_of = a->rays + (s * a->planes + p) * size;
		double x0 = a->offsets[2 * s], y0 = a->offsets[2 * s + 1];
		struct area_mean_range cols = area_mean_range_of(a, 0, (double)c - x0);
		struct area_mean_range rows = area_mean_range_of(a, 1, (double)r - y0);
		for (int32_t y = rows.first; y <= rows.last; y++) {
			double at_y = y0 + (double)y * a->step[1];
			const float *line = rays_of + y * a->n[0];
			double share = area_mean_share(at_y - (double)r, a->half[1]);
			for (int32_t x = cols.first; x <= cols.last; x++) {
				double at_x = x0 + (double)x * a->step[0];
				double weight = share * area_mean_share(at_x - (double)c, a->half[0]) *
						area_mean_solid_angle(a, at_x, at_y);
				sum += weight * (double)line[x];
				weights += weight;
			}
		}
	}
	a->mean[p * a->plane + pixel] = (float)(sum / weights);
}
K_DEFINE(area_mean)

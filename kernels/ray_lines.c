#include "kernels/ray_lines.h"

K_FN void ray_lines_at(const struct ray_lines_args *a, int64_t i)
{
	int64_t pixels = a->cols * a->rows, pixel = k_mod(i, pixels);
	a->lines[i] = ray_line_of(
		a->n, a->model, &a->poses[k_div(i, pixels)], k_mod(pixel, a->cols), k_div(pixel, a->cols));
}
K_DEFINE(ray_lines)

#include "kernels/scatter_source.h"

K_FN double scatter_source_share(double layer, int64_t g, int64_t groups)
{
	double last = (double)(groups - 1), x = layer < 0 ? 0 : layer > last ? last : layer;
	double away = fabs(x - (double)g);
	return away < 1 ? 1 - away : 0;
}

K_FN void scatter_source_at(const struct scatter_source_args *a, int64_t i)
{
	int64_t line = k_div(i, a->coarse_cols), g = k_div(line, a->coarse_rows);
	int64_t c = (i - line * a->coarse_cols) * a->factor, r = (line - g * a->coarse_rows) * a->factor;
	int64_t c_end = c + a->factor < a->cols ? c + a->factor : a->cols;
	int64_t r_end = r + a->factor < a->rows ? r + a->factor : a->rows;
	double sum = 0;
	for (int64_t y = r; y < r_end; y++)
		for (int64_t p = y * a->cols + c; p < y * a->cols + c_end; p++) {
			double mm = (double)a->thickness_mm[p];
			sum += scatter_source_share(mm / a->step_mm, g, a->groups) * (double)a->intensity[p] *
			       mm;
		}
	a->source[i] = (float)(sum / (double)(a->factor * a->factor));
}
K_DEFINE(scatter_source)

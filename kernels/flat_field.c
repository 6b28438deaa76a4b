#include "kernels/flat_field.h"
#include "kernels/heel.h"
#include "kernels/philox.h"

K_FN void flat_field_at(const struct flat_field_args *a, int64_t i)
{
	int64_t row = k_div(i, a->cols), r = a->first_row + row, c = a->first_col + i - row * a->cols;
	double gain = 1, x = (double)a->in[i];
	if (a->offset_sd > 0)
		x += a->offset_sd * philox_pixel_normal(a->seed, a->stream, c, r, 1);
	if (a->gain_sd > 0)
		gain += a->gain_sd * philox_pixel_normal(a->seed, a->stream, c, r, 0);
	gain = gain > 0.01 ? gain : 0.01; /* a pixel so weak would be mapped out */
	a->out[i] = (float)(a->corrected ? x / (heel_beam(a->heel, r, a->film_rows) * gain) : x * gain);
}
K_DEFINE(flat_field)

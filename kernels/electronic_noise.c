#include "kernels/electronic_noise.h"
#include "kernels/philox.h"

K_FN void electronic_noise_at(const struct electronic_noise_args *a, int64_t i)
{
	int64_t row = k_div(i, a->cols);
	double normal = philox_pixel_normal(
		a->seed, a->stream, a->first_col + i - row * a->cols, a->first_row + row, 0);
	a->out[i] = (float)((double)a->in[i] + a->sd * normal);
}
K_DEFINE(electronic_noise)

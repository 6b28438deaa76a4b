#include "kernels/scatter_add.h"

K_FN void scatter_add_at(const struct scatter_add_args *a, int64_t i)
{
	int64_t row = k_div(i, a->cols);
	double scatter = coarse_field_at(&a->field, i - row * a->cols, row);
	a->out[i] = (float)((double)a->in[i] +
			    a->scale * (scatter > 0 ? scatter : 0)); /* extrapolation may cross 0 */
}
K_DEFINE(scatter_add)

#include "kernels/expand.h"

K_FN void expand_at(const struct expand_args *a, int64_t i)
{
	int64_t row = k_div(i, a->cols);
	double value = a->share * coarse_field_at(&a->field, i - row * a->cols, row);
	a->out[i] = (float)(a->accumulate ? (double)a->out[i] + value : value);
}
K_DEFINE(expand)

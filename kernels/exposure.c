#include "kernels/exposure.h"

K_FN void exposure_term(const struct exposure_args *a, int64_t g, int64_t j, k_acc *sum)
{
	sum[0] += (k_acc)a->intensity[(a->first_row + g) * a->cols + a->first_col + j];
}

K_FN void exposure_store(const struct exposure_args *a, int64_t g, const k_acc *sum)
{
	a->part[g] = sum[0];
}
K_DEFINE_SUM(exposure, 1)

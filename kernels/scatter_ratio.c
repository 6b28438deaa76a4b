#include "kernels/scatter_ratio.h"

K_FN void scatter_ratio_term(const struct scatter_ratio_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t i = g * a->cols + j;
	if (!((double)a->thickness_mm[i] >= a->body_mm && (double)a->intensity[i] >= a->least))
		return;
	double scatter = coarse_field_at(&a->field, j, g);
	sum[0] += (scatter > 0 ? scatter : 0) / (double)a->intensity[i];
	sum[1] += 1;
}

K_FN void scatter_ratio_store(const struct scatter_ratio_args *a, int64_t g, const k_acc *sum)
{
	a->ratio[g] = sum[0];
	a->pixels[g] = sum[1];
}
K_DEFINE_SUM(scatter_ratio, 2)

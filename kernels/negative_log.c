#include "kernels/negative_log.h"

K_FN void negative_log_at(const struct negative_log_args *a, int64_t i)
{
	double x = (double)a->intensity[i];
	a->radiograph[i] = (float)-log(x > a->least ? x : a->least);
}
K_DEFINE(negative_log)

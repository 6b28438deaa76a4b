#include "kernels/softmax.h"
#include "kernels/k_erf.h"

K_FN void softmax_tile(const struct softmax_args *a, int64_t row, int64_t c, int64_t count)
{
	k_real top = ((const k_master *)a->top)[row], share = 1 / ((const k_master *)a->sum)[row];
	int64_t i = row * a->channels + c;
	for (int64_t k = i; k < i + count; k++)
		K_STORE(a->y, k, k_exp(K_LOAD(a->x, k) - top) * share);
}
K_DEFINE_TILES(softmax)

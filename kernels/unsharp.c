#include "kernels/unsharp.h"

K_FN void unsharp_at(const struct unsharp_args *a, int64_t i)
{
	double e = (double)a->image[i], mid = (double)a->mid[i], low = (double)a->low[i];
	a->out[i] = (float)(a->middle + a->alpha * (low - a->middle) + a->gain_mid * (mid - low) +
			    a->gain_fine * (e - mid));
}
K_DEFINE(unsharp)

#include "kernels/adam.h"

K_FN void adam_at(const struct adam_args *a, int64_t i)
{
	const k_master *step = (const k_master *)a->step;
	k_master *p = (k_master *)a->parameter, *m = (k_master *)a->m, *v = (k_master *)a->v;
	k_real g = ((const k_master *)a->gradient)[i], beta1 = (k_real)a->beta1, beta2 = (k_real)a->beta2;
	k_real mean = beta1 * m[i] + (k_real)(1 - a->beta1) * g;
	k_real square = beta2 * v[i] + (k_real)(1 - a->beta2) * g * g;
	k_real decayed = p[i] - step[0] * (k_real)a->weight_decay * p[i];
	k_real size = K_MATH(sqrt)(square / step[2]) + (k_real)a->epsilon;
	m[i] = mean;
	v[i] = square;
	p[i] = decayed - step[0] * (mean / step[1]) / size;
	if (a->copy)
		K_STORE(a->copy, i, p[i]);
}
K_DEFINE(adam)

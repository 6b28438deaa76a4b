#include "kernels/adam.h"

K_FN void adam_tile(const struct adam_args *a, int64_t row, int64_t c, int64_t count)
{
	const int64_t at = row * a->channels + c;
	const k_master *step = (const k_master *)a->step;
	K_CHANGE_MASTER(p, a->parameter, at, count);
	K_CHANGE_MASTER(m, a->m, at, count);
	K_CHANGE_MASTER(v, a->v, at, count);
	K_READ_MASTER(gradient, a->gradient, at, count);
	k_real rate = step[ADAM_RATE], correction1 = step[ADAM_CORRECTION1], correction2 = step[ADAM_CORRECTION2];
	k_real share = step[ADAM_SHARE], factor = step[ADAM_FACTOR], epsilon = (k_real)a->epsilon;
	k_real beta1 = (k_real)a->beta1, beta2 = (k_real)a->beta2, decay = (k_real)a->weight_decay;
	k_real rest1 = (k_real)(1 - a->beta1), rest2 = (k_real)(1 - a->beta2);
	for (int64_t k = 0; k < count; k++) {
		k_real g = factor * gradient[k], mean = beta1 * m[k] + rest1 * g, square = beta2 * v[k] + rest2 * g * g;
		k_real decayed = p[k] - rate * decay * p[k], size = K_MATH(sqrt)(square / correction2) + epsilon;
		m[k] = mean;
		v[k] = square;
		p[k] = decayed - rate * (mean / correction1) / size;
	}
	K_PUT_MASTER(p, a->parameter, at, count);
	K_PUT_MASTER(m, a->m, at, count);
	K_PUT_MASTER(v, a->v, at, count);
	if (a->average) {
		K_CHANGE_MASTER(average, a->average, at, count);
		for (int64_t k = 0; k < count; k++)
			average[k] += share * (p[k] - average[k]);
		K_PUT_MASTER(average, a->average, at, count);
	}
	if (a->copy) {
		K_WRITE(copy, a->copy, at, count, 0);
		for (int64_t k = 0; k < count; k++)
			copy[k] = p[k];
		K_PUT(copy, a->copy, at, count);
	}
}
K_DEFINE_TILES(adam)

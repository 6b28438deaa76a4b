#include "kernels/tone.h"

/* tanh is the logistic curve stretched to -1..1. */
K_FN void tone_at(const struct tone_args *a, int64_t i)
{
	double x = ((double)a->in[i] - a->black) / (a->white - a->black);
	x = x > 0 ? x < 1 ? x : 1 : 0; /* NaN is black */
	if (a->contrast > 0) {
		double half = 0.5 * a->contrast;
		x = 0.5 + 0.5 * tanh(half * (2 * x - 1)) / tanh(half);
	}
	a->out[i] = (float)x;
}
K_DEFINE(tone)

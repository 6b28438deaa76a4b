#include "kernels/point_loss_grad.h"

K_FN k_real point_loss_grad_of(const struct point_loss_grad_args *a, k_real x, k_real t, k_real v)
{
	k_real d = x - t, delta = (k_real)a->of.delta, sign = d > 0 ? (k_real)1 : d < 0 ? (k_real)-1 : 0, e;
	k_real away = a->by == 1 ? (k_real)-1 : (k_real)1; /* d falls as t grows */
	switch (a->of.kind) {
	case POINT_LOSS_L1:
		return away * sign;
	case POINT_LOSS_L2:
		return away * 2 * d;
	case POINT_LOSS_HUBER:
		return away * (d * sign <= delta ? d : delta * sign);
	case POINT_LOSS_BCE:
		e = K_MATH(exp)(x < 0 ? x : -x);
		return a->by == 1 ? -x : (x < 0 ? e : (k_real)1) / (1 + e) - t;
	case POINT_LOSS_HINGE:
		return 1 - t * x > 0 ? (a->by == 1 ? -x : -t) : 0;
	case POINT_LOSS_LINEAR:
		return a->by == 1 ? x : t;
	case POINT_LOSS_GAUSSIAN:
		e = K_MATH(exp)(-v);
		return a->by == 2 ? (1 - d * d * e) / 2 : away * d * e;
	}
	return 0;
}

K_FN void point_loss_grad_at(const struct point_loss_grad_args *a, int64_t i)
{
	k_real t = a->of.t ? K_LOAD(a->of.t, i) : (k_real)a->of.target, v = a->of.v ? K_LOAD(a->of.v, i) : 0;
	k_real factor = (k_real)a->factor * (a->of.weight ? K_LOAD(a->of.weight, k_div(i, a->of.sample)) : (k_real)1);
	k_real d = factor * point_loss_grad_of(a, K_LOAD(a->of.x, i), t, v);
	K_STORE(a->gradient, i, a->accumulate ? K_LOAD(a->gradient, i) + d : d);
}
K_DEFINE(point_loss_grad)

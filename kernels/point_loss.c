#include "kernels/point_loss.h"

K_FN k_acc point_loss_of(const struct point_loss_args *a, k_acc x, k_acc t, k_acc v)
{
	k_acc d = x - t, size = fabs(d), margin = 1 - t * x;
	switch (a->of.kind) {
	case POINT_LOSS_L1:
		return size;
	case POINT_LOSS_L2:
		return d * d;
	case POINT_LOSS_HUBER:
		return size <= a->of.delta ? d * d / 2 : a->of.delta * (size - a->of.delta / 2);
	case POINT_LOSS_BCE:
		return (x > 0 ? x : 0) - x * t + log1p(exp(-fabs(x)));
	case POINT_LOSS_HINGE:
		return margin < 0 ? 0 : margin;
	case POINT_LOSS_LINEAR:
		return t * x;
	case POINT_LOSS_GAUSSIAN:
		return (v + d * d * exp(-v)) / 2;
	}
	return 0;
}

K_FN void point_loss_term(const struct point_loss_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t i = g * a->run + j;
	if (i >= a->n)
		return;
	k_acc t = a->of.t ? (k_acc)K_LOAD(a->of.t, i) : a->of.target, v = a->of.v ? (k_acc)K_LOAD(a->of.v, i) : 0;
	k_acc loss = point_loss_of(a, (k_acc)K_LOAD(a->of.x, i), t, v);
	sum[0] += a->of.weight ? (k_acc)K_LOAD(a->of.weight, k_div(i, a->of.sample)) * loss : loss;
}

K_FN void point_loss_store(const struct point_loss_args *a, int64_t g, const k_acc *sum)
{
	a->part[g] = sum[0];
}
K_DEFINE_SUM(point_loss, 1)

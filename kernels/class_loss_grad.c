#include "kernels/class_loss_grad.h"
#include "kernels/k_erf.h"

K_FN k_real class_loss_grad_target(const struct class_loss_grad_args *a, int64_t row, int64_t c)
{
	if (!a->classes)
		return K_LOAD(a->target, row * a->channels + c);
	double which = (double)K_LOAD(a->target, row);
	return which >= 0 && which < (double)a->channels && (int64_t)which == c ? (k_real)1 : (k_real)0;
}

K_FN void class_loss_grad_term(const struct class_loss_grad_args *a, int64_t row, int64_t c, k_acc *sum)
{
	sum[0] += (k_acc)class_loss_grad_target(a, row, c);
}

K_FN void class_loss_grad_tile(
	const struct class_loss_grad_args *a, int64_t row, int64_t c, int64_t count, const k_acc *sum)
{
	k_real factor = (k_real)a->factor * (a->weight ? K_LOAD(a->weight, k_div(row, a->sample)) : (k_real)1);
	k_real top = ((const k_master *)a->top)[row], all = (k_real)sum[0] / ((const k_master *)a->sum)[row];
	int64_t i = row * a->channels;
	for (int64_t k = c; k < c + count; k++) {
		k_real d = factor * (k_exp(K_LOAD(a->x, i + k) - top) * all - class_loss_grad_target(a, row, k));
		K_STORE(a->dx, i + k, a->accumulate ? K_LOAD(a->dx, i + k) + d : d);
	}
}
K_DEFINE_ROWS(class_loss_grad, 1)

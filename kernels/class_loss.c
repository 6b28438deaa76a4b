#include "kernels/class_loss.h"

K_FN void class_loss_term(const struct class_loss_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t row = g * a->run + j, i = row * a->channels;
	if (row >= a->rows)
		return;
	k_acc level = (k_acc)((const k_master *)a->top)[row] + log((k_acc)((const k_master *)a->sum)[row]), loss = 0;
	if (a->classes) {
		double which = (double)K_LOAD(a->target, row);
		if (which >= 0 && which < (double)a->channels)
			loss = level - (k_acc)K_LOAD(a->x, i + (int64_t)which);
	} else {
		for (int64_t c = 0; c < a->channels; c++)
			loss += (k_acc)K_LOAD(a->target, i + c) * (level - (k_acc)K_LOAD(a->x, i + c));
	}
	sum[0] += a->weight ? (k_acc)K_LOAD(a->weight, k_div(row, a->sample)) * loss : loss;
}

K_FN void class_loss_store(const struct class_loss_args *a, int64_t g, const k_acc *sum)
{
	a->part[g] = sum[0];
}
K_DEFINE_SUM(class_loss, 1)

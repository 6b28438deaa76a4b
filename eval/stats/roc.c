#include "eval/stats/roc.h"

#include <math.h>

static void set_auc(struct roc *r)
{
	int64_t controls_below = r->n_controls, twice_pairs = 0;
	for (int64_t k = 0; k < r->steps.n; k++) {
		const struct roc_step *step = &r->steps.step[k];
		controls_below -= step->controls;
		twice_pairs += step->cases * (2 * controls_below + step->controls);
	}
	r->auc = (double)twice_pairs / (2.0 * (double)r->n_cases * (double)r->n_controls);
}

int roc_init(
	struct roc *r, const double *score, const uint8_t *is_case, int64_t n, enum roc_direction direction)
{
	const double sign = direction == ROC_LOWER_IS_CASE ? 1 : -1;
	*r = (struct roc){ .direction = direction, .n = n, .score = score, .is_case = is_case, .auc = NAN };
	if (roc_steps_init(&r->steps, score, is_case, n, sign) != 0)
		return -1;
	r->n_cases = r->steps.n_cases;
	r->n_controls = r->steps.n_controls;
	if (r->n_cases > 0 && r->n_controls > 0)
		set_auc(r);
	return 0;
}

void roc_free(struct roc *r)
{
	roc_steps_free(&r->steps);
	*r = (struct roc){ 0 };
}

int roc_curve_init(struct roc_curve *c, const struct roc *r)
{
	*c = (struct roc_curve){ 0 };
	if (memory_alloc(&c->block, NULL, (size_t)(r->steps.n + 1) * sizeof(struct roc_point), "ROC curve") !=
		0)
		return -1;
	c->points = c->block.data;
	const double sign = r->direction == ROC_LOWER_IS_CASE ? 1 : -1, outermost = -sign * INFINITY;
	c->points[c->n++] = (struct roc_point){ outermost, 0, 0 };
	for (int64_t k = 0; k < r->steps.n; k++) {
		const struct roc_step *step = &r->steps.step[k];
		const struct roc_point *last = &c->points[c->n - 1];
		double here = sign * step->key;
		double threshold = k + 1 < r->steps.n ? here + (sign * step[1].key - here) / 2 : -outermost;
		c->points[c->n++] =
			(struct roc_point){ threshold, last->tp + step->cases, last->fp + step->controls };
	}
	return 0;
}

void roc_curve_free(struct roc_curve *c)
{
	memory_free(&c->block);
	*c = (struct roc_curve){ 0 };
}

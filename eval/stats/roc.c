#include "eval/stats/roc.h"

#include <math.h>

#include "host/run/err.h"

/* The end of the run of equal scores that starts at `from`, with its counts. */
static int64_t tie_end(const struct roc *r, int64_t from, int64_t *cases, int64_t *controls)
{
	int64_t to = from;
	*cases = *controls = 0;
	for (; to < r->n && r->ranked[to].key == r->ranked[from].key; to++) {
		if (r->is_case[r->ranked[to].row])
			++*cases;
		else
			++*controls;
	}
	return to;
}

static void set_placements(struct roc *r, double *placement)
{
	int64_t cases_above = 0, controls_below = r->n_controls, twice_pairs = 0;
	for (int64_t from = 0, to = 0; from < r->n; from = to) {
		int64_t cases, controls;
		to = tie_end(r, from, &cases, &controls);
		controls_below -= controls;
		double of_case = (double)(2 * controls_below + controls) / (2.0 * (double)r->n_controls);
		double of_control = (double)(2 * cases_above + cases) / (2.0 * (double)r->n_cases);
		for (int64_t i = from; i < to; i++) {
			int64_t row = r->ranked[i].row;
			placement[row] = r->is_case[row] ? of_case : of_control;
		}
		twice_pairs += cases * (2 * controls_below + controls);
		cases_above += cases;
	}
	r->auc = (double)twice_pairs / (2.0 * (double)r->n_cases * (double)r->n_controls);
}

int roc_init(
	struct roc *r, const double *score, const uint8_t *is_case, int64_t n, enum roc_direction direction)
{
	*r = (struct roc){ 0 };
	size_t ranked_bytes = (size_t)n * sizeof(struct sort_item);
	if (memory_alloc(&r->block, NULL, ranked_bytes + (size_t)n * sizeof(double), "ROC ranks") != 0)
		return -1;
	struct sort_item *ranked = r->block.data;
	const double sign = direction == ROC_LOWER_IS_CASE ? 1 : -1;
	double *placement = n ? (double *)((char *)r->block.data + ranked_bytes) : NULL;
	r->direction = direction;
	r->n = n;
	r->is_case = is_case;
	r->ranked = ranked;
	r->placement = placement;
	r->auc = NAN;
	for (int64_t i = 0; i < n; i++) {
		if (!isfinite(score[i])) {
			roc_free(r);
			return ERR_INVALID("ROC: score %lld is not finite", (long long)i);
		}
		ranked[i] = (struct sort_item){ sign * score[i], i };
		placement[i] = NAN;
		r->n_cases += is_case[i] != 0;
	}
	r->n_controls = n - r->n_cases;
	if (sort_items(ranked, n) != 0) {
		roc_free(r);
		return -1;
	}
	if (r->n_cases > 0 && r->n_controls > 0)
		set_placements(r, placement);
	return 0;
}

void roc_free(struct roc *r)
{
	memory_free(&r->block);
	*r = (struct roc){ 0 };
}

int roc_curve_init(struct roc_curve *c, const struct roc *r)
{
	*c = (struct roc_curve){ 0 };
	if (memory_alloc(&c->block, NULL, (size_t)(r->n + 1) * sizeof(struct roc_point), "ROC curve") != 0)
		return -1;
	c->points = c->block.data;
	const double sign = r->direction == ROC_LOWER_IS_CASE ? 1 : -1, outermost = -sign * INFINITY;
	c->points[c->n++] = (struct roc_point){ outermost, 0, 0 };
	for (int64_t from = 0, to = 0; from < r->n; from = to) {
		int64_t cases, controls;
		to = tie_end(r, from, &cases, &controls);
		const struct roc_point *last = &c->points[c->n - 1];
		double here = sign * r->ranked[from].key;
		double threshold = to < r->n ? here + (sign * r->ranked[to].key - here) / 2 : -outermost;
		c->points[c->n++] = (struct roc_point){ threshold, last->tp + cases, last->fp + controls };
	}
	return 0;
}

void roc_curve_free(struct roc_curve *c)
{
	memory_free(&c->block);
	*c = (struct roc_curve){ 0 };
}

#include "eval/stats/roc.h"

#include <math.h>

__extension__ typedef unsigned __int128 uint128;

/* n times the sum of squared deviations from the mean, of n whole numbers with these sums. */
static double scaled_deviations(uint128 squares, uint64_t sum, int64_t n)
{
	return (double)(squares * (uint64_t)n - (uint128)sum * sum);
}

/*
 * Placements times twice the other class are whole numbers: their sums are exact.  Cases and controls have
 * the same sum, each pair once.  With m cases and n controls, m + n < 2^32, none of these exceeds (2 m n)^2 <
 * 2^126.
 */
static void set_auc(struct roc *r)
{
	const double m = (double)r->n_cases, n = (double)r->n_controls;
	uint64_t cases_before = 0, controls_left = (uint64_t)r->n_controls, twice_pairs = 0;
	uint128 of_cases = 0, of_controls = 0;
	struct roc_step step;
	for (int64_t at = 0; roc_steps_next(&step, &at, &r->steps); r->n_steps++) {
		uint64_t twice_healthier = 2 * controls_left - step.controls,
			 twice_worse = 2 * cases_before + step.cases;
		twice_pairs += step.cases * twice_healthier;
		of_cases += (uint128)(step.cases * twice_healthier) * twice_healthier;
		of_controls += (uint128)(step.controls * twice_worse) * twice_worse;
		controls_left -= step.controls;
		cases_before += step.cases;
	}
	if (r->n_cases > 0 && r->n_controls > 0)
		r->auc = (double)twice_pairs / (2 * m * n);
	if (r->n_cases > 1 && r->n_controls > 1)
		r->variance = (scaled_deviations(of_cases, twice_pairs, r->n_cases) / (m - 1) +
				      scaled_deviations(of_controls, twice_pairs, r->n_controls) / (n - 1)) /
			      (4 * m * m * n * n);
}

int roc_init(
	struct roc *r, const double *score, const uint8_t *is_case, int64_t n, enum roc_direction direction)
{
	const double sign = direction == ROC_LOWER_IS_CASE ? 1 : -1;
	*r = (struct roc){ .direction = direction,
		.n = n,
		.score = score,
		.is_case = is_case,
		.auc = NAN,
		.variance = NAN };
	if (roc_steps_init(&r->steps, score, is_case, n, sign) != 0)
		return -1;
	r->n_cases = r->steps.n_cases;
	r->n_controls = r->steps.n_controls;
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
	if (memory_alloc(&c->block, NULL, (size_t)(r->n_steps + 1) * sizeof(struct roc_point), "ROC curve") !=
		0)
		return -1;
	c->points = c->block.data;
	const double sign = r->direction == ROC_LOWER_IS_CASE ? 1 : -1, outermost = sign * INFINITY;
	double last_score = NAN;
	struct roc_step step;
	c->points[c->n++] = (struct roc_point){ -outermost, 0, 0 };
	for (int64_t at = 0; roc_steps_next(&step, &at, &r->steps);) {
		struct roc_point *last = &c->points[c->n - 1];
		double here = sign * step.key;
		if (c->n > 1)
			last->threshold = last_score + (here - last_score) / 2;
		last_score = here;
		c->points[c->n++] =
			(struct roc_point){ outermost, last->tp + step.cases, last->fp + step.controls };
	}
	return 0;
}

void roc_curve_free(struct roc_curve *c)
{
	memory_free(&c->block);
	*c = (struct roc_curve){ 0 };
}

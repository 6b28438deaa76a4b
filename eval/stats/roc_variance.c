#include "eval/stats/roc_variance.h"

#include <math.h>
#include <stdbool.h>

#include "eval/stats/rank.h"
#include "host/run/err.h"

/*
 * Placements: for a case the share of controls that look healthier, for a control the share of cases that
 * look more diseased, ties one half.
 */
struct place {
	double of_case, of_control;
};

/* Steps in order: what lies before the next one, and what a pair weighs.  Divisions would cost more than all
 * the rest. */
struct walk {
	int64_t cases, controls_left;
	double per_control, per_case;
};

static struct walk walk_start(const struct roc *r)
{
	return (struct walk){ 0, r->n_controls, 0.5 / (double)r->n_controls, 0.5 / (double)r->n_cases };
}

static struct place walk_over(struct walk *w, const struct roc_step *step)
{
	int64_t twice_healthier = 2 * w->controls_left - step->controls,
		twice_worse = 2 * w->cases + step->cases;
	w->controls_left -= step->controls;
	w->cases += step->cases;
	return (struct place){ (double)twice_healthier * w->per_control, (double)twice_worse * w->per_case };
}

/* excess[n]: placement - AUC of every row, in the rows' order; order[n]: work space. */
static int set_excess(double *excess, int64_t *order, const struct roc *r)
{
	struct walk walk = walk_start(r);
	struct roc_step step;
	int64_t row = 0;
	if (rank_order(order, r->score, r->n) != 0)
		return -1;
	for (int64_t at_step = 0; roc_steps_next(&step, &at_step, &r->steps);) {
		struct place p = walk_over(&walk, &step);
		for (int64_t here = 0; here < (int64_t)step.cases + step.controls; here++, row++) {
			int64_t at = order[r->direction == ROC_LOWER_IS_CASE ? row : r->n - 1 - row];
			excess[at] = (r->is_case[at] ? p.of_case : p.of_control) - r->auc;
		}
	}
	return 0;
}

/* Rows and their excess by two curves, which may be one. */
struct excess {
	struct memory block;
	const double *of[2]; /* (n) */
};

static int excess_init(struct excess *e, const struct roc *a, const struct roc *b)
{
	const size_t n = (size_t)a->n;
	*e = (struct excess){ 0 };
	if (memory_alloc(&e->block, NULL, n * (2 * sizeof(double) + sizeof(int64_t)), "ROC placements") != 0)
		return -1;
	double *first = e->block.data, *second = first + n;
	int64_t *order = (int64_t *)(second + n);
	e->of[0] = first;
	e->of[1] = a == b ? first : second;
	if (set_excess(first, order, a) == 0 && (a == b || set_excess(second, order, b) == 0))
		return 0;
	memory_free(&e->block);
	return -1;
}

int roc_covariance(double *covariance, const struct roc *a, const struct roc *b)
{
	struct excess excess;
	double of_cases = 0, of_controls = 0;
	double m = (double)a->n_cases, n = (double)a->n_controls;
	*covariance = NAN;
	if (a->n_cases < 2 || a->n_controls < 2)
		return 0;
	if (excess_init(&excess, a, b) != 0)
		return -1;
	for (int64_t i = 0; i < a->n; i++) {
		double product = excess.of[0][i] * excess.of[1][i];
		if (a->is_case[i])
			of_cases += product;
		else
			of_controls += product;
	}
	memory_free(&excess.block);
	*covariance = of_cases / (m - 1) / m + of_controls / (n - 1) / n;
	return 0;
}

struct cluster_sum {
	double case_excess[2], control_excess[2]; /* sums of placement - AUC, of either curve */
	int64_t cases, controls;
};

static void add_row(struct cluster_sum *s, bool is_case, double by_a, double by_b)
{
	double *sum = is_case ? s->case_excess : s->control_excess;
	sum[0] += by_a;
	sum[1] += by_b;
	if (is_case)
		s->cases++;
	else
		s->controls++;
}

static double combine(const struct roc *r, const struct cluster_sum *sum, int64_t n_clusters)
{
	double m = (double)r->n_cases, n = (double)r->n_controls;
	double s10 = 0, s01 = 0, s11 = 0, with_case = 0, with_control = 0, with_any = 0;
	for (int64_t k = 0; k < n_clusters; k++) {
		const struct cluster_sum *s = &sum[k];
		s10 += s->case_excess[0] * s->case_excess[1];
		s01 += s->control_excess[0] * s->control_excess[1];
		s11 += s->case_excess[0] * s->control_excess[1] + s->case_excess[1] * s->control_excess[0];
		with_case += s->cases > 0;
		with_control += s->controls > 0;
		with_any += s->cases + s->controls > 0;
	}
	if (with_case < 2 || with_control < 2)
		return NAN;
	s10 *= with_case / ((with_case - 1) * m);
	s01 *= with_control / ((with_control - 1) * n);
	s11 *= with_any / (with_any - 1);
	return s10 / m + s01 / n + s11 / (m * n);
}

int roc_clustered_variance(double *variance, const struct roc *r, const int64_t *cluster, int64_t n_clusters)
{
	return roc_clustered_covariance(variance, r, r, cluster, n_clusters);
}

int roc_clustered_covariance(double *covariance, const struct roc *a, const struct roc *b,
	const int64_t *cluster, int64_t n_clusters)
{
	int rc = -1;
	struct memory block = { 0 };
	struct excess excess = { 0 };
	*covariance = NAN;
	if (a->n_cases < 1 || a->n_controls < 1)
		return 0;
	TRY(memory_alloc(&block, NULL, (size_t)n_clusters * sizeof(struct cluster_sum), "ROC clusters"));
	TRY(excess_init(&excess, a, b));
	struct cluster_sum *sum = block.data;
	for (int64_t i = 0; i < a->n; i++)
		add_row(&sum[cluster[i]], a->is_case[i], excess.of[0][i], excess.of[1][i]);
	*covariance = combine(a, sum, n_clusters);
	rc = 0;
cleanup:
	memory_free(&excess.block);
	memory_free(&block);
	return rc;
}

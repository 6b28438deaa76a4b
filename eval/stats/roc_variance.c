#include "eval/stats/roc_variance.h"

#include <math.h>

#include "host/run/err.h"

double roc_variance(const struct roc *r)
{
	return roc_covariance(r, r);
}

double roc_covariance(const struct roc *a, const struct roc *b)
{
	double of_cases = 0, of_controls = 0;
	double m = (double)a->n_cases, n = (double)a->n_controls;
	if (a->n_cases < 2 || a->n_controls < 2)
		return NAN;
	for (int64_t i = 0; i < a->n; i++) {
		double product = (a->placement[i] - a->auc) * (b->placement[i] - b->auc);
		if (a->is_case[i])
			of_cases += product;
		else
			of_controls += product;
	}
	return of_cases / (m - 1) / m + of_controls / (n - 1) / n;
}

struct cluster_sum {
	double case_excess[2], control_excess[2]; /* sums of placement - AUC, of either curve */
	int64_t cases, controls;
};

static void add_row(struct cluster_sum *s, const struct roc *a, const struct roc *b, int64_t row)
{
	double excess[2] = { a->placement[row] - a->auc, b->placement[row] - b->auc };
	double *sum = a->is_case[row] ? s->case_excess : s->control_excess;
	sum[0] += excess[0];
	sum[1] += excess[1];
	if (a->is_case[row])
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
	struct memory block = { 0 };
	*covariance = NAN;
	if (a->n_cases < 1 || a->n_controls < 1)
		return 0;
	if (memory_alloc(&block, NULL, (size_t)n_clusters * sizeof(struct cluster_sum), "ROC clusters") != 0)
		return -1;
	struct cluster_sum *sum = block.data;
	for (int64_t i = 0; i < a->n; i++)
		add_row(&sum[cluster[i]], a, b, i);
	*covariance = combine(a, sum, n_clusters);
	memory_free(&block);
	return 0;
}

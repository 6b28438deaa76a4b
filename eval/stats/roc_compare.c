#include "eval/stats/roc_compare.h"

#include <math.h>

#include "eval/stats/distributions.h"
#include "eval/stats/roc_variance.h"

static struct roc_difference normal_test(double difference, double variance)
{
	struct roc_difference d = { difference, sqrt(variance), NAN, NAN, INFINITY, interval_undefined() };
	d.ci = interval_wald(difference, d.se, -1, 1);
	if (d.se > 0) {
		d.statistic = difference / d.se;
		d.p = distributions_normal_two_sided(d.statistic);
	}
	return d;
}

int roc_compare_paired(struct roc_difference *d, const struct roc *a, const struct roc *b,
	const int64_t *cluster, int64_t n_clusters)
{
	double va = a->variance, vb = b->variance, cov;
	if (!cluster && roc_covariance(&cov, a, b) != 0)
		return -1;
	if (cluster && (roc_clustered_variance(&va, a, cluster, n_clusters) != 0 ||
			       roc_clustered_variance(&vb, b, cluster, n_clusters) != 0 ||
			       roc_clustered_covariance(&cov, a, b, cluster, n_clusters) != 0))
		return -1;
	double variance = va + vb - 2 * cov;
	/* Two scores of one order have variance 0, which rounding must not turn into a tiny or a negative
	 * one. */
	if (fabs(variance) <= 1e-14 * (va + vb))
		variance = 0;
	*d = normal_test(a->auc - b->auc, variance);
	return 0;
}

struct roc_difference roc_compare_independent(
	const double auc[2], const double variance[2], const int64_t n[2])
{
	double sum = variance[0] + variance[1];
	struct roc_difference d = normal_test(auc[0] - auc[1], sum);
	if (!(d.se > 0))
		return d;
	d.df = sum * sum /
	       (variance[0] * variance[0] / (double)(n[0] - 1) +
		       variance[1] * variance[1] / (double)(n[1] - 1));
	d.p = distributions_t_two_sided(d.statistic, d.df);
	d.ci = interval_t(d.difference, d.se, d.df);
	return d;
}

void roc_compare_unpaired(struct roc_difference *d, const struct roc *a, const struct roc *b)
{
	const double auc[2] = { a->auc, b->auc }, variance[2] = { a->variance, b->variance };
	const int64_t n[2] = { a->n, b->n };
	*d = roc_compare_independent(auc, variance, n);
}

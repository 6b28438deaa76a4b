#include "eval/stats/roc_compare.h"

#include <math.h>

#include "eval/stats/distributions.h"
#include "eval/stats/roc_variance.h"

struct roc_difference roc_compare_normal(double difference, double variance)
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
	double va = roc_variance(a), vb = roc_variance(b), cov = roc_covariance(a, b);
	if (cluster && (roc_clustered_variance(&va, a, cluster, n_clusters) != 0 ||
			       roc_clustered_variance(&vb, b, cluster, n_clusters) != 0 ||
			       roc_clustered_covariance(&cov, a, b, cluster, n_clusters) != 0))
		return -1;
	double variance = va + vb - 2 * cov;
	/* Two scores of one order have variance 0, which rounding must not turn into a tiny or a negative
	 * one. */
	if (fabs(variance) <= 1e-14 * (va + vb))
		variance = 0;
	*d = roc_compare_normal(a->auc - b->auc, variance);
	return 0;
}

void roc_compare_unpaired(struct roc_difference *d, const struct roc *a, const struct roc *b)
{
	double va = roc_variance(a), vb = roc_variance(b);
	*d = roc_compare_normal(a->auc - b->auc, va + vb);
	if (!(d->se > 0))
		return;
	d->df = (va + vb) * (va + vb) / (va * va / (double)(a->n - 1) + vb * vb / (double)(b->n - 1));
	d->p = distributions_t_two_sided(d->statistic, d->df);
	d->ci = interval_t(d->difference, d->se, d->df);
}

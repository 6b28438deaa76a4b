#include "eval/headline.h"

#include <math.h>

#include "eval/stats/roc.h"
#include "eval/stats/roc_variance.h"

static const char no_bootstrap[] = "patients have several rows and no bootstrap was run";

static struct headline_figure plain(
	double value, double se, struct interval ci, const char *method, const char *reason)
{
	return (struct headline_figure){ value, se, ci, method, reason };
}

/* With repeated patients the interval must be the bootstrap's. */
static struct headline_figure choose(struct headline_figure independent, const struct sample *s,
	const struct bootstrap *b, enum bootstrap_statistic which)
{
	if (!s->repeated || isnan(independent.value))
		return independent;
	if (!b)
		return plain(independent.value, NAN, interval_undefined(), NULL, no_bootstrap);
	return plain(independent.value, bootstrap_se(b, which), bootstrap_interval(b, which),
		"bootstrap by patient", "undefined in over 5 % of the bootstrap samples");
}

static const char *why_no_r(const struct agreement *a)
{
	if (a->n < 3)
		return "fewer than 3 rows";
	if (a->reference_constant)
		return "the reference is constant";
	if (a->prediction_constant)
		return "the prediction is constant";
	return a->n == 3 ? "fewer than 4 rows" : "the correlation is exact";
}

static int set_auc(struct headline *h, const struct sample *s)
{
	struct roc roc;
	if (roc_init(&roc, s->score, s->diseased, s->n, ROC_LOWER_IS_CASE) != 0)
		return -1;
	double clustered;
	int rc = roc_clustered_variance(&clustered, &roc, s->cluster, s->n_clusters);
	h->n_diseased = roc.n_cases;
	h->n_healthy = roc.n_controls;
	h->auc_delong_se = sqrt(roc.variance);
	h->auc_clustered_se = sqrt(clustered);
	const char *reason = roc.n_cases == 0	   ? "no diseased case"
			     : roc.n_controls == 0 ? "no case without disease"
			     : s->repeated	   ? "fewer than 2 patients with or without disease"
						   : "fewer than 2 cases with or without disease";
	double se = s->repeated ? h->auc_clustered_se : h->auc_delong_se;
	h->auc = plain(roc.auc, se, interval_wald(roc.auc, se, 0, 1),
		s->repeated ? "Obuchowski, clustered by patient" : "DeLong", reason);
	roc_free(&roc);
	return rc;
}

int headline_compute(struct headline *h, const struct sample *s, const struct bootstrap *b)
{
	struct agreement *a = &h->agreement;
	*h = (struct headline){ .auc = plain(NAN, NAN, interval_undefined(), NULL, "no disease defined by --threshold, --criterion or --positive"),
		.auc_delong_se = NAN,
		.auc_clustered_se = NAN };
	agreement_compute(a, s->reference, s->prediction, s->n);
	double n = (double)a->n;
	h->r = choose(plain(a->r, (1 - a->r * a->r) / sqrt(n - 3), a->r_ci, "Fisher z", why_no_r(a)), s, b,
		BOOTSTRAP_R);
	h->slope = choose(plain(a->calibration.slope, a->calibration.slope_se, a->calibration.slope_ci,
				  "least squares, reference on prediction", why_no_r(a)),
		s, b, BOOTSTRAP_SLOPE);
	h->bias = choose(
		plain(a->bias, a->sd / sqrt(n), a->bias_ci, "t", a->n < 1 ? "no row" : "fewer than 2 rows"),
		s, b, BOOTSTRAP_BIAS);
	return s->diseased ? set_auc(h, s) : 0;
}

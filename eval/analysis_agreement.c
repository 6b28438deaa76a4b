#include "eval/analysis_agreement.h"

#include <math.h>

#include "eval/analysis_bootstrap.h"
#include "eval/stats/deming.h"
#include "eval/stats/icc.h"
#include "eval/stats/passing_bablok.h"
#include "eval/stats/rank.h"
#include "host/run/err.h"

static const char few[] = "fewer than 3 rows", spread[] = "fewer than 3 rows, or a constant column";

static void add_figure(struct estimates *e, const char *statistic, const struct headline_figure *f)
{
	estimates_add(e, statistic, f->value, f->ci, f->method, f->reason);
}

/* The standard errors that a meta-analysis needs: a site can share these instead of its rows. */
static void add_errors_of(struct estimates *e, const struct headline *h)
{
	estimates_value(e, "r_se", h->r.se, h->r.method, h->r.reason);
	estimates_value(e, "bias_se", h->bias.se, h->bias.method, h->bias.reason);
	estimates_value(e, "calibration_slope_se", h->slope.se, h->slope.method, h->slope.reason);
}

static void add_missing(struct estimates *e, const struct sample *s)
{
	static const char unknown[] = "the rows left out are in no subgroup";
	const bool known = s->counts_missing;
	estimates_value(e, "n_missing", known ? (double)s->n_missing : NAN, NULL, unknown);
	estimates_value(
		e, "n_refused", known ? (double)s->n_refused : NAN, "a reference but no prediction", unknown);
	estimates_value(e, "coverage", known ? (double)s->n / (double)(s->n + s->n_refused) : NAN,
		"predicted of those with a reference", known ? "no row" : unknown);
}

static void add_means(struct estimates *e, const struct sample *s, const struct agreement *a)
{
	const char *empty = "no row", *single = a->n < 1 ? empty : "fewer than 2 rows";
	estimates_value(e, "n", (double)s->n, NULL, NULL);
	estimates_value(
		e, "n_patients", s->has_patients ? (double)s->n_clusters : NAN, NULL, "no patient column");
	add_missing(e, s);
	estimates_value(e, "reference_mean", a->reference_mean, NULL, empty);
	estimates_value(e, "reference_sd", a->reference_sd, NULL, single);
	estimates_value(e, "prediction_mean", a->prediction_mean, NULL, empty);
	estimates_value(e, "prediction_sd", a->prediction_sd, NULL, single);
}

static int add_correlation(
	struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b)
{
	const struct agreement *a = &h->agreement;
	struct rank_correlation rank;
	if (rank_spearman(&rank, s->reference, s->prediction, s->n) != 0)
		return -1;
	add_figure(e, "r", &h->r);
	estimates_add(
		e, "r_fisher", a->r, a->r_ci, "Pearson, Fisher z, rows taken as independent", h->r.reason);
	analysis_bootstrap(e, b, "r", BOOTSTRAP_R, a->r, NULL);
	estimates_add(
		e, "spearman", rank.rho, rank.ci, "Bonett and Wright, rows taken as independent",
		isnan(rank.rho) ? h->r.reason : "fewer than 4 rows, or an exact correlation");
	analysis_bootstrap(e, b, "spearman", BOOTSTRAP_RHO, rank.rho, NULL);
	estimates_value(e, "r2", a->r * a->r, "of the regression line", h->r.reason);
	estimates_value(e, "r2_identity", a->r2_identity, "of the identity line", spread);
	analysis_bootstrap(e, b, "r2_identity", BOOTSTRAP_R2_IDENTITY, a->r2_identity, NULL);
	estimates_add(e, "ccc", a->ccc, a->ccc_ci, "Lin, z scale, rows taken as independent",
		isnan(a->ccc) ? h->r.reason : "the agreement is exact or r is 0");
	analysis_bootstrap(e, b, "ccc", BOOTSTRAP_CCC, a->ccc, NULL);
	return 0;
}

static int add_icc(struct estimates *e, const struct sample *s, const struct bootstrap *b)
{
	static const char *const single[] = { "icc_1_1", "icc_2_1", "icc_3_1" };
	static const char *const average[] = { "icc_1_k", "icc_2_k", "icc_3_k" };
	static const char reason[] = "fewer than 2 rows, or no error between the columns to compare with";
	struct memory block = { 0 };
	struct icc c;
	if (memory_alloc(&block, NULL, 2 * (size_t)s->n * sizeof(double), "ratings") != 0)
		return -1;
	double *rating = block.data;
	for (int64_t i = 0; i < s->n; i++) {
		rating[2 * i] = s->reference[i];
		rating[2 * i + 1] = s->prediction[i];
	}
	icc_compute(&c, rating, s->n, 2);
	memory_free(&block);
	for (int form = 0; form < ICC_FORMS; form++) {
		estimates_add(
			e, single[form], c.single[form].value, c.single[form].ci, "McGraw and Wong", reason);
		estimates_add(e, average[form], c.average[form].value, c.average[form].ci, "McGraw and Wong",
			reason);
	}
	analysis_bootstrap(e, b, "icc_2_1", BOOTSTRAP_ICC_2, c.single[ICC_2].value, NULL);
	analysis_bootstrap(e, b, "icc_3_1", BOOTSTRAP_ICC_3, c.single[ICC_3].value, NULL);
	return 0;
}

static void add_errors(struct estimates *e, const struct agreement *a, const struct bootstrap *b)
{
	estimates_value(e, "mae", a->mae, NULL, "no row");
	analysis_bootstrap(e, b, "mae", BOOTSTRAP_MAE, a->mae, NULL);
	estimates_value(e, "rmse", a->rmse, NULL, "no row");
	analysis_bootstrap(e, b, "rmse", BOOTSTRAP_RMSE, a->rmse, NULL);
	estimates_value(
		e, "see", a->calibration.residual_sd, "residual SD, reference on prediction, n - 2", few);
	analysis_bootstrap(e, b, "see", BOOTSTRAP_SEE, a->calibration.residual_sd, NULL);
}

static void add_bland_altman(struct estimates *e, const struct headline *h, const struct bootstrap *b)
{
	static const char method[] = "bias +- 1.96 SD; t, rows taken as independent",
			  single[] = "fewer than 2 rows";
	const struct agreement *a = &h->agreement;
	add_figure(e, "bias", &h->bias);
	estimates_add(e, "bias_t", a->bias, a->bias_ci, "t, rows taken as independent",
		a->n < 1 ? "no row" : single);
	analysis_bootstrap(e, b, "bias", BOOTSTRAP_BIAS, a->bias, NULL);
	estimates_value(e, "sd", a->sd, "of the differences", single);
	analysis_bootstrap(e, b, "sd", BOOTSTRAP_SD, a->sd, NULL);
	estimates_add(e, "loa_lo", a->loa.lo, a->loa_lo_ci, method, single);
	analysis_bootstrap(e, b, "loa_lo", BOOTSTRAP_LOA_LO, a->loa.lo, NULL);
	estimates_add(e, "loa_hi", a->loa.hi, a->loa_hi_ci, method, single);
	analysis_bootstrap(e, b, "loa_hi", BOOTSTRAP_LOA_HI, a->loa.hi, NULL);
	estimates_value(e, "loa_se", a->loa_se, "of either limit, rows taken as independent", single);
	estimates_add(e, "trend_slope", a->trend.slope, a->trend.slope_ci, "difference on mean; t", spread);
	estimates_value(e, "trend_p", a->trend.slope_p, "two-sided, of slope 0", "no line, or an exact one");
}

static int add_lines(
	struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b)
{
	const struct agreement *a = &h->agreement;
	struct deming d;
	struct passing_bablok p;
	deming_compute(&d, s->reference, s->prediction, s->n, 1);
	if (passing_bablok_compute(&p, s->reference, s->prediction, s->n) != 0)
		return -1;
	const char *many = s->n > PASSING_BABLOK_ROWS ? "more than 5000 rows"
						      : "fewer than 3 rows, or no positive relation";
	estimates_value(e, "slope", a->slope, "least squares, prediction on reference", h->r.reason);
	estimates_value(e, "intercept", a->intercept, "least squares, prediction on reference", h->r.reason);
	add_figure(e, "calibration_slope", &h->slope);
	analysis_bootstrap(e, b, "calibration_slope", BOOTSTRAP_SLOPE, a->calibration.slope, NULL);
	estimates_value(e, "calibration_intercept", a->calibration.intercept,
		"least squares, reference on prediction", h->r.reason);
	estimates_add(e, "calibration_in_the_large", -h->bias.value,
		(struct interval){ -h->bias.ci.hi, -h->bias.ci.lo }, h->bias.method, h->bias.reason);
	estimates_add(e, "deming_slope", d.slope, d.slope_ci, "error ratio 1, jackknife", spread);
	estimates_add(e, "deming_intercept", d.intercept, d.intercept_ci, "error ratio 1, jackknife", spread);
	analysis_bootstrap(e, b, "deming_slope", BOOTSTRAP_DEMING, d.slope, NULL);
	estimates_add(e, "passing_bablok_slope", p.slope, p.slope_ci, "rule of 1983", many);
	estimates_add(e, "passing_bablok_intercept", p.intercept, p.intercept_ci, "rule of 1983", many);
	return 0;
}

int analysis_agreement(
	struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b)
{
	estimates_group(e, s->level, s->group, s->n);
	add_means(e, s, &h->agreement);
	if (add_correlation(e, s, h, b) != 0 || add_icc(e, s, b) != 0)
		return -1;
	add_errors(e, &h->agreement, b);
	add_bland_altman(e, h, b);
	add_errors_of(e, h);
	return add_lines(e, s, h, b);
}

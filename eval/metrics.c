#include "eval/metrics.h"

#include <math.h>
#include <string.h>

#include "eval/stats/agreement.h"
#include "eval/stats/interval.h"
#include "eval/stats/roc_variance.h"
#include "host/run/err.h"

static const char *const keys[METRIC_COUNT] = {
	"n",
	"n_patients",
	"n_missing",
	"reference_mean",
	"reference_sd",
	"prediction_mean",
	"prediction_sd",
	"r",
	"r_lo",
	"r_hi",
	"ccc",
	"ccc_lo",
	"ccc_hi",
	"slope",
	"intercept",
	"mae",
	"rmse",
	"bias",
	"bias_lo",
	"bias_hi",
	"sd",
	"loa_lo",
	"loa_hi",
	"loa_se",
	"n_positive",
	"n_negative",
	"auc",
	"auc_lo",
	"auc_hi",
	"auc_se",
	"auc_logit_lo",
	"auc_logit_hi",
	"auc_clustered_lo",
	"auc_clustered_hi",
	"auc_clustered_se",
	"tp",
	"fn",
	"tn",
	"fp",
	"sensitivity",
	"sensitivity_lo",
	"sensitivity_hi",
	"specificity",
	"specificity_lo",
	"specificity_hi",
};

const char *metrics_key(enum metric which)
{
	return keys[which];
}

bool metrics_is_count(enum metric which)
{
	return which <= METRIC_N_MISSING || which == METRIC_N_POSITIVE || which == METRIC_N_NEGATIVE ||
	       (which >= METRIC_TP && which <= METRIC_FP);
}

/* The reason is kept only where there is no value. */
static void put(struct metrics *m, enum metric which, double value, const char *reason)
{
	m->value[which] = value;
	m->reason[which] = isfinite(value) ? NULL : reason;
	if (!isfinite(value))
		m->value[which] = NAN;
}

static void put_count(struct metrics *m, enum metric which, int64_t count)
{
	put(m, which, (double)count, NULL);
}

/* lo at `which`, hi behind it. */
static void put_interval(struct metrics *m, enum metric which, struct interval interval, const char *reason)
{
	put(m, which, interval.lo, reason);
	put(m, which + 1, interval.hi, reason);
}

static void put_means(struct metrics *m, const struct agreement *a)
{
	const char *empty = "no row", *single = a->n < 1 ? empty : "fewer than 2 rows";
	put(m, METRIC_REFERENCE_MEAN, a->reference_mean, empty);
	put(m, METRIC_REFERENCE_SD, a->reference_sd, single);
	put(m, METRIC_PREDICTION_MEAN, a->prediction_mean, empty);
	put(m, METRIC_PREDICTION_SD, a->prediction_sd, single);
	put(m, METRIC_MAE, a->mae, empty);
	put(m, METRIC_RMSE, a->rmse, empty);
	put(m, METRIC_BIAS, a->bias, empty);
	put_interval(m, METRIC_BIAS_LO, a->bias_ci, single);
	put(m, METRIC_SD, a->sd, single);
	put_interval(m, METRIC_LOA_LO, a->loa, single);
	put(m, METRIC_LOA_SE, a->loa_se, single);
}

static void put_correlation(struct metrics *m, const struct agreement *a)
{
	const char *line = a->n < 3 ? "fewer than 3 rows" : "the reference is constant";
	const char *reason = a->n >= 3 && !a->reference_constant ? "the prediction is constant" : line;
	const char *interval = a->n == 3 ? "fewer than 4 rows" : "the correlation is exact";
	put(m, METRIC_R, a->r, reason);
	put_interval(m, METRIC_R_LO, a->r_ci, isnan(a->r) ? reason : interval);
	put(m, METRIC_CCC, a->ccc, reason);
	put_interval(
		m, METRIC_CCC_LO, a->ccc_ci, isnan(a->ccc) ? reason : "the agreement is exact or r is 0");
	put(m, METRIC_SLOPE, a->slope, line);
	put(m, METRIC_INTERCEPT, a->intercept, line);
}

static int put_auc(
	struct metrics *m, const struct cases *c, const struct metrics_group *g, const struct roc *r)
{
	const char *absent = r->n_cases == 0 ? "no diseased case" : "no case without disease";
	bool defined = r->n_cases > 0 && r->n_controls > 0;
	const char *few = defined ? "fewer than 2 cases with or without disease" : absent;
	const char *scale = r->auc <= 0 || r->auc >= 1 ? "an AUC of exactly 0 or 1 has no logit" : few;
	double se = sqrt(r->variance), clustered = NAN;
	const char *cluster = "no patient column";
	if (c->patient) {
		if (roc_clustered_variance(&clustered, r, c->patient + g->first, c->n_patients) != 0)
			return -1;
		cluster = !defined	  ? absent
			  : clustered < 0 ? "the clustered variance is negative"
					  : "fewer than 2 patients with or without disease";
	}
	put_count(m, METRIC_N_POSITIVE, r->n_cases);
	put_count(m, METRIC_N_NEGATIVE, r->n_controls);
	put(m, METRIC_AUC, r->auc, absent);
	put(m, METRIC_AUC_SE, se, few);
	put_interval(m, METRIC_AUC_LO, interval_wald(r->auc, se, 0, 1), few);
	put_interval(m, METRIC_AUC_LOGIT_LO, interval_logit(r->auc, se), scale);
	put(m, METRIC_AUC_CLUSTERED_SE, sqrt(clustered), cluster);
	put_interval(m, METRIC_AUC_CLUSTERED_LO, interval_wald(r->auc, sqrt(clustered), 0, 1), cluster);
	return 0;
}

static void put_cut(struct metrics *m, const struct cases *c, const struct metrics_group *g)
{
	int64_t count[2][2] = { { 0, 0 }, { 0, 0 } }; /* [diseased][test-positive] */
	for (int64_t i = g->first; i < g->first + g->n; i++)
		count[c->diseased[i]][c->called[i]]++;
	int64_t tp = count[1][1], fn = count[1][0], tn = count[0][0], fp = count[0][1];
	const char *no_case = "no diseased case", *no_control = "no case without disease";
	put_count(m, METRIC_TP, tp);
	put_count(m, METRIC_FN, fn);
	put_count(m, METRIC_TN, tn);
	put_count(m, METRIC_FP, fp);
	put(m, METRIC_SENSITIVITY, tp + fn > 0 ? (double)tp / (double)(tp + fn) : NAN, no_case);
	put_interval(m, METRIC_SENSITIVITY_LO, interval_clopper_pearson(tp, tp + fn), no_case);
	put(m, METRIC_SPECIFICITY, tn + fp > 0 ? (double)tn / (double)(tn + fp) : NAN, no_control);
	put_interval(m, METRIC_SPECIFICITY_LO, interval_clopper_pearson(tn, tn + fp), no_control);
}

static void put_nothing(struct metrics *m, enum metric first, enum metric last, const char *reason)
{
	for (enum metric i = first; i <= last; i++)
		put(m, i, NAN, reason);
}

int metrics_compute(
	struct metrics *m, const struct cases *c, const struct metrics_group *group, const struct roc *r)
{
	struct agreement a;
	agreement_compute(&a, c->reference + group->first, c->prediction + group->first, group->n);
	memset(m, 0, sizeof(*m));
	put_count(m, METRIC_N, group->n);
	put(m, METRIC_N_PATIENTS, c->patient ? (double)group->n_patients : NAN, "no patient column");
	put_count(m, METRIC_N_MISSING, group->n_missing);
	put_means(m, &a);
	put_correlation(m, &a);
	if (!r)
		put_nothing(m, METRIC_N_POSITIVE, METRIC_AUC_CLUSTERED_SE,
			"no disease defined by --threshold, --criterion or --positive");
	else if (put_auc(m, c, group, r) != 0)
		return -1;
	if (c->called)
		put_cut(m, c, group);
	else
		put_nothing(m, METRIC_TP, METRIC_SPECIFICITY_HI, "no --threshold given");
	return 0;
}

struct json *metrics_to_json(const struct metrics *m)
{
	struct json *object = json_object(), *reasons = json_object();
	for (enum metric i = 0; i < METRIC_COUNT; i++) {
		if (metrics_is_count(i) && !isnan(m->value[i]))
			json_put_integer(object, keys[i], (int64_t)m->value[i]);
		else
			json_put_number(object, keys[i], m->value[i]);
		if (m->reason[i])
			json_put_text(reasons, keys[i], m->reason[i]);
	}
	json_put(object, "reasons", reasons);
	return object;
}

int metrics_from_json(struct metrics *m, const struct json *object, const char *where)
{
	const struct json *reasons = json_member(object, "reasons");
	memset(m, 0, sizeof(*m));
	for (enum metric i = 0; i < METRIC_COUNT; i++) {
		const struct json *node = json_member(object, keys[i]);
		if (!node)
			return ERR_INVALID("%s: '%s' is missing", where, keys[i]);
		m->value[i] = NAN;
		if (!json_is_null(node) && json_get_number(object, keys[i], where, &m->value[i]) != 0)
			return -1;
		const struct json *reason = reasons ? json_member(reasons, keys[i]) : NULL;
		m->reason[i] = reason ? json_string(reason) : NULL;
	}
	return 0;
}

#include "eval/analysis_diagnosis.h"

#include <math.h>
#include <stdio.h>

#include "eval/analysis_bootstrap.h"
#include "eval/stats/kappa.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_cut.h"
#include "eval/stats/two_by_two.h"
#include "host/run/err.h"

static void add_auc(
	struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b)
{
	static const char exact[] = "an AUC of exactly 0 or 1 has no logit";
	const struct headline_figure *auc = &h->auc;
	const char *no_logit = auc->value <= 0 || auc->value >= 1 ? exact : auc->reason;
	estimates_value(e, "n_diseased", (double)h->n_diseased, NULL, NULL);
	estimates_value(e, "n_healthy", (double)h->n_healthy, NULL, NULL);
	estimates_add(e, "auc", auc->value, auc->ci, auc->method, auc->reason);
	estimates_value(e, "auc_se", auc->se, auc->method, auc->reason);
	estimates_add(e, "auc_delong", auc->value, interval_wald(auc->value, h->auc_delong_se, 0, 1),
		"DeLong, rows taken as independent", auc->reason);
	estimates_value(e, "auc_delong_se", h->auc_delong_se, "DeLong, rows taken as independent", auc->reason);
	estimates_add(e, "auc_delong_logit", auc->value, interval_logit(auc->value, h->auc_delong_se),
		"logit scale, DeLong, rows taken as independent",
		no_logit);
	estimates_add(e, "auc_logit", auc->value, interval_logit(auc->value, auc->se),
		"logit scale, standard error of 'auc'",
		no_logit);
	const double clustered_se = s->has_patients ? h->auc_clustered_se : NAN;
	const char *no_cluster = s->has_patients ? auc->reason : "no patient column";
	estimates_add(e, "auc_clustered", auc->value, interval_wald(auc->value, clustered_se, 0, 1),
		"Obuchowski, clustered by patient", no_cluster);
	estimates_value(e, "auc_clustered_se", clustered_se, "Obuchowski, clustered by patient", no_cluster);
	analysis_bootstrap(e, b, "auc", BOOTSTRAP_AUC, auc->value, auc->reason);
}

static int add_partial(struct estimates *e, const struct sample *s, const char *reason)
{
	int rc = -1;
	struct roc roc = { 0 };
	struct roc_curve curve = { 0 };
	TRY(roc_init(&roc, s->score, s->diseased, s->n, ROC_LOWER_IS_CASE));
	double area = NAN, standardized = NAN, sensitivity = NAN;
	if (!isnan(roc.auc)) {
		TRY(roc_curve_init(&curve, &roc));
		area = roc_cut_partial_auc(&curve, 0.9, 1);
		standardized = roc_cut_standardized(area, 0.9, 1);
		sensitivity = roc_cut_sensitivity_at(&curve, 0.9);
	}
	estimates_value(e, "partial_auc", area, "specificity 0.9 to 1", reason);
	estimates_value(e, "partial_auc_standardized", standardized, "McClish, specificity 0.9 to 1", reason);
	estimates_value(e, "sensitivity_at_specificity_90", sensitivity,
		"on the curve; the cut was not fixed before", reason);
	rc = 0;
cleanup:
	roc_curve_free(&curve);
	roc_free(&roc);
	return rc;
}

static void add_proportion(struct estimates *e, const char *prefix, const char *name,
	const struct proportion *p, const char *reason)
{
	char statistic[80];
	snprintf(statistic, sizeof(statistic), "%s%s", prefix, name);
	estimates_add(e, statistic, p->value, p->wilson, "Wilson, rows taken as independent", reason);
	snprintf(statistic, sizeof(statistic), "%s%s_exact", prefix, name);
	estimates_add(
		e, statistic, p->value, p->exact, "Clopper and Pearson, rows taken as independent", reason);
}

static void add_ratio(struct estimates *e, const char *prefix, const char *name,
	const struct likelihood_ratio *r, const char *reason)
{
	char statistic[80];
	snprintf(statistic, sizeof(statistic), "%s%s", prefix, name);
	estimates_add(e, statistic, r->value, r->ci, "log scale, rows taken as independent", reason);
}

static double add_test(struct estimates *e, const char *prefix, const struct two_by_two *t)
{
	char statistic[80];
	struct kappa kappa;
	const int64_t count[4] = { t->tn, t->fp, t->fn, t->tp };
	struct mcnemar m = two_by_two_mcnemar(t->fp, t->fn);
	kappa_compute(&kappa, count, 2, KAPPA_UNWEIGHTED);
	snprintf(statistic, sizeof(statistic), "%skappa", prefix);
	estimates_add(e, statistic, kappa.value, kappa.ci, "Cohen; Fleiss, Cohen and Everitt",
		"all rows in one class");
	snprintf(statistic, sizeof(statistic), "%smcnemar_p", prefix);
	estimates_value(e, statistic, m.p_exact, "exact, false positives against false negatives",
		"no row is misjudged");
	return kappa.value;
}

static void add_counts(struct estimates *e, const char *prefix, const struct two_by_two *t)
{
	const struct {
		const char *name;
		int64_t count;
	} cells[] = { { "tp", t->tp }, { "fn", t->fn }, { "tn", t->tn }, { "fp", t->fp } };
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		char statistic[80];
		snprintf(statistic, sizeof(statistic), "%s%s", prefix, cells[i].name);
		estimates_value(e, statistic, (double)cells[i].count, NULL, NULL);
	}
}

static void add_bootstraps(
	struct estimates *e, const struct two_by_two *t, double kappa, const struct bootstrap *b)
{
	const struct {
		const char *name;
		double value;
		enum bootstrap_statistic which;
	} cuts[] = { { "sensitivity", t->sensitivity.value, BOOTSTRAP_SENSITIVITY },
		{ "specificity", t->specificity.value, BOOTSTRAP_SPECIFICITY },
		{ "ppv", t->ppv.value, BOOTSTRAP_PPV },
		{ "npv", t->npv.value, BOOTSTRAP_NPV },
		{ "accuracy", t->accuracy.value, BOOTSTRAP_ACCURACY },
		{ "kappa", kappa, BOOTSTRAP_KAPPA } };
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		analysis_bootstrap(e, b, cuts[i].name, cuts[i].which, cuts[i].value, NULL);
}

void analysis_cut(struct estimates *e, const char *prefix, const uint8_t *diseased, const uint8_t *called,
	int64_t n, const struct bootstrap *b)
{
	static const char no_case[] = "no diseased case", no_control[] = "no case without disease";
	int64_t count[2][2] = { { 0, 0 }, { 0, 0 } }; /* [diseased][called] */
	struct two_by_two t;
	for (int64_t i = 0; i < n; i++)
		count[diseased[i]][called[i]]++;
	two_by_two_compute(&t, count[1][1], count[1][0], count[0][0], count[0][1]);
	add_counts(e, prefix, &t);
	add_proportion(e, prefix, "sensitivity", &t.sensitivity, no_case);
	add_proportion(e, prefix, "specificity", &t.specificity, no_control);
	add_proportion(e, prefix, "ppv", &t.ppv, "no test is positive");
	add_proportion(e, prefix, "npv", &t.npv, "no test is negative");
	add_proportion(e, prefix, "accuracy", &t.accuracy, "no row");
	add_ratio(e, prefix, "lr_positive", &t.positive, "no false positive, or one class only");
	add_ratio(e, prefix, "lr_negative", &t.negative,
		"no false negative or no true negative, or one class only");
	double kappa = add_test(e, prefix, &t);
	add_bootstraps(e, &t, kappa, b);
}

/* A film that was refused helped nobody: diseased ones count as missed, others as false alarms. */
static void add_refused(struct estimates *e, const struct sample *s, const struct headline *h)
{
	int64_t tp = 0, tn = 0, healthy = s->n_refused - s->n_refused_diseased;
	for (int64_t i = 0; i < s->n; i++) {
		tp += s->diseased[i] && s->called[i];
		tn += !s->diseased[i] && !s->called[i];
	}
	struct proportion sensitivity = proportion_of(tp, h->n_diseased + s->n_refused_diseased);
	struct proportion specificity = proportion_of(tn, h->n_healthy + healthy);
	estimates_add(e, "sensitivity_refused_wrong", sensitivity.value, sensitivity.wilson,
		"Wilson; refused films counted as wrong", "no diseased case");
	estimates_add(e, "specificity_refused_wrong", specificity.value, specificity.wilson,
		"Wilson; refused films counted as wrong", "no case without disease");
}

int analysis_diagnosis(
	struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b)
{
	estimates_group(e, s->level, s->group, s->n);
	if (!s->diseased) {
		estimates_none(e, "auc", h->auc.reason);
		return 0;
	}
	add_auc(e, s, h, b);
	if (add_partial(e, s, h->auc.reason) != 0)
		return -1;
	if (!s->called) {
		estimates_none(e, "sensitivity", "no --threshold or --criterion given");
		return 0;
	}
	analysis_cut(e, "", s->diseased, s->called, s->n, b);
	if (s->counts_missing)
		add_refused(e, s, h);
	return 0;
}

#include "eval/cmd_evaluate.h"

#include <math.h>
#include <string.h>

#include "eval/cases.h"
#include "eval/doubts.h"
#include "eval/number.h"
#include "eval/quantity.h"
#include "eval/results.h"
#include "eval/sbmd.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

static int find_unit(const char **unit, const struct cases_request *q)
{
	const char *reference = quantity_unit(q->reference), *prediction = quantity_unit(q->prediction);
	if (*unit && reference && prediction && strcmp(reference, prediction) == 0 && strcmp(*unit, reference) != 0)
		return ERR_INVALID("'%s' and '%s' are in %s by their names, not in %s", q->reference, q->prediction,
			reference, *unit);
	if (*unit)
		return 0;
	if (reference && prediction && strcmp(reference, prediction) != 0)
		return ERR_INVALID("'%s' is in %s but '%s' is in %s; if their numbers are comparable, say so "
				   "with --unit",
			q->reference, reference, q->prediction, prediction);
	*unit = reference ? reference : prediction;
	return 0;
}

static void tell(const struct results *results, const struct cases *c, const char *unit)
{
	char r[NUMBER_BYTES], mae[NUMBER_BYTES], auc[NUMBER_BYTES];
	const double *value = results->group[0].metrics.value;
	int decimals = number_decimals(value[METRIC_REFERENCE_SD]);
	const char *const *reason = results->group[0].metrics.reason;
	doubts_tell(c, &results->group[0].metrics, unit);
	if (!c->has_sites)
		log_info("no site column: pooled figures only");
	if (!c->has_patients)
		log_info("no patient column: no clustered interval");
	log_info("%lld rows, %lld sites: r %s, MAE %s, AUC %s", (long long)c->n, (long long)c->n_sites,
		number_fixed(r, value[METRIC_R], 3), number_fixed(mae, value[METRIC_MAE], decimals),
		number_fixed(auc, value[METRIC_AUC], 3));
	if (isnan(value[METRIC_R]))
		log_info("no r: %s", reason[METRIC_R]);
	if (isnan(value[METRIC_AUC]))
		log_info("no AUC: %s", reason[METRIC_AUC]);
}

static int evaluate(const struct cases_request *q, const struct analysis_request *wanted,
	struct results_about *about, const char *out, bool force)
{
	int rc = -1;
	struct cases cases = { 0 };
	struct analysis analysis = { 0 };
	struct results results = { 0 };
	TRY(cases_read(&cases, q));
	TRY(analysis_run(&analysis, &cases, wanted));
	TRY(results_init(&results, &cases, q, &analysis));
	TRY(results_check_output(
		out, force)); /* makes the folder, so only when there is something to write */
	TRY(results_write(&results, about, out));
	tell(&results, &cases, about->unit);
	rc = 0;
cleanup:
	results_free(&results);
	analysis_free(&analysis);
	cases_free(&cases);
	return rc;
}

static int check(const struct cases_request *q, const struct analysis_request *a)
{
	if (strcmp(q->reference, q->prediction) == 0)
		return ERR_USAGE("--reference and --prediction are both '%s'", q->reference);
	if (q->young_adults && !q->criterion)
		return ERR_USAGE("--young-adults is for a --criterion of T-scores or %% YAM");
	if (q->has_threshold + (q->positive != NULL) + (q->criterion != NULL) > 1)
		return ERR_USAGE(
			"--threshold, --positive and --criterion all define disease: give one of them");
	if (q->milder && !q->criterion && !q->has_threshold)
		return ERR_USAGE("--milder needs a --criterion");
	if (q->sbmd_region && !q->prediction_device)
		return ERR_USAGE("--sbmd needs --prediction-device: whose BMD the prediction is");
	if (a->n_bootstrap < -1 || a->n_bootstrap > 1000000)
		return ERR_USAGE("--bootstrap wants 0 to 1000000 replicates, or -1");
	return 0;
}

/* The rows and what tells them apart. */
static void add_rows(struct opt_list *list, struct cases_request *q)
{
	const struct opt table[] = {
		OPT_TEXT("table", q->table, OPT_REQUIRED, "T.csv", "CSV or TSV, one row per case"),
		OPT_TEXT("reference", q->reference, OPT_REQUIRED, "COLUMN", "measured values"),
		OPT_TEXT("prediction", q->prediction, OPT_REQUIRED, "COLUMN", "predicted values, same unit"),
		OPT_TEXT("unit", q->unit, 0, "TEXT", "unit of both columns, else read off their names"),
		OPT_TEXT("where", q->where, 0, "COLUMN=VALUE,...", "only rows with these values"),
		OPT_TEXT("site", q->site, 0, "COLUMN", "site of a row"),
		OPT_TEXT("patient", q->patient, 0, "COLUMN", "patient of a row, the cluster"),
		OPT_TEXT("key", q->key, 0, "COLUMN,...",
			"columns that tell rows apart; the same twice is refused"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* Who is diseased, and on whose scale. */
static void add_disease(struct opt_list *list, struct cases_request *q)
{
	const struct opt table[] = {
		OPT_DOUBLE("threshold", q->threshold, 0,
			"diseased: reference <= X; test-positive: prediction <= X"),
		OPT_TEXT("positive", q->positive, 0, "COLUMN", "diseased: 1/0, yes/no or true/false"),
		OPT_TEXT("criterion", q->criterion, 0, "TEXT",
			"diseased and test-positive: t<=-2.5, yam<=70, value<=0.82"),
		OPT_TEXT("milder", q->milder, 0, "TEXT", "the class between: t<=-1, yam<80"),
		OPT_TEXT("young-adults", q->young_adults, 0, "F.tsv",
			"sex, device, mean, sd, source: for T-scores and % YAM"),
		OPT_TEXT("sex", q->sex, 0, "COLUMN", "sex of a row, for --young-adults"),
		OPT_TEXT("dxa-device", q->device, 0, "COLUMN",
			"DXA device of a row, for --young-adults and --sbmd"),
		OPT_CHOICE("sbmd", q->sbmd_region, 0, SBMD_REGIONS,
			"compare as standardized BMD of this region, mg/cm2"),
		OPT_TEXT("prediction-device", q->prediction_device, 0, "DEVICE",
			"whose BMD the prediction is, for --sbmd"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* What is computed beside the plain figures. */
static void add_analysis(struct opt_list *list, struct analysis_request *a)
{
	const struct opt table[] = {
		OPT_TEXT("compare", a->models.compare, 0, "COLUMN,...",
			"other scores beside the prediction; lower = disease"),
		OPT_TEXT("osta", a->models.osta, 0, "AGE,WEIGHT",
			"columns in years and kg: OSTA beside the prediction"),
		OPT_TEXT("covariates", a->models.covariates, 0, "COLUMN,...",
			"a logistic model of these beside the prediction"),
		OPT_TEXT("subgroups", a->subgroups, 0, "COLUMN,...", "by text, or by bounds: sex,age:65:75"),
		OPT_TEXT("development", a->development, 0, "SITE,...",
			"sites that choose the Youden cut for the others"),
		OPT_TEXT("repeats", a->repeats, 0, "COLUMN,...",
			"rows of one patient alike in these are repeats: precision"),
		OPT_INT("bootstrap", a->n_bootstrap, 0,
			"replicates by patient; -1 = 2000, none above 20000 rows"),
		OPT_INT("seed", a->seed, 0, "of the bootstrap and of the recalibration draws"),
		OPT_FLAG("aggregate-only", a->aggregate,
			"no file with rows of patients, no group of fewer than 10: for xbmd pool"),
		OPT_END,
	};
	opt_list_add(list, table);
}

int cmd_evaluate(int argc, char **argv)
{
	const char *out = NULL;
	bool force = false;
	struct opt_list list = { 0 };
	struct cases_request q = { .site = "site",
		.patient = "participant_id",
		.threshold = NAN,
		.sex = "sex",
		.device = "device" };
	struct analysis_request a = { .n_bootstrap = -1, .seed = 1 };
	const struct opt output[] = {
		OPT_TEXT("out", out, OPT_REQUIRED, "DIR", "folder for metrics.json and the tables"),
		OPT_FLAG("force", force, "replace the results in that folder"),
		OPT_END,
	};
	opt_list_add(&list, output);
	const struct opt *table = list.option, *recorded = table + list.n; /* --out and --force say nothing about the numbers */
	add_rows(&list, &q);
	add_disease(&list, &q);
	add_analysis(&list, &a);
	int go = opt_parse(argc, argv,
		"compare predictions with a reference: agreement and ROC, pooled and per site", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	q.has_threshold = opt_given(table, "threshold");
	q.site_optional = !opt_given(table, "site");
	q.patient_optional = !opt_given(table, "patient");
	if (check(&q, &a) != 0 || find_unit(&q.unit, &q) != 0)
		return -1;
	struct results_about about = { .unit = q.sbmd_region ? "mg/cm2" : q.unit,
		.options = recorded,
		.aggregate = a.aggregate };
	return evaluate(&q, &a, &about, out, force);
}

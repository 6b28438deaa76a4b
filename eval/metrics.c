#include "eval/metrics.h"

#include <math.h>
#include <string.h>

#include "host/run/err.h"

/* Which cell of estimates.csv a key is: the statistic's row, and "estimate", "lo" or "hi". */
struct metric_source {
	const char *key, *statistic;
	enum { ESTIMATE, LO, HI } cell;
};
static const struct metric_source sources[METRIC_COUNT] = {
	{ "n", "n", ESTIMATE },
	{ "n_patients", "n_patients", ESTIMATE },
	{ "n_missing", "n_missing", ESTIMATE },
	{ "reference_mean", "reference_mean", ESTIMATE },
	{ "reference_sd", "reference_sd", ESTIMATE },
	{ "prediction_mean", "prediction_mean", ESTIMATE },
	{ "prediction_sd", "prediction_sd", ESTIMATE },
	{ "r", "r_fisher", ESTIMATE },
	{ "r_lo", "r_fisher", LO },
	{ "r_hi", "r_fisher", HI },
	{ "ccc", "ccc", ESTIMATE },
	{ "ccc_lo", "ccc", LO },
	{ "ccc_hi", "ccc", HI },
	{ "slope", "slope", ESTIMATE },
	{ "intercept", "intercept", ESTIMATE },
	{ "mae", "mae", ESTIMATE },
	{ "rmse", "rmse", ESTIMATE },
	{ "bias", "bias_t", ESTIMATE },
	{ "bias_lo", "bias_t", LO },
	{ "bias_hi", "bias_t", HI },
	{ "sd", "sd", ESTIMATE },
	{ "loa_lo", "loa_lo", ESTIMATE },
	{ "loa_hi", "loa_hi", ESTIMATE },
	{ "loa_se", "loa_se", ESTIMATE },
	{ "n_positive", "n_diseased", ESTIMATE },
	{ "n_negative", "n_healthy", ESTIMATE },
	{ "auc", "auc_delong", ESTIMATE },
	{ "auc_lo", "auc_delong", LO },
	{ "auc_hi", "auc_delong", HI },
	{ "auc_se", "auc_delong_se", ESTIMATE },
	{ "auc_logit_lo", "auc_delong_logit", LO },
	{ "auc_logit_hi", "auc_delong_logit", HI },
	{ "auc_clustered_lo", "auc_clustered", LO },
	{ "auc_clustered_hi", "auc_clustered", HI },
	{ "auc_clustered_se", "auc_clustered_se", ESTIMATE },
	{ "tp", "tp", ESTIMATE },
	{ "fn", "fn", ESTIMATE },
	{ "tn", "tn", ESTIMATE },
	{ "fp", "fp", ESTIMATE },
	{ "sensitivity", "sensitivity_exact", ESTIMATE },
	{ "sensitivity_lo", "sensitivity_exact", LO },
	{ "sensitivity_hi", "sensitivity_exact", HI },
	{ "specificity", "specificity_exact", ESTIMATE },
	{ "specificity_lo", "specificity_exact", LO },
	{ "specificity_hi", "specificity_exact", HI },
};

const char *metrics_key(enum metric which)
{
	return sources[which].key;
}

bool metrics_is_count(enum metric which)
{
	return which <= METRIC_N_MISSING || which == METRIC_N_POSITIVE || which == METRIC_N_NEGATIVE ||
	       (which >= METRIC_TP && which <= METRIC_FP);
}

enum { LEVEL, GROUP, STATISTIC, VALUE, REASON = VALUE + 3, COLUMNS };

static int find_columns(int64_t at[COLUMNS], const struct table *t)
{
	static const char *const names[COLUMNS] = { "level", "group", "statistic", "estimate", "lo", "hi",
		"reason" };
	for (int i = 0; i < COLUMNS; i++)
		if (table_column(t, names[i], &at[i]) != 0)
			return -1;
	return 0;
}

/* The group's place in the list; `last` or the next one first, since groups follow each other.  -1 = another level. */
static int64_t find_group(
	const char *level, const char *group, const char *const *site, int64_t n_sites, int64_t last)
{
	if (strcmp(level, "pooled") == 0)
		return 0;
	if (strcmp(level, "site") != 0)
		return -1;
	for (int64_t i = last > 0 ? last - 1 : 0; i < n_sites; i++)
		if (strcmp(site[i], group) == 0)
			return i + 1;
	return -1;
}

/* The rows "auc" and "sensitivity" say why there is no disease or no cut, and then the others are not there. */
static void take_reason(struct metrics *m, const char *statistic, const char *reason)
{
	const bool no_cut = strcmp(statistic, "sensitivity") == 0, no_disease = strcmp(statistic, "auc") == 0;
	if (table_is_missing(reason) || (!no_cut && !no_disease))
		return;
	for (enum metric k = no_cut ? METRIC_TP : METRIC_N_POSITIVE; k < METRIC_COUNT; k++)
		if (isnan(m->value[k]))
			m->reason[k] = reason;
}

static int take_row(struct metrics *m, const struct table *t, int64_t row, const int64_t at[COLUMNS])
{
	const char *statistic = table_cell(t, row, at[STATISTIC]), *reason = table_cell(t, row, at[REASON]);
	take_reason(m, statistic, reason);
	for (enum metric k = 0; k < METRIC_COUNT; k++) {
		if (strcmp(sources[k].statistic, statistic) != 0)
			continue;
		if (table_number(t, row, at[VALUE + (int)sources[k].cell], &m->value[k]) != 0)
			return -1;
		m->reason[k] = isnan(m->value[k]) ? reason : NULL;
	}
	return 0;
}

static void clear(struct metrics *m)
{
	*m = (struct metrics){ 0 };
	for (enum metric k = 0; k < METRIC_COUNT; k++)
		m->value[k] = NAN;
}

int metrics_from_estimates(
	struct metrics *m, const char *const *site, int64_t n_sites, const struct table *estimates)
{
	int64_t at[COLUMNS], last = 0;
	if (find_columns(at, estimates) != 0)
		return -1;
	for (int64_t g = 0; g <= n_sites; g++)
		clear(&m[g]);
	for (int64_t row = 0; row < estimates->n_rows; row++) {
		int64_t g = find_group(table_cell(estimates, row, at[LEVEL]), table_cell(estimates, row, at[GROUP]),
			site, n_sites, last);
		if (g < 0)
			continue;
		last = g;
		if (take_row(&m[g], estimates, row, at) != 0)
			return -1;
	}
	return 0;
}

struct json *metrics_to_json(const struct metrics *m)
{
	struct json *object = json_object(), *reasons = json_object();
	for (enum metric i = 0; i < METRIC_COUNT; i++) {
		if (metrics_is_count(i) && !isnan(m->value[i]))
			json_put_integer(object, sources[i].key, (int64_t)m->value[i]);
		else
			json_put_number(object, sources[i].key, m->value[i]);
		if (m->reason[i])
			json_put_text(reasons, sources[i].key, m->reason[i]);
	}
	json_put(object, "reasons", reasons);
	return object;
}

int metrics_from_json(struct metrics *m, const struct json *object, const char *where)
{
	const struct json *reasons = json_member(object, "reasons");
	memset(m, 0, sizeof(*m));
	for (enum metric i = 0; i < METRIC_COUNT; i++) {
		const struct json *node = json_member(object, sources[i].key);
		if (!node)
			return ERR_INVALID("%s: '%s' is missing", where, sources[i].key);
		m->value[i] = NAN;
		if (!json_is_null(node) && json_get_number(object, sources[i].key, where, &m->value[i]) != 0)
			return -1;
		const struct json *reason = reasons ? json_member(reasons, sources[i].key) : NULL;
		m->reason[i] = reason ? json_string(reason) : NULL;
	}
	return 0;
}

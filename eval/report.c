#include "eval/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/number.h"
#include "eval/results.h"
#include "host/files/path.h"
#include "host/run/err.h"

static const char *text_or_null(const struct json *root, const char *key)
{
	const struct json *node = json_member(root, key);
	return json_is_null(node) ? NULL : json_string(node);
}

static bool is_true(const struct json *node)
{
	char *text = node ? json_text(node) : NULL;
	bool yes = text && strcmp(text, "true") == 0;
	free(text);
	return yes;
}

static int read_about(struct report *r, const char *path)
{
	const struct json *threshold = json_member(r->root, "threshold");
	if (json_get_text(r->root, "reference", path, &r->reference) != 0 ||
		json_get_text(r->root, "prediction", path, &r->prediction) != 0 ||
		json_get_text(r->root, "version", path, &r->version) != 0)
		return -1;
	r->threshold = NAN;
	if (!json_is_null(threshold) && json_get_number(r->root, "threshold", path, &r->threshold) != 0)
		return -1;
	r->reference_meaning = text_or_null(r->root, "reference_meaning");
	r->unit = text_or_null(r->root, "unit");
	r->where = text_or_null(r->root, "where");
	r->positive = text_or_null(r->root, "positive");
	r->criterion = text_or_null(r->root, "criterion");
	r->patient = text_or_null(r->root, "patient");
	r->site = text_or_null(r->root, "site");
	r->synthetic = is_true(json_member(r->root, "synthetic"));
	return 0;
}

static int read_groups(struct report *r, const char *path)
{
	const struct json *sites = json_member(r->root, "sites"), *pooled = json_member(r->root, "pooled");
	if (!sites || !pooled)
		return ERR_INVALID("'%s': '%s' is missing", path, sites ? "pooled" : "sites");
	int64_t n = (int64_t)json_key_count(sites) + 1;
	if (memory_alloc(&r->group_block, NULL, (size_t)n * sizeof(struct report_group), "report groups") !=
		0)
		return -1;
	r->group = r->group_block.data;
	r->n = n;
	r->group[0].name = "pooled";
	if (metrics_from_json(&r->group[0].metrics, pooled, path) != 0)
		return -1;
	for (int64_t i = 1; i < n; i++) {
		r->group[i].name = json_key(sites, (size_t)(i - 1));
		if (metrics_from_json(&r->group[i].metrics, json_member(sites, r->group[i].name), path) != 0)
			return -1;
	}
	r->decimals = number_decimals(r->group[0].metrics.value[METRIC_REFERENCE_SD]);
	return 0;
}

/* The group of a site's name; `hint` first, since files list the groups in order. */
static int64_t find_group(const struct report *r, const char *name, int64_t hint)
{
	if (hint > 0 && hint < r->n && strcmp(r->group[hint].name, name) == 0)
		return hint;
	for (int64_t i = 1; i < r->n; i++)
		if (strcmp(r->group[i].name, name) == 0)
			return i;
	return -1;
}

static int read_points(struct report *r, const char *path)
{
	const struct cases_request request = { .table = path,
		.reference = "reference",
		.prediction = "prediction",
		.site = r->n > 1 ? "site" : NULL };
	if (cases_read(&r->points, &request) != 0)
		return -1;
	r->group[0].n = r->points.n;
	for (int64_t s = 0; s < r->points.n_sites; s++) {
		int64_t g = find_group(r, r->points.sites[s].name, s + 1);
		if (g < 0)
			return ERR_INVALID("'%s': a site is not in " RESULTS_METRICS_JSON, path);
		r->group[g].first = r->points.sites[s].first;
		r->group[g].n = r->points.sites[s].n;
	}
	for (int64_t g = 0; g < r->n; g++)
		if ((double)r->group[g].n != r->group[g].metrics.value[METRIC_N])
			return ERR_INVALID("'%s' has %lld rows of '%s', " RESULTS_METRICS_JSON
					   " was made from %.0f",
				path, (long long)r->group[g].n, r->group[g].name,
				r->group[g].metrics.value[METRIC_N]);
	return 0;
}

struct roc_columns {
	int64_t level, site, sensitivity, specificity;
};

static int read_curve_row(
	struct report *r, const struct table *t, int64_t row, const struct roc_columns *at, int64_t *group)
{
	struct report_point *point = (struct report_point *)r->curve_block.data + row;
	bool pooled = strcmp(table_cell(t, row, at->level), "pooled") == 0;
	int64_t g = pooled ? 0 : find_group(r, table_cell(t, row, at->site), *group);
	double specificity;
	if (table_number(t, row, at->sensitivity, &point->sensitivity) != 0 ||
		table_number(t, row, at->specificity, &specificity) != 0)
		return -1;
	point->false_positive_rate = 1 - specificity;
	bool inside =
		point->sensitivity >= 0 && point->sensitivity <= 1 && specificity >= 0 && specificity <= 1;
	if (g < 0 || !inside || (g != *group && r->group[g].n_curve > 0))
		return ERR_INVALID(
			"'%s' line %lld: no point of a site's curve", t->path, (long long)(row + 2));
	if (r->group[g].n_curve++ == 0)
		r->group[g].curve = point;
	*group = g;
	return 0;
}

static int read_curves(struct report *r, const char *path)
{
	int rc = -1;
	struct table t = { 0 };
	struct roc_columns at;
	int64_t group = 0;
	TRY(table_read(&t, path));
	TRY(table_column(&t, "level", &at.level));
	TRY(table_column(&t, "site", &at.site));
	TRY(table_column(&t, "sensitivity", &at.sensitivity));
	TRY(table_column(&t, "specificity", &at.specificity));
	TRY(memory_alloc(
		&r->curve_block, NULL, (size_t)t.n_rows * sizeof(struct report_point), "ROC curves"));
	for (int64_t row = 0; row < t.n_rows; row++)
		TRY(read_curve_row(r, &t, row, &at, &group));
	rc = 0;
cleanup:
	table_free(&t);
	return rc;
}

int report_read(struct report *r, const char *folder)
{
	char metrics[PATH_BYTES], points[PATH_BYTES], roc[PATH_BYTES], estimates[PATH_BYTES],
		decision[PATH_BYTES];
	*r = (struct report){ 0 };
	TRY(path_format(metrics, "%s/%s", folder, RESULTS_METRICS_JSON));
	TRY(path_format(points, "%s/%s", folder, RESULTS_POINTS));
	TRY(path_format(roc, "%s/%s", folder, RESULTS_ROC));
	TRY(path_format(estimates, "%s/%s", folder, RESULTS_ESTIMATES));
	TRY(path_format(decision, "%s/%s", folder, RESULTS_DECISION));
	TRY(json_read(&r->root, metrics));
	TRY(read_about(r, metrics));
	TRY(read_groups(r, metrics));
	if (!path_exists(points)) {
		(void)ERR_INPUT("'%s' has no rows (" RESULTS_POINTS
				"): evaluate --aggregate-only leaves them out, for xbmd pool",
			folder);
		goto cleanup;
	}
	TRY(read_points(r, points));
	TRY(read_curves(r, roc));
	TRY(estimate_view_read(&r->estimates, estimates));
	TRY(table_read(&r->decision, decision));
	return 0;
cleanup:
	report_free(r);
	return -1;
}

struct interval report_headline(const struct report *r, int64_t g, const char *statistic)
{
	const struct estimate *e = estimate_view_find(
		&r->estimates, g == 0 ? "pooled" : "site", g == 0 ? NULL : r->group[g].name, statistic);
	return e ? e->ci : interval_undefined();
}

void report_free(struct report *r)
{
	cases_free(&r->points);
	estimate_view_free(&r->estimates);
	table_free(&r->decision);
	memory_free(&r->group_block);
	memory_free(&r->curve_block);
	json_free(r->root);
	*r = (struct report){ 0 };
}

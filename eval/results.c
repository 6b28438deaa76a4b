#include "eval/results.h"

#include <math.h>
#include <stdio.h>

#include "eval/number.h"
#include "eval/quantity.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/version.h"

static int init_group(struct results_group *g, const struct results *r, const struct metrics_group *rows)
{
	int rc = -1;
	const struct cases *c = r->cases;
	struct roc roc = { 0 };
	if (c->diseased)
		TRY(roc_init(&roc, c->prediction + rows->first, c->diseased + rows->first, rows->n,
			ROC_LOWER_IS_CASE));
	TRY(metrics_compute(&g->metrics, c, rows, r->request, c->diseased ? &roc : NULL));
	if (c->diseased && !isnan(roc.auc))
		TRY(roc_curve_init(&g->curve, &roc));
	rc = 0;
cleanup:
	roc_free(&roc);
	return rc;
}

int results_init(struct results *r, const struct cases *c, const struct cases_request *request)
{
	*r = (struct results){ .cases = c, .request = request };
	const size_t n = (size_t)c->n_sites + 1;
	if (memory_alloc(&r->block, NULL, n * sizeof(struct results_group), "metrics") != 0)
		return -1;
	r->group = r->block.data;
	r->n = c->n_sites + 1;
	const struct metrics_group all = { 0, c->n, c->n_patients, c->n_missing };
	TRY(init_group(&r->group[0], r, &all));
	for (int64_t s = 0; s < c->n_sites; s++) {
		const struct cases_site *site = &c->sites[s];
		const struct metrics_group rows = { site->first, site->n, site->n_patients, site->n_missing };
		r->group[s + 1].site = site->name;
		TRY(init_group(&r->group[s + 1], r, &rows));
	}
	return 0;
cleanup:
	results_free(r);
	return -1;
}

void results_free(struct results *r)
{
	for (int64_t i = 0; i < r->n; i++)
		roc_curve_free(&r->group[i].curve);
	memory_free(&r->block);
	*r = (struct results){ 0 };
}

int results_check_output(const char *folder, bool force)
{
	static const char *const names[] = { RESULTS_METRICS_JSON, RESULTS_METRICS_CSV, RESULTS_ROC, RESULTS_POINTS };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[PATH_BYTES];
		if (path_format(path, "%s/%s", folder, names[i]) != 0 || path_check_output(path, force) != 0)
			return -1;
	}
	return path_make_folders(folder);
}

/* Puts the group's name into the columns level and site. */
static int64_t add_group_row(struct table *t, const struct results_group *g)
{
	int64_t row = table_add_row(t);
	table_set(t, row, "level", g->site ? "site" : "pooled");
	if (g->site)
		table_set(t, row, "site", g->site);
	return row;
}

static void set_exact(struct table *t, int64_t row, const char *column, double x)
{
	char text[NUMBER_BYTES];
	table_set(t, row, column, number_exact(text, x));
}

static void add_columns(struct table *t, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		table_add_column(t, names[i]);
}

static void fill_metrics(struct table *t, const struct results *r)
{
	static const char *const columns[] = { "level", "site" };
	add_columns(t, columns, 2);
	for (enum metric k = 0; k < METRIC_COUNT; k++)
		table_add_column(t, metrics_key(k));
	for (int64_t i = 0; i < r->n; i++) {
		int64_t row = add_group_row(t, &r->group[i]);
		for (enum metric k = 0; k < METRIC_COUNT; k++)
			set_exact(t, row, metrics_key(k), r->group[i].metrics.value[k]);
	}
}

static void fill_roc(struct table *t, const struct results *r)
{
	static const char *const columns[] = { "level", "site", "threshold", "sensitivity", "specificity" };
	add_columns(t, columns, 5);
	for (int64_t i = 0; i < r->n; i++) {
		const struct results_group *g = &r->group[i];
		double cases = g->metrics.value[METRIC_N_POSITIVE], controls = g->metrics.value[METRIC_N_NEGATIVE];
		for (int64_t k = 0; k < g->curve.n; k++) {
			const struct roc_point *p = &g->curve.points[k];
			int64_t row = add_group_row(t, g);
			set_exact(t, row, "threshold", p->threshold);
			set_exact(t, row, "sensitivity", (double)p->tp / cases);
			set_exact(t, row, "specificity", (controls - (double)p->fp) / controls);
		}
	}
}

static void fill_points(struct table *t, const struct results *r)
{
	static const char *const columns[] = { "patient", "site", "reference", "prediction", "diseased" };
	const struct cases *c = r->cases;
	int64_t site = 0;
	add_columns(t, columns, 5);
	for (int64_t i = 0; i < c->n; i++) {
		int64_t row = table_add_row(t);
		while (site < c->n_sites && i >= c->sites[site].first + c->sites[site].n)
			site++;
		if (c->patient)
			table_set(t, row, "patient", c->patient_name[i]);
		if (c->has_sites)
			table_set(t, row, "site", c->sites[site].name);
		set_exact(t, row, "reference", c->reference[i]);
		set_exact(t, row, "prediction", c->prediction[i]);
		if (c->diseased)
			table_set(t, row, "diseased", c->diseased[i] ? "1" : "0");
	}
}

static int write_table(const struct results *r, const char *folder, const char *name,
	void (*fill)(struct table *, const struct results *))
{
	char path[PATH_BYTES];
	struct table t = { 0 };
	int rc = -1;
	TRY(path_format(path, "%s/%s", folder, name));
	fill(&t, r);
	TRY(table_write(&t, path));
	rc = 0;
cleanup:
	table_free(&t);
	return rc;
}

static void put_about(struct json *root, const struct results *r, const struct results_about *about)
{
	const struct cases_request *q = r->request;
	const struct cases *c = r->cases;
	struct json *rows = json_object();
	json_put_text(root, "version", version_text());
	json_put_bool(root, "synthetic", c->synthetic);
	json_put_text(root, "table", q->table);
	json_put_text(root, "reference", q->reference);
	json_put_text(root, "reference_meaning", quantity_meaning(q->reference));
	json_put_text(root, "prediction", q->prediction);
	json_put_text(root, "unit", about->unit);
	json_put_text(root, "where", q->where);
	json_put_text(root, "site", c->has_sites ? q->site : NULL);
	json_put_text(root, "patient", c->has_patients ? q->patient : NULL);
	json_put_text(root, "direction", "lower means disease");
	json_put_number(root, "threshold", q->has_threshold ? q->threshold : NAN);
	json_put_text(root, "positive", q->positive);
	json_put_number(root, "confidence", 0.95);
	json_put_integer(rows, "read", c->n_read);
	json_put_integer(rows, "filtered_out", c->n_filtered);
	json_put_integer(rows, "missing", c->n_missing);
	json_put_integer(rows, "used", c->n);
	json_put(root, "rows", rows);
	json_put(root, "options", json_from_options(about->options));
}

static int write_json(const struct results *r, const struct results_about *about, const char *path)
{
	struct json *root = json_object(), *sites = json_object();
	put_about(root, r, about);
	json_put(root, "pooled", metrics_to_json(&r->group[0].metrics));
	for (int64_t i = 1; i < r->n; i++)
		json_put(sites, r->group[i].site, metrics_to_json(&r->group[i].metrics));
	json_put(root, "sites", sites);
	int rc = json_write(root, path);
	json_free(root);
	return rc;
}

int results_write(const struct results *r, const struct results_about *about, const char *folder)
{
	char metrics[PATH_BYTES];
	if (path_format(metrics, "%s/%s", folder, RESULTS_METRICS_JSON) != 0)
		return -1;
	remove(metrics); /* an older one must not vouch for new tables */
	if (write_table(r, folder, RESULTS_METRICS_CSV, fill_metrics) != 0 ||
		write_table(r, folder, RESULTS_ROC, fill_roc) != 0 ||
		write_table(r, folder, RESULTS_POINTS, fill_points) != 0)
		return -1;
	return write_json(r, about, metrics);
}

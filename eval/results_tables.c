#include "eval/results_tables.h"

#include "eval/number.h"
#include "host/files/path.h"
#include "host/run/err.h"

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
		double cases = g->metrics.value[METRIC_N_POSITIVE],
		       controls = g->metrics.value[METRIC_N_NEGATIVE];
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

static int write_filled(const struct results *r, const char *folder, const char *name,
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

static int write_table(const struct table *t, const char *folder, const char *name)
{
	char path[PATH_BYTES];
	return path_format(path, "%s/%s", folder, name) != 0 ? -1 : table_write(t, path);
}

static int write_rows(const struct results *r, const char *folder)
{
	return write_filled(r, folder, RESULTS_ROC, fill_roc) != 0
		       ? -1
		       : write_filled(r, folder, RESULTS_POINTS, fill_points);
}

int results_tables_write(const struct results *r, const char *folder, bool aggregate)
{
	if (write_filled(r, folder, RESULTS_METRICS_CSV, fill_metrics) != 0 ||
		(!aggregate && write_rows(r, folder) != 0) ||
		write_table(&r->analysis->estimates.table, folder, RESULTS_ESTIMATES) != 0)
		return -1;
	return write_table(&r->analysis->decision, folder, RESULTS_DECISION);
}

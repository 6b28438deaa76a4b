#include "eval/results.h"

#include <math.h>
#include <stdio.h>

#include "eval/quantity.h"
#include "eval/results_tables.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/version.h"

static int init_curve(struct roc_curve *curve, const struct cases *c, int64_t first, int64_t n)
{
	struct roc roc;
	if (roc_init(&roc, c->score + first, c->diseased + first, n, ROC_LOWER_IS_CASE) != 0)
		return -1;
	int rc = isnan(roc.auc) ? 0 : roc_curve_init(curve, &roc);
	roc_free(&roc);
	return rc;
}

static int init_metrics(struct results *r)
{
	const int64_t n_sites = r->cases->n_sites;
	struct memory block = { 0 };
	const size_t each = sizeof(struct metrics) + sizeof(char *);
	if (memory_alloc(&block, NULL, (size_t)r->n * each, "metrics") != 0)
		return -1;
	struct metrics *m = block.data;
	const char **site = (const char **)(m + r->n);
	for (int64_t s = 0; s < n_sites; s++)
		site[s] = r->cases->sites[s].name;
	int rc = metrics_from_estimates(m, site, n_sites, &r->analysis->estimates.table);
	for (int64_t g = 0; g < r->n; g++)
		r->group[g].metrics = m[g];
	memory_free(&block);
	return rc;
}

int results_init(struct results *r, const struct cases *c, const struct cases_request *request,
	const struct analysis *a)
{
	*r = (struct results){ .cases = c, .request = request, .analysis = a };
	const size_t n = (size_t)c->n_sites + 1;
	if (memory_alloc(&r->block, NULL, n * sizeof(struct results_group), "results") != 0)
		return -1;
	r->group = r->block.data;
	r->n = c->n_sites + 1;
	TRY(init_metrics(r));
	if (c->diseased)
		TRY(init_curve(&r->group[0].curve, c, 0, c->n));
	for (int64_t s = 0; s < c->n_sites; s++) {
		const struct cases_site *site = &c->sites[s];
		r->group[s + 1].site = site->name;
		if (c->diseased)
			TRY(init_curve(&r->group[s + 1].curve, c, site->first, site->n));
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
	static const char *const names[] = { RESULTS_METRICS_JSON, RESULTS_METRICS_CSV, RESULTS_ROC,
		RESULTS_POINTS, RESULTS_ESTIMATES, RESULTS_DECISION };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[PATH_BYTES];
		if (path_format(path, "%s/%s", folder, names[i]) != 0 || path_check_output(path, force) != 0)
			return -1;
	}
	return path_make_folders(folder);
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
	json_put_text(root, "criterion", q->criterion);
	json_put_text(root, "milder", q->milder);
	json_put_number(root, "confidence", 0.95);
	json_put_integer(rows, "read", c->n_read);
	json_put_integer(rows, "filtered_out", c->n_filtered);
	json_put_integer(rows, "missing", c->n_missing);
	json_put_integer(rows, "used", c->n);
	json_put(root, "rows", rows);
	json_put(root, "options", json_from_options(about->options));
}

/* The interval that leads: with repeated patients the clustered one.  auc_lo and auc_hi stay plain DeLong. */
static void put_headline(struct json *group, const char *name, const struct headline_figure *f)
{
	static const char *const ends[] = { "lo", "hi" };
	const double bound[2] = { f->ci.lo, f->ci.hi };
	char key[64];
	for (int i = 0; i < 2; i++) {
		snprintf(key, sizeof(key), "%s_headline_%s", name, ends[i]);
		json_put_number(group, key, bound[i]);
	}
	snprintf(key, sizeof(key), "%s_headline_method", name);
	json_put_text(group, key, isnan(f->ci.lo) ? NULL : f->method);
}

static struct json *group_json(const struct metrics *m, const struct headline *h)
{
	struct json *group = metrics_to_json(m);
	put_headline(group, "auc", &h->auc);
	put_headline(group, "r", &h->r);
	return group;
}

static int write_json(const struct results *r, const struct results_about *about, const char *path)
{
	const struct analysis *a = r->analysis;
	struct json *root = json_object(), *sites = json_object();
	put_about(root, r, about);
	json_put(root, "pooled", group_json(&r->group[0].metrics, &a->pooled));
	for (int64_t i = 1; i < r->n; i++)
		json_put(sites, r->group[i].site, group_json(&r->group[i].metrics, &a->site[i - 1].headline));
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
	return results_tables_write(r, folder, about->aggregate) != 0 ? -1 : write_json(r, about, metrics);
}

#include "eval/cmd_pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "eval/estimates.h"
#include "eval/name_list.h"
#include "eval/pool.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

static int by_name(const void *left, const void *right)
{
	return strcmp(
		((const struct analysis_site *)left)->name, ((const struct analysis_site *)right)->name);
}

static void add_figure(struct estimates *e, const char *statistic, const struct headline_figure *f)
{
	estimates_add(e, statistic, f->value, f->ci, f->method, f->reason);
}

/* The sites as they came, by name, then what they say together. */
static int fill(struct estimates *e, struct pool *p)
{
	qsort(p->site, (size_t)p->n_sites, sizeof(*p->site), by_name);
	for (int64_t i = 0; i < p->n_sites; i++) {
		const struct headline *h = &p->site[i].headline;
		estimates_group(e, "site", p->site[i].name, h->agreement.n);
		add_figure(e, "auc", &h->auc);
		add_figure(e, "r", &h->r);
		add_figure(e, "calibration_slope", &h->slope);
		add_figure(e, "bias", &h->bias);
	}
	return analysis_meta(e, p->site, p->n_sites);
}

static int pool(const struct name_list *folders, const char *out)
{
	int rc = -1;
	struct pool p = { 0 };
	struct estimates e;
	estimates_init(&e);
	for (int i = 0; i < folders->n; i++)
		TRY(pool_add(&p, folders->name[i]));
	TRY(fill(&e, &p));
	TRY(table_write(&e.table, out));
	log_info("%lld sites of %d evaluations: %s", (long long)p.n_sites, folders->n, out);
	rc = 0;
cleanup:
	estimates_free(&e);
	pool_free(&p);
	return rc;
}

int cmd_pool(int argc, char **argv)
{
	const char *evals = NULL, *out = NULL;
	bool force = false;
	struct name_list folders = { 0 };
	const struct opt table[] = {
		OPT_TEXT("evals", evals, OPT_REQUIRED, "DIR,DIR,...", "folders written by xbmd evaluate"),
		OPT_TEXT("out", out, OPT_REQUIRED, "T.csv",
			"figures of the sites and across them, as estimates.csv"),
		OPT_FLAG("force", force, "replace an existing file"),
		OPT_END,
	};
	int go = opt_parse(
		argc, argv, "random effects across the sites of evaluations that shared no rows", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (name_list_init(&folders, evals) != 0 || path_check_output(out, force) != 0)
		return -1;
	int rc = pool(&folders, out);
	name_list_free(&folders);
	return rc;
}

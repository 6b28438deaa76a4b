#include "eval/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/results.h"
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* What must be alike for figures to be poolable. */
static int check_alike(const struct json *a, const struct json *b, const char *path)
{
	static const char *const keys[] = { "reference", "prediction", "unit", "threshold", "criterion",
		"positive" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct json *x = json_member(a, keys[i]), *y = json_member(b, keys[i]);
		char *first = x ? json_text(x) : NULL, *second = y ? json_text(y) : NULL;
		bool alike = first && second && strcmp(first, second) == 0;
		free(first);
		free(second);
		if (!alike)
			return ERR_INVALID(
				"'%s': its '%s' is not that of the first evaluation", path, keys[i]);
	}
	return 0;
}

static int check_about(struct pool *p, const char *folder)
{
	char path[PATH_BYTES];
	struct json *about = NULL;
	if (path_format(path, "%s/%s", folder, RESULTS_METRICS_JSON) != 0 || json_read(&about, path) != 0)
		return -1;
	if (!p->about) {
		p->about = about;
		return 0;
	}
	int rc = check_alike(p->about, about, path);
	json_free(about);
	return rc;
}

static struct headline_figure figure_of(const struct estimate_view *v, const char *level, const char *group,
	const char *statistic, const char *error)
{
	const struct estimate *e = estimate_view_find(v, level, group, statistic);
	const struct estimate *se = estimate_view_find(v, level, group, error);
	return (struct headline_figure){ e ? e->value : NAN, se ? se->value : NAN,
		e ? e->ci : interval_undefined(), e ? e->method : NULL,
		e ? e->reason : "not in this evaluation" };
}

static int add_site(
	struct pool *p, const struct estimate_view *v, const char *level, const char *group, const char *name)
{
	for (int64_t i = 0; i < p->n_sites; i++)
		if (strcmp(p->site[i].name, name) == 0)
			return ERR_INVALID("the site '%s' is in two evaluations", name);
	p->site = alloc_grow(p->site, (size_t)p->n_sites + 1, sizeof(*p->site));
	struct analysis_site *site = &p->site[p->n_sites++];
	*site = (struct analysis_site){ .name = name };
	const struct estimate *n = estimate_view_find(v, level, group, "n");
	site->headline.agreement.n = n ? n->n : 0;
	site->headline.r = figure_of(v, level, group, "r", "r_se");
	site->headline.auc = figure_of(v, level, group, "auc", "auc_se");
	site->headline.slope = figure_of(v, level, group, "calibration_slope", "calibration_slope_se");
	site->headline.bias = figure_of(v, level, group, "bias", "bias_se");
	return 0;
}

int pool_add(struct pool *p, const char *folder)
{
	char path[PATH_BYTES];
	struct estimate_view view;
	if (check_about(p, folder) != 0 || path_format(path, "%s/%s", folder, RESULTS_ESTIMATES) != 0 ||
		estimate_view_read(&view, path) != 0)
		return -1;
	p->view = alloc_grow(p->view, (size_t)p->n_views + 1, sizeof(*p->view));
	p->view[p->n_views++] = view; /* the rows stay where they are: sites borrow their texts */
	int64_t at = estimate_view_next_group(&view, "site", -1);
	if (at < 0)
		return add_site(p, &view, "pooled", NULL, folder);
	for (; at >= 0; at = estimate_view_next_group(&view, "site", at))
		if (add_site(p, &view, "site", view.row[at].group, view.row[at].group) != 0)
			return -1;
	return 0;
}

void pool_free(struct pool *p)
{
	for (int64_t i = 0; i < p->n_views; i++)
		estimate_view_free(&p->view[i]);
	free(p->view);
	free(p->site);
	json_free(p->about);
	*p = (struct pool){ 0 };
}

#include "eval/analysis_subgroups.h"

#include <stdio.h>

#include "eval/stats/roc_compare.h"
#include "host/run/err.h"
#include "host/run/memory.h"

/* met[n_patients]: 0 everywhere, before and after. */
static bool share_a_patient(
	const struct cases *c, const struct subgroups *g, int64_t a, int64_t b, uint8_t *met)
{
	const struct subgroup *one = &g->group[a], *two = &g->group[b];
	bool shared = false;
	for (int64_t i = 0; c->patient && i < one->n; i++)
		met[c->patient[g->row[one->first + i]]] = 1;
	for (int64_t i = 0; c->patient && i < two->n; i++)
		shared = shared || met[c->patient[g->row[two->first + i]]];
	for (int64_t i = 0; c->patient && i < one->n; i++)
		met[c->patient[g->row[one->first + i]]] = 0;
	return shared;
}

static void add_difference(struct estimates *e, const struct subgroups *g, int64_t at,
	const struct analysis_subgroup *results, bool shared)
{
	char name[512];
	const struct headline_figure *a = &results[at].headline.auc, *b = &results[at + 1].headline.auc;
	const double auc[2] = { a->value, b->value }, variance[2] = { a->se * a->se, b->se * b->se };
	const int64_t n[2] = { results[at].n_units, results[at + 1].n_units };
	snprintf(name, sizeof(name), "%s - %s", g->group[at].name, g->group[at + 1].name);
	estimates_group(e, "subgroup_difference", name, n[0] + n[1]);
	if (shared) {
		estimates_none(
			e, "auc_difference", "a patient is in both groups, so they are not independent");
		return;
	}
	struct roc_difference d = roc_compare_independent(auc, variance, n);
	estimates_add(e, "auc_difference", d.difference, d.ci,
		"unpaired, t with Satterthwaite's degrees of freedom",
		"no AUC with a standard error in one of the groups");
	estimates_value(
		e, "auc_difference_p", d.p, "two-sided", "no AUC with a standard error in one of the groups");
}

int analysis_subgroup_differences(struct estimates *e, const struct cases *c, const struct subgroups *g,
	const struct analysis_subgroup *results)
{
	struct memory block = { 0 };
	if (!c->diseased || g->n < 2)
		return 0;
	if (memory_alloc(&block, NULL, (size_t)c->n_patients, "patients of two groups") != 0)
		return -1;
	for (int64_t i = 0, end = 0; i < g->n; i = end) {
		while (end < g->n && g->group[end].column == g->group[i].column)
			end++;
		if (end - i == 2)
			add_difference(e, g, i, results, share_a_patient(c, g, i, i + 1, block.data));
	}
	memory_free(&block);
	return 0;
}

#include "eval/analysis.h"

#include "eval/analysis_agreement.h"
#include "eval/analysis_diagnosis.h"
#include "eval/analysis_meta.h"
#include "eval/analysis_models.h"
#include "eval/analysis_sites.h"
#include "eval/analysis_subgroups.h"
#include "host/run/err.h"

static int64_t replicates(const struct cases *c, const struct analysis_request *q)
{
	return q->n_bootstrap >= 0 ? q->n_bootstrap : c->n > ANALYSIS_BOOTSTRAP_ROWS ? 0 : ANALYSIS_BOOTSTRAP;
}

static int check_size(const struct sample *s, const struct analysis_request *q)
{
	if (!q->aggregate || s->n_clusters >= ANALYSIS_FEWEST)
		return 0;
	return ERR_INVALID(
		"--aggregate-only: %s '%s' has %lld patients; figures of fewer than %d are not shared",
		s->level, s->group ? s->group : "all", (long long)s->n_clusters, ANALYSIS_FEWEST);
}

/* One group's headline, agreement, diagnosis and classes. */
static int analyse_group(struct analysis *a, struct headline *h, const struct sample *s, int64_t n_replicates,
	const struct analysis_request *q)
{
	int rc = -1;
	struct bootstrap bootstrap = { 0 };
	const struct bootstrap_sample rows = { s->n, s->n_clusters, s->reference, s->prediction, s->cluster,
		s->score, s->diseased, s->called };
	const struct bootstrap *b = n_replicates > 0 && s->n > 0 ? &bootstrap : NULL;
	TRY(check_size(s, q));
	if (b)
		TRY(bootstrap_run(&bootstrap, &rows, n_replicates, (uint64_t)q->seed));
	TRY(headline_compute(h, s, b));
	TRY(analysis_agreement(&a->estimates, s, h, b));
	TRY(analysis_diagnosis(&a->estimates, s, h, b));
	TRY(analysis_classes(&a->estimates, s));
	rc = 0;
cleanup:
	bootstrap_free(&bootstrap);
	return rc;
}

static int analyse_all(
	struct analysis *a, const struct cases *c, const struct analysis_request *q, const int64_t *rows)
{
	int rc = -1;
	struct sample s = { 0 };
	struct models models = { 0 };
	TRY(sample_init(&s, c, rows, c->n, "pooled", NULL));
	s.counts_missing = true;
	s.n_missing = c->n_missing;
	s.n_refused = c->n_refused;
	s.n_refused_diseased = c->n_refused_diseased;
	TRY(analyse_group(a, &a->pooled, &s, replicates(c, q), q));
	TRY(models_init(&models, c, &s, &q->models));
	TRY(analysis_models(&a->estimates, &s, &models));
	analysis_decision(&a->decision, &s, &models);
	TRY(analysis_repeats(&a->estimates, c, &s, q->repeats));
	rc = 0;
cleanup:
	models_free(&models);
	sample_free(&s);
	return rc;
}

static int analyse_site(struct analysis *a, struct analysis_site *out, const struct cases *c,
	const struct cases_site *site, const struct analysis_request *q, const int64_t *rows)
{
	int rc = -1;
	struct sample s = { 0 };
	out->name = site->name;
	TRY(sample_init(&s, c, rows + site->first, site->n, "site", site->name));
	s.counts_missing = true;
	s.n_missing = site->n_missing;
	s.n_refused = site->n_refused;
	s.n_refused_diseased = site->n_refused_diseased;
	TRY(analyse_group(a, &out->headline, &s, replicates(c, q), q));
	TRY(analysis_recalibration(&a->estimates, &s, (uint64_t)q->seed));
	rc = 0;
cleanup:
	sample_free(&s);
	return rc;
}

static int analyse_subgroups(struct analysis *a, const struct cases *c, const struct analysis_request *q)
{
	int rc = -1;
	struct subgroups groups = { 0 };
	struct memory block = { 0 };
	TRY(subgroups_init(&groups, c, q->subgroups));
	TRY(memory_alloc(&block, NULL, (size_t)groups.n * sizeof(struct analysis_subgroup), "subgroups"));
	struct analysis_subgroup *result = block.data;
	for (int64_t g = 0; g < groups.n; g++) {
		struct sample s;
		const struct subgroup *group = &groups.group[g];
		TRY(sample_init(&s, c, groups.row + group->first, group->n, "subgroup", group->name));
		int failed = analyse_group(a, &result[g].headline, &s, replicates(c, q), q);
		result[g].n_units = s.n_clusters;
		sample_free(&s);
		TRY(failed);
	}
	rc = analysis_subgroup_differences(&a->estimates, c, &groups, result);
cleanup:
	memory_free(&block);
	subgroups_free(&groups);
	return rc;
}

int analysis_run(struct analysis *a, const struct cases *c, const struct analysis_request *q)
{
	int rc = -1;
	struct memory numbers = { 0 };
	*a = (struct analysis){ 0 };
	estimates_init(&a->estimates);
	TRY(memory_alloc(&a->site_block, NULL, (size_t)c->n_sites * sizeof(struct analysis_site), "sites"));
	TRY(memory_alloc(&numbers, NULL, (size_t)c->n * sizeof(int64_t), "row numbers"));
	a->site = a->site_block.data;
	a->n_sites = c->n_sites;
	int64_t *rows = numbers.data;
	for (int64_t i = 0; i < c->n; i++)
		rows[i] = i;
	TRY(analyse_all(a, c, q, rows));
	for (int64_t s = 0; s < c->n_sites; s++)
		TRY(analyse_site(a, &a->site[s], c, &c->sites[s], q, rows));
	TRY(analysis_meta(&a->estimates, a->site, a->n_sites));
	TRY(analysis_youden(&a->estimates, c, q->development));
	TRY(analyse_subgroups(a, c, q));
	rc = 0;
cleanup:
	memory_free(&numbers);
	if (rc != 0)
		analysis_free(a);
	return rc;
}

void analysis_free(struct analysis *a)
{
	estimates_free(&a->estimates);
	table_free(&a->decision);
	memory_free(&a->site_block);
	*a = (struct analysis){ 0 };
}

#include "eval/analysis_models.h"

#include <math.h>
#include <string.h>

#include "eval/analysis_diagnosis.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_compare.h"
#include "eval/stats/roc_variance.h"
#include "eval/stats/two_by_two.h"
#include "host/run/err.h"

/* The rows where a model has a score. */
struct common {
	struct memory block;
	int64_t n;
	double *image, *model;
	int64_t *cluster;
	uint8_t *diseased, *called; /* called: by OSTA's cut */
	uint8_t *image_called;	    /* by the image's; meaningless without a stated cut */
};

static int common_init(struct common *c, const struct sample *s, const double *score)
{
	const size_t n = (size_t)s->n;
	*c = (struct common){ 0 };
	if (memory_alloc(&c->block, NULL, n * (3 * 8 + 3), "rows of a comparison") != 0)
		return -1;
	c->image = c->block.data;
	c->model = c->image + n;
	c->cluster = (int64_t *)(c->model + n);
	c->diseased = (uint8_t *)(c->cluster + n);
	c->called = c->diseased + n;
	c->image_called = c->called + n;
	for (int64_t i = 0; i < s->n; i++) {
		if (isnan(score[i]))
			continue;
		c->image[c->n] = s->score[i];
		c->model[c->n] = score[i];
		c->cluster[c->n] = s->cluster[i];
		c->diseased[c->n] = s->diseased[i];
		c->image_called[c->n] = s->called && s->called[i];
		c->called[c->n++] = score[i] < MODELS_OSTA_CUT;
	}
	return 0;
}

static int variance_of(double *variance, const struct roc *r, const struct common *c, const struct sample *s)
{
	if (s->repeated)
		return roc_clustered_variance(variance, r, c->cluster, s->n_clusters);
	*variance = r->variance;
	return 0;
}

static int compare(
	struct estimates *e, const struct sample *s, const struct model *model, const struct common *c)
{
	static const char reason[] = "one class only, or too few of one";
	int rc = -1;
	const char *method = s->repeated ? "Obuchowski, clustered by patient" : "DeLong";
	struct roc image = { 0 }, other = { 0 };
	struct roc_difference d;
	double image_variance, other_variance;
	TRY(roc_init(&image, c->image, c->diseased, c->n, ROC_LOWER_IS_CASE));
	TRY(roc_init(&other, c->model, c->diseased, c->n, ROC_LOWER_IS_CASE));
	TRY(variance_of(&image_variance, &image, c, s));
	TRY(variance_of(&other_variance, &other, c, s));
	TRY(roc_compare_paired(&d, &image, &other, s->repeated ? c->cluster : NULL, s->n_clusters));
	estimates_group(e, "model", model->name, c->n);
	estimates_add(e, "auc", other.auc, interval_wald(other.auc, sqrt(other_variance), 0, 1),
		model->method, reason);
	estimates_add(e, "auc_image", image.auc, interval_wald(image.auc, sqrt(image_variance), 0, 1), method,
		reason);
	estimates_add(e, "auc_difference", d.difference, d.ci, "image - model, paired", reason);
	estimates_value(e, "auc_difference_p", d.p, "two-sided, normal",
		"the two order the rows alike, or one class only");
	rc = 0;
cleanup:
	roc_free(&image);
	roc_free(&other);
	return rc;
}

/* OSTA at its published cut, and whether the image at its own is right on other rows than OSTA. */
static void add_osta(struct estimates *e, const struct sample *s, const struct common *c)
{
	int64_t only_image = 0, only_osta = 0;
	analysis_cut(e, "osta_", c->diseased, c->called, c->n, NULL);
	if (!s->called)
		return;
	for (int64_t i = 0; i < c->n; i++) {
		only_image += c->image_called[i] == c->diseased[i] && c->called[i] != c->diseased[i];
		only_osta += c->image_called[i] != c->diseased[i] && c->called[i] == c->diseased[i];
	}
	struct mcnemar m = two_by_two_mcnemar(only_image, only_osta);
	estimates_value(e, "only_image_right", (double)only_image, "rows where OSTA below -1 is wrong", NULL);
	estimates_value(
		e, "only_osta_right", (double)only_osta, "rows where the image at its cut is wrong", NULL);
	estimates_value(e, "mcnemar_image_osta_p", m.p_exact, "McNemar, exact, rows taken as independent",
		"both are right and wrong on the same rows");
}

int analysis_models(struct estimates *e, const struct sample *s, const struct models *m)
{
	for (int i = 0; i < m->n; i++) {
		struct common c;
		if (m->model[i].is_image)
			continue;
		if (m->model[i].reason) {
			estimates_group(e, "model", m->model[i].name, s->n);
			estimates_none(e, "auc", m->model[i].reason);
			continue;
		}
		if (common_init(&c, s, m->model[i].score) != 0)
			return -1;
		int rc = compare(e, s, &m->model[i], &c);
		if (rc == 0 && strcmp(m->model[i].name, "osta") == 0)
			add_osta(e, s, &c);
		memory_free(&c.block);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static void add_point(struct table *t, const char *curve, double threshold, double benefit, int64_t n)
{
	int64_t row = table_add_row(t);
	table_set(t, row, "curve", curve);
	table_set_number(t, row, "threshold_probability", threshold);
	table_set_number(t, row, "net_benefit", benefit);
	table_set_number(t, row, "n", (double)n);
}

/* Rows with a probability at or above the threshold are treated. */
static void add_model_point(struct table *t, const struct sample *s, const struct model *m, double threshold)
{
	int64_t tp = 0, fp = 0, n = 0;
	for (int64_t i = 0; i < s->n; i++) {
		if (isnan(m->score[i]))
			continue;
		bool treated = -m->score[i] >= threshold;
		n++;
		tp += treated && s->diseased[i];
		fp += treated && !s->diseased[i];
	}
	if (n > 0)
		add_point(t, m->name, threshold, two_by_two_net_benefit(tp, fp, n, threshold), n);
}

void analysis_decision(struct table *t, const struct sample *s, const struct models *m)
{
	static const char *const columns[] = { "curve", "threshold_probability", "net_benefit", "n" };
	enum { LAST_PERCENT = 60 };
	int64_t tp = 0, fp = 0, diseased = 0;
	for (int i = 0; i < 4; i++)
		table_add_column(t, columns[i]);
	for (int64_t i = 0; s->diseased && i < s->n; i++) {
		diseased += s->diseased[i];
		tp += s->called && s->called[i] && s->diseased[i];
		fp += s->called && s->called[i] && !s->diseased[i];
	}
	for (int percent = 1; s->diseased && percent <= LAST_PERCENT; percent++) {
		double threshold = percent / 100.0;
		add_point(t, "treat_all", threshold,
			two_by_two_net_benefit(diseased, s->n - diseased, s->n, threshold), s->n);
		if (s->called)
			add_point(t, "image_at_the_cut", threshold,
				two_by_two_net_benefit(tp, fp, s->n, threshold), s->n);
		for (int k = 0; k < m->n; k++)
			if (m->model[k].is_probability && !m->model[k].reason)
				add_model_point(t, s, &m->model[k], threshold);
	}
}

#include "eval/models.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "eval/name_list.h"
#include "eval/stats/logistic.h"
#include "host/run/err.h"

/* A number, or the sex as 0 (F) or 1 (M). */
static int covariate(double *x, const struct table *t, int64_t row, int64_t column)
{
	const char *cell = table_cell(t, row, column);
	if (strcasecmp(cell, "f") == 0 || strcasecmp(cell, "female") == 0) {
		*x = 0;
		return 0;
	}
	if (strcasecmp(cell, "m") == 0 || strcasecmp(cell, "male") == 0) {
		*x = 1;
		return 0;
	}
	return table_number(t, row, column, x);
}

/* x[n * stride], from x[0] on, is the column's. */
static int read_column(
	double *x, int64_t stride, const struct cases *c, const struct sample *s, const char *name)
{
	int64_t column;
	if (table_column(&c->table, name, &column) != 0)
		return -1;
	for (int64_t i = 0; i < s->n; i++)
		if (covariate(&x[i * stride], &c->table, s->source[i], column) != 0)
			return -1;
	return 0;
}

static struct model *add_model(struct models *m, const char *name, const char *method, double *score)
{
	struct model *model = &m->model[m->n++];
	*model = (struct model){ .method = method, .score = score };
	snprintf(model->name, sizeof(model->name), "%s", name);
	return model;
}

static int add_columns(
	struct models *m, const struct cases *c, const struct sample *s, const struct name_list *names)
{
	for (int i = 0; i < names->n; i++) {
		double *score = (double *)m->block.data + m->n * s->n;
		if (read_column(score, 1, c, s, names->name[i]) != 0)
			return -1;
		add_model(m, names->name[i], "column of the table, lower = disease", score);
	}
	return 0;
}

static int add_osta(
	struct models *m, const struct cases *c, const struct sample *s, const struct name_list *columns)
{
	struct memory weight = { 0 };
	int rc = -1;
	double *score = (double *)m->block.data + m->n * s->n;
	if (columns->n != 2)
		return ERR_USAGE("--osta wants two columns, AGE,WEIGHT");
	TRY(memory_alloc(&weight, NULL, (size_t)s->n * sizeof(double), "weights"));
	const double *kg = weight.data;
	TRY(read_column(score, 1, c, s, columns->name[0]));
	TRY(read_column(weight.data, 1, c, s, columns->name[1]));
	for (int64_t i = 0; i < s->n; i++)
		score[i] = 0.2 * (kg[i] - score[i]);
	add_model(m, "osta", "0.2 (kg - years), not truncated", score);
	rc = 0;
cleanup:
	memory_free(&weight);
	return rc;
}

/* Sites; with fewer than two of them, tenths of the patients. */
static int64_t set_folds(int64_t *fold, const struct cases *c, const struct sample *s)
{
	enum { TENTHS = 10 };
	if (c->n_sites >= 2) {
		for (int64_t site = 0; site < c->n_sites; site++)
			for (int64_t i = 0; i < c->sites[site].n; i++)
				fold[c->sites[site].first + i] = site;
		return c->n_sites;
	}
	for (int64_t i = 0; i < s->n; i++)
		fold[i] = s->cluster[i] % TENTHS;
	return TENTHS;
}

struct design {
	int n_columns;
	const double *x; /* (n, n_columns) */
	const int64_t *fold;
	double *fit_x; /* work space of the same size */
	uint8_t *fit_y;
};

static bool is_complete(const double *x, int n)
{
	for (int k = 0; k < n; k++)
		if (isnan(x[k]))
			return false;
	return true;
}

static const char *fit_without(
	struct logistic *l, const struct design *d, const struct sample *s, int64_t fold)
{
	int64_t n = 0;
	for (int64_t i = 0; i < s->n; i++) {
		const double *row = d->x + i * d->n_columns;
		if (d->fold[i] == fold || !is_complete(row, d->n_columns))
			continue;
		memcpy(d->fit_x + n * d->n_columns, row, (size_t)d->n_columns * sizeof(double));
		d->fit_y[n++] = s->diseased[i];
	}
	return logistic_fit(l, d->fit_x, d->fit_y, n, d->n_columns);
}

static void add_logistic(
	struct models *m, const char *name, const struct design *d, const struct sample *s, int64_t n_folds)
{
	double *score = (double *)m->block.data + m->n * s->n;
	struct model *model =
		add_model(m, name, "logistic, fitted without the rows' own site or tenth", score);
	model->is_probability = true;
	for (int64_t fold = 0; fold < n_folds; fold++) {
		struct logistic l;
		const char *reason = fit_without(&l, d, s, fold);
		if (reason)
			model->reason = reason;
		for (int64_t i = 0; i < s->n; i++) {
			const double *row = d->x + i * d->n_columns;
			if (d->fold[i] == fold)
				score[i] = reason || !is_complete(row, d->n_columns)
						   ? NAN
						   : -logistic_probability(&l, row);
		}
	}
}

/* Columns: the image's score, then the covariates. */
static int fill_design(
	double *x, const struct cases *c, const struct sample *s, const struct name_list *covariates)
{
	const int64_t columns = covariates->n + 1;
	for (int64_t i = 0; i < s->n; i++)
		x[i * columns] = s->score[i];
	for (int k = 0; k < covariates->n; k++)
		if (read_column(x + 1 + k, columns, c, s, covariates->name[k]) != 0)
			return -1;
	return 0;
}

/* The columns `from` ... of the full design, packed. */
static void pack(double *to, const double *from, int64_t n, int columns, int first, int count)
{
	for (int64_t i = 0; i < n; i++)
		for (int k = 0; k < count; k++)
			to[i * count + k] = from[i * columns + first + k];
}

static int add_logistics(
	struct models *m, const struct cases *c, const struct sample *s, const struct name_list *covariates)
{
	int rc = -1, columns = covariates->n + 1;
	struct memory block = { 0 };
	const size_t n = (size_t)s->n, matrix = n * (size_t)columns * sizeof(double);
	if (columns >= LOGISTIC_TERMS)
		return ERR_USAGE("--covariates takes at most %d columns", LOGISTIC_TERMS - 2);
	TRY(memory_alloc(&block, NULL, 3 * matrix + n * 9, "covariates"));
	double *x = block.data, *packed = x + n * (size_t)columns, *fit_x = packed + n * (size_t)columns;
	int64_t *fold = (int64_t *)(fit_x + n * (size_t)columns);
	struct design d = { columns, packed, fold, fit_x, (uint8_t *)(fold + n) };
	int64_t n_folds = set_folds(fold, c, s);
	TRY(fill_design(x, c, s, covariates));
	d.n_columns = 1;
	pack(packed, x, s->n, columns, 0, 1);
	add_logistic(m, "image_model", &d, s, n_folds);
	m->model[m->n - 1].is_image = true;
	if (covariates->n > 0) {
		d.n_columns = covariates->n;
		pack(packed, x, s->n, columns, 1, covariates->n);
		add_logistic(m, "covariate_model", &d, s, n_folds);
		d.n_columns = columns;
		pack(packed, x, s->n, columns, 0, columns);
		add_logistic(m, "image_and_covariates_model", &d, s, n_folds);
	}
	rc = 0;
cleanup:
	memory_free(&block);
	return rc;
}

int models_init(
	struct models *m, const struct cases *c, const struct sample *s, const struct models_request *q)
{
	int rc = -1;
	struct name_list compare = { 0 }, osta = { 0 }, covariates = { 0 };
	*m = (struct models){ 0 };
	if (!s->diseased)
		return 0;
	TRY(name_list_init(&compare, q->compare));
	TRY(name_list_init(&osta, q->osta));
	TRY(name_list_init(&covariates, q->covariates));
	if (compare.n > MODELS_LIMIT - 4) {
		(void)ERR_USAGE("--compare takes at most %d columns", MODELS_LIMIT - 4);
		goto cleanup;
	}
	TRY(memory_alloc(
		&m->block, NULL, (size_t)(compare.n + 4) * (size_t)s->n * sizeof(double), "model scores"));
	TRY(add_columns(m, c, s, &compare));
	if (q->osta)
		TRY(add_osta(m, c, s, &osta));
	TRY(add_logistics(m, c, s, &covariates));
	rc = 0;
cleanup:
	name_list_free(&compare);
	name_list_free(&osta);
	name_list_free(&covariates);
	if (rc != 0)
		models_free(m);
	return rc;
}

void models_free(struct models *m)
{
	memory_free(&m->block);
	*m = (struct models){ 0 };
}

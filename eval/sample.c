#include "eval/sample.h"

static void set_arrays(struct sample *s, const struct cases *c)
{
	const size_t n = (size_t)s->n;
	s->reference = s->block.data;
	s->prediction = s->reference + n;
	s->score = s->prediction + n;
	s->cluster = (int64_t *)(s->score + n);
	s->source = s->cluster + n;
	uint8_t *bytes = (uint8_t *)(s->source + n);
	s->diseased = c->diseased ? bytes : NULL;
	s->called = c->called ? bytes + n : NULL;
	s->class_reference = c->class_reference ? bytes + 2 * n : NULL;
	s->class_prediction = c->class_prediction ? bytes + 3 * n : NULL;
}

static void copy_row(struct sample *s, const struct cases *c, int64_t to, int64_t from)
{
	s->reference[to] = c->reference[from];
	s->prediction[to] = c->prediction[from];
	s->score[to] = c->score[from];
	s->source[to] = c->source[from];
	if (s->diseased)
		s->diseased[to] = c->diseased[from];
	if (s->called)
		s->called[to] = c->called[from];
	if (s->class_reference) {
		s->class_reference[to] = c->class_reference[from];
		s->class_prediction[to] = c->class_prediction[from];
	}
}

/* Patients are numbered anew, in the order of their first row; number[] holds 1 + the new number, 0 = not yet
 * met. */
static void set_clusters(struct sample *s, const struct cases *c, const int64_t *rows, int64_t *number)
{
	for (int64_t i = 0; i < s->n; i++) {
		int64_t *met = c->patient ? &number[c->patient[rows[i]]] : NULL;
		if (!met || *met == 0)
			s->n_clusters++;
		if (met && *met == 0)
			*met = s->n_clusters;
		s->cluster[i] = (met ? *met : s->n_clusters) - 1;
	}
	s->repeated = s->n_clusters < s->n;
}

int sample_init(struct sample *s, const struct cases *c, const int64_t *rows, int64_t n, const char *level,
	const char *group)
{
	enum { WIDE = 5, BYTES = 4 };
	struct memory number = { 0 };
	*s = (struct sample){ .level = level, .group = group, .n = n, .has_patients = c->patient != NULL };
	if (memory_alloc(&s->block, NULL, (size_t)n * (WIDE * 8 + BYTES), "rows of a group") != 0)
		return -1;
	if (memory_alloc(&number, NULL, (size_t)c->n_patients * sizeof(int64_t), "patients of a group") !=
		0) {
		sample_free(s);
		return -1;
	}
	set_arrays(s, c);
	for (int64_t i = 0; i < n; i++)
		copy_row(s, c, i, rows[i]);
	set_clusters(s, c, rows, number.data);
	memory_free(&number);
	return 0;
}

void sample_free(struct sample *s)
{
	memory_free(&s->block);
	*s = (struct sample){ 0 };
}

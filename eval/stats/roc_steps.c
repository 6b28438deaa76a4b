#include "eval/stats/roc_steps.h"

#include <math.h>
#include <string.h>

#include "host/run/err.h"

enum { TABLE_BITS = 11, TABLE = 1 << TABLE_BITS, MOST_RATINGS = 256 }; /* at most an eighth of the table */

/* -0 becomes 0. */
static double key_of(double score, double sign)
{
	return sign * score + 0.0;
}

static int count_classes(struct roc_steps *s, const double *score, const uint8_t *is_case, int64_t n)
{
	int64_t finite = 0, cases = 0;
	for (int64_t i = 0; i < n; i++) {
		finite += fabs(score[i]) < INFINITY;
		cases += is_case[i];
	}
	s->n_cases = cases;
	s->n_controls = n - cases;
	for (int64_t i = 0; finite < n && i < n; i++)
		if (!isfinite(score[i]))
			return ERR_INVALID("ROC: score %lld is not finite", (long long)i);
	return 0;
}

/* Fibonacci hashing, then the next free slot. */
static struct roc_step *slot_of(struct roc_step table[TABLE], double key)
{
	uint64_t bits;
	memcpy(&bits, &key, sizeof(bits));
	uint64_t at = bits * 0x9E3779B97F4A7C15u >> (64 - TABLE_BITS);
	while (table[at].cases + table[at].controls > 0 && table[at].key != key)
		at = (at + 1) % TABLE;
	return &table[at];
}

/* The ratings in no order; -1 when there are more than MOST_RATINGS. */
static int64_t count_ratings(
	struct roc_step table[TABLE], const double *score, const uint8_t *is_case, int64_t n, double sign)
{
	int64_t ratings = 0;
	for (int64_t i = 0; i < n; i++) {
		double key = key_of(score[i], sign);
		struct roc_step *slot = slot_of(table, key);
		if (slot->cases + slot->controls == 0 && ++ratings > MOST_RATINGS)
			return -1;
		slot->key = key;
		slot->cases += is_case[i];
		slot->controls += !is_case[i];
	}
	return ratings;
}

static int keep_ratings(struct roc_steps *s, const struct roc_step table[TABLE], int64_t n)
{
	if (memory_alloc(&s->block, NULL, (size_t)n * sizeof(struct roc_step), "ROC ratings") != 0)
		return -1;
	s->rating = s->block.data;
	for (int64_t i = 0; i < TABLE; i++) {
		if (table[i].cases + table[i].controls == 0)
			continue;
		int64_t at = s->n++;
		for (; at > 0 && s->rating[at - 1].key > table[i].key; at--)
			s->rating[at] = s->rating[at - 1];
		s->rating[at] = table[i];
	}
	return 0;
}

static int sort_rows(struct roc_steps *s, const double *score, const uint8_t *is_case, int64_t n, double sign)
{
	if (memory_alloc(&s->block, NULL, (size_t)n * sizeof(uint64_t), "ROC scores") != 0)
		return -1;
	s->word = s->block.data;
	s->n = n;
	return sort_labels(s->word, &s->n_negative, score, is_case, n, sign);
}

int roc_steps_init(struct roc_steps *s, const double *score, const uint8_t *is_case, int64_t n, double sign)
{
	struct roc_step table[TABLE] = { { 0, 0, 0 } };
	*s = (struct roc_steps){ 0 };
	if (n > UINT32_MAX)
		return ERR_RESOURCE("ROC: %lld rows are more than %lld", (long long)n, (long long)UINT32_MAX);
	if (count_classes(s, score, is_case, n) != 0)
		return -1;
	int64_t ratings = count_ratings(table, score, is_case, n, sign);
	int rc = ratings >= 0 ? keep_ratings(s, table, ratings) : sort_rows(s, score, is_case, n, sign);
	if (rc != 0)
		roc_steps_free(s);
	return rc;
}

void roc_steps_free(struct roc_steps *s)
{
	memory_free(&s->block);
	*s = (struct roc_steps){ 0 };
}

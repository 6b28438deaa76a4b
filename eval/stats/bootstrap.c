#include "eval/stats/bootstrap.h"

#include <math.h>
#include <string.h>

#include "eval/stats/bootstrap_rows.h"
#include "eval/stats/order.h"
#include "host/run/err.h"
#include "host/run/rng.h"
#include "host/run/thread.h"

/* Scratch of one thread. */
struct scratch {
	double *rank;	 /* (2 n) */
	int32_t *weight; /* (n) of the rows */
	int32_t *drawn;	 /* (n_clusters) */
};

static void draw(struct scratch *at, const struct bootstrap_sample *s, uint64_t seed, int64_t b)
{
	struct rng rng = rng_init(seed, (uint64_t)b);
	memset(at->drawn, 0, (size_t)s->n_clusters * sizeof(*at->drawn));
	for (int64_t i = 0; i < s->n_clusters; i++)
		at->drawn[rng_below(&rng, s->n_clusters)]++;
}

static void leave_out(struct scratch *at, const struct bootstrap_sample *s, int64_t first, int64_t step)
{
	for (int64_t i = 0; i < s->n_clusters; i++)
		at->drawn[i] = i % step != first;
}

/* Once per drawn patient, into a column of (BOOTSTRAP_COUNT, columns). */
static void apply(
	double *to, int64_t column, int64_t columns, const struct bootstrap_rows *rows, struct scratch *at)
{
	const struct bootstrap_sample *s = rows->sample;
	double statistic[BOOTSTRAP_COUNT];
	for (int64_t i = 0; i < s->n; i++)
		at->weight[i] = at->drawn[s->cluster[i]];
	bootstrap_rows_apply(statistic, rows, at->weight, at->rank);
	for (int64_t which = 0; which < BOOTSTRAP_COUNT; which++)
		to[which * columns + column] = statistic[which];
}

static void run_all(struct bootstrap *b, const struct bootstrap_rows *rows, char *scratch, size_t each,
	int threads, uint64_t seed)
{
	const struct bootstrap_sample *s = rows->sample;
#pragma omp parallel for schedule(static) num_threads(threads)
	for (int t = 0; t < threads; t++) {
		struct scratch at;
		at.rank = (double *)(scratch + (size_t)t * each);
		at.weight = (int32_t *)(at.rank + 2 * s->n);
		at.drawn = at.weight + s->n;
		for (int64_t k = t; k < b->n_replicates; k += threads) {
			draw(&at, s, seed, k);
			apply(b->value, k, b->n_replicates, rows, &at);
		}
		for (int64_t k = t; k < b->n_left_out; k += threads) {
			leave_out(&at, s, k, b->n_left_out);
			apply(b->left_out, k, b->n_left_out, rows, &at);
		}
		if (t == 0) {
			leave_out(&at, s, s->n_clusters, s->n_clusters); /* nobody */
			apply(b->estimate, 0, 1, rows, &at);
		}
	}
}

int bootstrap_run(struct bootstrap *b, const struct bootstrap_sample *s, int64_t n_replicates, uint64_t seed)
{
	int rc = -1, threads = thread_count();
	struct bootstrap_rows rows = { 0 };
	struct memory scratch = { 0 };
	const int64_t left_out = s->n_clusters < BOOTSTRAP_LEFT_OUT ? s->n_clusters : BOOTSTRAP_LEFT_OUT;
	const size_t n = (size_t)s->n,
		     values = (size_t)((BOOTSTRAP_COUNT + 1) * n_replicates + BOOTSTRAP_COUNT * left_out);
	const size_t each =
		(n * (2 * sizeof(double) + sizeof(int32_t)) + (size_t)s->n_clusters * sizeof(int32_t) + 63) /
		64 * 64;
	*b = (struct bootstrap){ .n_replicates = n_replicates, .n_left_out = left_out };
	TRY(memory_alloc(&b->block, NULL, values * sizeof(double), "bootstrap replicates"));
	b->value = b->block.data;
	b->left_out = b->value + BOOTSTRAP_COUNT * n_replicates;
	b->sorted = b->left_out + BOOTSTRAP_COUNT * left_out;
	TRY(bootstrap_rows_init(&rows, s));
	TRY(memory_alloc(&scratch, NULL, each * (size_t)threads, "bootstrap"));
	run_all(b, &rows, scratch.data, each, threads, seed);
	rc = 0;
cleanup:
	memory_free(&scratch);
	bootstrap_rows_free(&rows);
	if (rc != 0)
		bootstrap_free(b);
	return rc;
}

void bootstrap_free(struct bootstrap *b)
{
	memory_free(&b->block);
	*b = (struct bootstrap){ 0 };
}

int64_t bootstrap_defined(const struct bootstrap *b, enum bootstrap_statistic which)
{
	int64_t n = 0;
	for (int64_t k = 0; k < b->n_replicates; k++) {
		double v = b->value[which * b->n_replicates + k];
		if (isfinite(v))
			b->sorted[n++] = v;
	}
	return n >= 2 && 20 * n >= 19 * b->n_replicates ? n : 0;
}

struct interval bootstrap_interval(const struct bootstrap *b, enum bootstrap_statistic which)
{
	int64_t n = bootstrap_defined(b, which);
	if (n == 0)
		return interval_undefined();
	double lo = order_quantile(b->sorted, n, 0.025);
	return (struct interval){ lo, order_quantile(b->sorted, n, 0.975) };
}

static double mean_of(const double *x, int64_t n)
{
	double sum = 0;
	for (int64_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

double bootstrap_se(const struct bootstrap *b, enum bootstrap_statistic which)
{
	int64_t n = bootstrap_defined(b, which);
	double mean = mean_of(b->sorted, n), square = 0;
	if (n == 0)
		return NAN;
	for (int64_t i = 0; i < n; i++)
		square += (b->sorted[i] - mean) * (b->sorted[i] - mean);
	return sqrt(square / (double)(n - 1));
}

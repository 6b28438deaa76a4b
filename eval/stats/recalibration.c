#include "eval/stats/recalibration.h"

#include <math.h>

#include "eval/stats/order.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "host/run/rng.h"

struct site {
	const double *reference, *prediction;
	int64_t n, n_patients;
	int64_t *first;	  /* (n_patients + 1) rows */
	int64_t *shuffle; /* (n_patients) */
};

static void find_patients(struct site *s, const int64_t *cluster)
{
	for (int64_t i = 0; i < s->n; i++)
		if (i == 0 || cluster[i] != cluster[i - 1])
			s->first[s->n_patients++] = i;
	s->first[s->n_patients] = s->n;
}

/* The first m of `shuffle` become a random choice (Fisher and Yates, from the same start each time). */
static void choose(struct site *s, int64_t m, uint64_t seed, int64_t draw)
{
	struct rng rng = rng_init(seed, (uint64_t)draw);
	for (int64_t i = 0; i < s->n_patients; i++)
		s->shuffle[i] = i;
	for (int64_t i = 0; i < m; i++) {
		int64_t other = i + rng_below(&rng, s->n_patients - i), kept = s->shuffle[i];
		s->shuffle[i] = s->shuffle[other];
		s->shuffle[other] = kept;
	}
}

struct correction {
	double slope, intercept; /* corrected = intercept + slope * prediction */
};

static void fit(struct correction c[RECALIBRATION_KINDS], const struct site *s, int64_t m)
{
	double n = 0, mx = 0, my = 0, syy = 0, sxy = 0;
	for (int64_t k = 0; k < m; k++)
		for (int64_t i = s->first[s->shuffle[k]]; i < s->first[s->shuffle[k] + 1]; i++) {
			n++; /* running means (Welford) */
			double dx = s->reference[i] - mx, dy = s->prediction[i] - my;
			mx += dx / n;
			my += dy / n;
			syy += dy * (s->prediction[i] - my);
			sxy += dx * (s->prediction[i] - my);
		}
	double slope = syy > 0 ? sxy / syy : NAN;
	c[RECALIBRATION_NONE] = (struct correction){ 1, 0 };
	c[RECALIBRATION_SHIFT] = (struct correction){ 1, mx - my };
	c[RECALIBRATION_LINE] = (struct correction){ slope, mx - slope * my };
}

static void measure(
	double mae[RECALIBRATION_KINDS], const struct correction *c, const struct site *s, int64_t m)
{
	double n = 0, sum[RECALIBRATION_KINDS] = { 0 };
	for (int64_t k = m; k < s->n_patients; k++)
		for (int64_t i = s->first[s->shuffle[k]]; i < s->first[s->shuffle[k] + 1]; i++) {
			n++;
			for (int kind = 0; kind < RECALIBRATION_KINDS; kind++)
				sum[kind] += fabs(c[kind].intercept + c[kind].slope * s->prediction[i] -
						  s->reference[i]);
		}
	for (int kind = 0; kind < RECALIBRATION_KINDS; kind++)
		mae[kind] = sum[kind] / n;
}

static void summarize(struct recalibration *r, int kind, double *mae, int64_t n)
{
	double mean = 0;
	for (int64_t d = 0; d < n; d++)
		mean += mae[d] / (double)n;
	if (!isfinite(mean))
		return;
	r->mae[kind] = mean;
	r->spread[kind].lo = order_quantile(mae, n, 0.025);
	r->spread[kind].hi = order_quantile(mae, n, 0.975);
}

int recalibration_compute(struct recalibration *r, const double *reference, const double *prediction,
	const int64_t *cluster, int64_t n, int64_t n_local, int64_t n_draws, uint64_t seed)
{
	struct memory block = { 0 };
	const struct interval none = interval_undefined();
	*r = (struct recalibration){ n_local, 0, { NAN, NAN, NAN }, { none, none, none } };
	size_t bytes = (size_t)(2 * n + 1) * sizeof(int64_t) +
		       RECALIBRATION_KINDS * (size_t)n_draws * sizeof(double);
	if (memory_alloc(&block, NULL, bytes, "recalibration") != 0)
		return -1;
	double *mae = block.data;
	struct site s = { reference, prediction, n, 0, (int64_t *)(mae + RECALIBRATION_KINDS * n_draws),
		NULL };
	s.shuffle = s.first + n + 1;
	find_patients(&s, cluster);
	r->n_left = s.n_patients - n_local;
	for (int64_t d = 0; r->n_left > 0 && d < n_draws; d++) {
		struct correction correction[RECALIBRATION_KINDS];
		double left[RECALIBRATION_KINDS];
		choose(&s, n_local, seed, d);
		fit(correction, &s, n_local);
		measure(left, correction, &s, n_local);
		for (int kind = 0; kind < RECALIBRATION_KINDS; kind++)
			mae[kind * n_draws + d] = left[kind];
	}
	for (int kind = 0; r->n_left > 0 && kind < RECALIBRATION_KINDS; kind++)
		summarize(r, kind, mae + kind * n_draws, n_draws);
	memory_free(&block);
	return 0;
}

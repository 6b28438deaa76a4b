#include "eval/stats/roc.h"

#include <math.h>
#include <stdlib.h>

#include "host/run/err.h"

static int by_score(const void *left, const void *right)
{
	const struct roc_ranked *a = left, *b = right;
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int by_score_down(const void *left, const void *right)
{
	return by_score(right, left);
}

/* The end of the run of equal scores that starts at `from`, with its counts. */
static int64_t tie_end(const struct roc *r, int64_t from, int64_t *cases, int64_t *controls)
{
	int64_t to = from;
	*cases = *controls = 0;
	for (; to < r->n && r->ranked[to].score == r->ranked[from].score; to++) {
		if (r->is_case[r->ranked[to].row])
			++*cases;
		else
			++*controls;
	}
	return to;
}

static void set_placements(struct roc *r, double *placement)
{
	int64_t cases_above = 0, controls_below = r->n_controls, twice_pairs = 0;
	for (int64_t from = 0, to = 0; from < r->n; from = to) {
		int64_t cases, controls;
		to = tie_end(r, from, &cases, &controls);
		controls_below -= controls;
		double of_case = (double)(2 * controls_below + controls) / (2.0 * (double)r->n_controls);
		double of_control = (double)(2 * cases_above + cases) / (2.0 * (double)r->n_cases);
		for (int64_t i = from; i < to; i++) {
			int64_t row = r->ranked[i].row;
			placement[row] = r->is_case[row] ? of_case : of_control;
		}
		twice_pairs += cases * (2 * controls_below + controls);
		cases_above += cases;
	}
	r->auc = (double)twice_pairs / (2.0 * (double)r->n_cases * (double)r->n_controls);
}

int roc_init(
	struct roc *r, const double *score, const uint8_t *is_case, int64_t n, enum roc_direction direction)
{
	*r = (struct roc){ 0 };
	size_t ranked_bytes = (size_t)n * sizeof(struct roc_ranked);
	if (memory_alloc(&r->block, NULL, ranked_bytes + (size_t)n * sizeof(double), "ROC ranks") != 0)
		return -1;
	struct roc_ranked *ranked = r->block.data;
	double *placement = n ? (double *)((char *)r->block.data + ranked_bytes) : NULL;
	r->direction = direction;
	r->n = n;
	r->is_case = is_case;
	r->ranked = ranked;
	r->placement = placement;
	r->auc = NAN;
	for (int64_t i = 0; i < n; i++) {
		if (!isfinite(score[i])) {
			roc_free(r);
			return ERR_INVALID("ROC: score %lld is not finite", (long long)i);
		}
		ranked[i] = (struct roc_ranked){ score[i], i };
		placement[i] = NAN;
		r->n_cases += is_case[i] != 0;
	}
	r->n_controls = n - r->n_cases;
	if (n > 0)
		qsort(ranked, (size_t)n, sizeof(*ranked),
			direction == ROC_LOWER_IS_CASE ? by_score : by_score_down);
	if (r->n_cases > 0 && r->n_controls > 0)
		set_placements(r, placement);
	return 0;
}

void roc_free(struct roc *r)
{
	memory_free(&r->block);
	*r = (struct roc){ 0 };
}

double roc_variance(const struct roc *r)
{
	double case_square = 0, control_square = 0;
	double m = (double)r->n_cases, n = (double)r->n_controls;
	if (r->n_cases < 2 || r->n_controls < 2)
		return NAN;
	for (int64_t i = 0; i < r->n; i++) {
		double d = r->placement[i] - r->auc;
		if (r->is_case[i])
			case_square += d * d;
		else
			control_square += d * d;
	}
	return case_square / (m - 1) / m + control_square / (n - 1) / n;
}

struct cluster_sum {
	double case_excess, control_excess; /* sums of placement - AUC */
	int64_t cases, controls;
};

static double combine(const struct roc *r, const struct cluster_sum *sum, int64_t n_clusters)
{
	double m = (double)r->n_cases, n = (double)r->n_controls;
	double s10 = 0, s01 = 0, s11 = 0, with_case = 0, with_control = 0, with_any = 0;
	for (int64_t k = 0; k < n_clusters; k++) {
		s10 += sum[k].case_excess * sum[k].case_excess;
		s01 += sum[k].control_excess * sum[k].control_excess;
		s11 += sum[k].case_excess * sum[k].control_excess;
		with_case += sum[k].cases > 0;
		with_control += sum[k].controls > 0;
		with_any += sum[k].cases + sum[k].controls > 0;
	}
	if (with_case < 2 || with_control < 2)
		return NAN;
	s10 *= with_case / ((with_case - 1) * m);
	s01 *= with_control / ((with_control - 1) * n);
	s11 *= with_any / (with_any - 1);
	return s10 / m + s01 / n + 2 * s11 / (m * n);
}

int roc_clustered_variance(double *variance, const struct roc *r, const int64_t *cluster, int64_t n_clusters)
{
	struct memory block = { 0 };
	*variance = NAN;
	if (r->n_cases < 1 || r->n_controls < 1)
		return 0;
	if (memory_alloc(&block, NULL, (size_t)n_clusters * sizeof(struct cluster_sum), "ROC clusters") != 0)
		return -1;
	struct cluster_sum *sum = block.data;
	for (int64_t i = 0; i < r->n; i++) {
		struct cluster_sum *s = &sum[cluster[i]];
		double excess = r->placement[i] - r->auc;
		if (r->is_case[i]) {
			s->case_excess += excess;
			s->cases++;
		} else {
			s->control_excess += excess;
			s->controls++;
		}
	}
	*variance = combine(r, sum, n_clusters);
	memory_free(&block);
	return 0;
}

int roc_curve_init(struct roc_curve *c, const struct roc *r)
{
	*c = (struct roc_curve){ 0 };
	if (memory_alloc(&c->block, NULL, (size_t)(r->n + 1) * sizeof(struct roc_point), "ROC curve") != 0)
		return -1;
	c->points = c->block.data;
	const double outermost = r->direction == ROC_LOWER_IS_CASE ? -INFINITY : INFINITY;
	c->points[c->n++] = (struct roc_point){ outermost, 0, 0 };
	for (int64_t from = 0, to = 0; from < r->n; from = to) {
		int64_t cases, controls;
		to = tie_end(r, from, &cases, &controls);
		const struct roc_point *last = &c->points[c->n - 1];
		double here = r->ranked[from].score;
		double threshold = to < r->n ? here + (r->ranked[to].score - here) / 2 : -outermost;
		c->points[c->n++] = (struct roc_point){ threshold, last->tp + cases, last->fp + controls };
	}
	return 0;
}

void roc_curve_free(struct roc_curve *c)
{
	memory_free(&c->block);
	*c = (struct roc_curve){ 0 };
}

#include "eval/stats/roc_cut.h"

#include <math.h>

struct place {
	double fpr, tpr;
};

static struct place place_of(const struct roc_curve *c, int64_t i)
{
	const struct roc_point *last = &c->points[c->n - 1], *p = &c->points[i];
	return (struct place){ (double)p->fp / (double)last->fp, (double)p->tp / (double)last->tp };
}

struct roc_cut roc_cut_youden(const struct roc_curve *c)
{
	const struct roc_point *last = &c->points[c->n - 1];
	int64_t best = 0, best_j = 0; /* J times cases times controls: whole numbers compare exactly */
	for (int64_t i = 0; i < c->n; i++) {
		int64_t j = c->points[i].tp * last->fp - c->points[i].fp * last->tp;
		if (j >= best_j) {
			best = i;
			best_j = j;
		}
	}
	const struct roc_point *p = &c->points[best];
	double j = (double)best_j / ((double)last->fp * (double)last->tp);
	return (struct roc_cut){ p->threshold, p->tp, p->fp, j };
}

static double clip(double x, double lo, double hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

static double height(struct place a, struct place b, double fpr)
{
	return a.tpr + (b.tpr - a.tpr) * (fpr - a.fpr) / (b.fpr - a.fpr);
}

double roc_cut_partial_auc(const struct roc_curve *c, double lo, double hi)
{
	double area = 0, left = 1 - hi, right = 1 - lo;
	for (int64_t i = 1; i < c->n; i++) {
		struct place a = place_of(c, i - 1), b = place_of(c, i);
		double from = clip(a.fpr, left, right), to = clip(b.fpr, left, right);
		if (to > from)
			area += (to - from) * (height(a, b, from) + height(a, b, to)) / 2;
	}
	return area;
}

double roc_cut_standardized(double partial_auc, double lo, double hi)
{
	double chance = (hi - lo) * (1 - (lo + hi) / 2);
	return (1 + (partial_auc - chance) / (hi - lo - chance)) / 2;
}

double roc_cut_sensitivity_at(const struct roc_curve *c, double specificity)
{
	double fpr = 1 - specificity, sensitivity = 0;
	for (int64_t i = 0; i < c->n; i++) {
		struct place b = place_of(c, i);
		if (b.fpr > fpr + 1e-12)
			return i > 0 ? height(place_of(c, i - 1), b, fpr) : sensitivity;
		sensitivity = b.tpr;
	}
	return sensitivity;
}

#include "eval/stats/kappa.h"

#include <math.h>

#include "host/run/err.h"

static double weight_of(int i, int j, int n, enum kappa_weights weights)
{
	double apart = fabs((double)(i - j)) / (double)(n - 1);
	switch (weights) {
	case KAPPA_LINEAR:
		return 1 - apart;
	case KAPPA_QUADRATIC:
		return 1 - apart * apart;
	default:
		return i == j;
	}
}

struct margins {
	double row[KAPPA_CLASSES], column[KAPPA_CLASSES];		/* shares */
	double row_weight[KAPPA_CLASSES], column_weight[KAPPA_CLASSES]; /* mean weights */
	double total, observed, expected;
};

static void set_margins(struct margins *m, const int64_t *count, int n, enum kappa_weights weights)
{
	for (int i = 0; i < n * n; i++)
		m->total += (double)count[i];
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			double share = (double)count[i * n + j] / m->total;
			m->row[i] += share;
			m->column[j] += share;
			m->observed += weight_of(i, j, n, weights) * share;
		}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			double w = weight_of(i, j, n, weights);
			m->row_weight[i] += m->column[j] * w;
			m->column_weight[j] += m->row[i] * w;
			m->expected += m->row[i] * m->column[j] * w;
		}
}

void kappa_compute(struct kappa *k, const int64_t *count, int n_classes, enum kappa_weights weights)
{
	struct margins m = { 0 };
	if (n_classes < 2 || n_classes > KAPPA_CLASSES)
		BUG("kappa of %d classes", n_classes);
	*k = (struct kappa){ NAN, NAN, interval_undefined() };
	set_margins(&m, count, n_classes, weights);
	if (!(m.total > 0) || !(1 - m.expected > 1e-12))
		return;
	double chance = m.expected, value = (m.observed - chance) / (1 - chance), square = 0;
	for (int i = 0; i < n_classes; i++)
		for (int j = 0; j < n_classes; j++) {
			double share = (double)count[i * n_classes + j] / m.total;
			double term = weight_of(i, j, n_classes, weights) -
				      (m.row_weight[i] + m.column_weight[j]) * (1 - value);
			square += share * term * term;
		}
	double centre = value - chance * (1 - value);
	double variance = (square - centre * centre) / (m.total * (1 - chance) * (1 - chance));
	k->value = value;
	k->variance = variance > 0 ? variance : 0;
	k->ci = interval_wald(value, sqrt(k->variance), -1, 1);
}

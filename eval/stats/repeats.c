#include "eval/stats/repeats.h"

#include <math.h>

#include "eval/stats/distributions.h"

struct sums {
	double square, cv_square; /* of deviations; of CVs */
};

static void add_subject(struct repeats *r, struct sums *sums, const double *value, int64_t n)
{
	double mean = 0, square = 0;
	if (n < 2)
		return;
	for (int64_t i = 0; i < n; i++)
		mean += value[i] / (double)n;
	for (int64_t i = 0; i < n; i++)
		square += (value[i] - mean) * (value[i] - mean);
	r->n_subjects++;
	r->df += n - 1;
	sums->square += square;
	sums->cv_square += square / (double)(n - 1) / (mean * mean);
}

void repeats_compute(struct repeats *r, const double *value, const int64_t *subject, int64_t n)
{
	struct sums sums = { 0, 0 };
	*r = (struct repeats){ 0, 0, NAN, NAN, NAN, interval_undefined(), interval_undefined() };
	for (int64_t from = 0, to = 0; from < n; from = to) {
		while (to < n && subject[to] == subject[from])
			to++;
		add_subject(r, &sums, value + from, to - from);
	}
	if (r->n_subjects == 0)
		return;
	double df = (double)r->df, sd = sqrt(sums.square / df);
	r->rms_sd = sd;
	r->rms_cv_percent = 100 * sqrt(sums.cv_square / (double)r->n_subjects);
	r->rms_cv_percent = isfinite(r->rms_cv_percent) ? r->rms_cv_percent : NAN;
	r->lsc = REPEATS_LSC * sd;
	r->rms_sd_ci.lo = sd * sqrt(df / distributions_chi2_quantile(0.975, df));
	r->rms_sd_ci.hi = sd * sqrt(df / distributions_chi2_quantile(0.025, df));
	r->lsc_ci.lo = REPEATS_LSC * r->rms_sd_ci.lo;
	r->lsc_ci.hi = REPEATS_LSC * r->rms_sd_ci.hi;
}

#include "eval/stats/icc.h"

#include <math.h>

#include "eval/stats/distributions.h"

/* Sums of squares of the two-way table, by deviations. */
static void set_mean_squares(struct icc *c, const double *x)
{
	int64_t rows = c->n_subjects, columns = c->n_raters;
	double n = (double)rows, k = (double)columns, grand = 0, subjects = 0, raters = 0, within = 0;
	for (int64_t i = 0; i < rows * columns; i++)
		grand += x[i];
	grand /= n * k;
	for (int64_t i = 0; i < rows; i++) {
		double mean = 0;
		for (int64_t j = 0; j < columns; j++)
			mean += x[i * columns + j];
		mean /= k;
		subjects += k * (mean - grand) * (mean - grand);
		for (int64_t j = 0; j < columns; j++)
			within += (x[i * columns + j] - mean) * (x[i * columns + j] - mean);
	}
	for (int64_t j = 0; j < columns; j++) {
		double mean = 0;
		for (int64_t i = 0; i < rows; i++)
			mean += x[i * columns + j];
		mean /= n;
		raters += n * (mean - grand) * (mean - grand);
	}
	c->ms_subjects = subjects / (n - 1);
	c->ms_raters = raters / (k - 1);
	c->ms_within = within / (n * (k - 1));
	double error = within - raters;
	c->ms_error = error > 0 ? error / ((n - 1) * (k - 1)) : 0;
}

/* (F - 1) / (F + k - 1) and 1 - 1/F, for F and its bounds: forms 1 and 3. */
static void set_by_f(struct icc *c, enum icc_form form, double f, double df1, double df2)
{
	double k = (double)c->n_raters;
	double lo = f / distributions_f_quantile(0.975, df1, df2),
	       hi = f * distributions_f_quantile(0.975, df2, df1);
	c->single[form].value = (f - 1) / (f + k - 1);
	c->single[form].ci = (struct interval){ (lo - 1) / (lo + k - 1), (hi - 1) / (hi + k - 1) };
	c->average[form].value = 1 - 1 / f;
	c->average[form].ci = (struct interval){ 1 - 1 / lo, 1 - 1 / hi };
}

/* Absolute agreement; the degrees of freedom are Satterthwaite's. */
static void set_agreement(struct icc *c)
{
	double n = (double)c->n_subjects, k = (double)c->n_raters;
	double msb = c->ms_subjects, msj = c->ms_raters, mse = c->ms_error;
	struct icc_value *single = &c->single[ICC_2], *average = &c->average[ICC_2];
	double rho = (msb - mse) / (msb + (k - 1) * mse + k * (msj - mse) / n);
	single->value = rho;
	average->value = (msb - mse) / (msb + (msj - mse) / n);
	double fj = msj / mse, part = n * (1 + (k - 1) * rho) - k * rho;
	double df = (k - 1) * (n - 1) * pow(k * rho * fj + part, 2) /
		    ((n - 1) * k * k * rho * rho * fj * fj + part * part);
	if (!isfinite(df))
		return;
	double upper = distributions_f_quantile(0.975, n - 1, df),
	       lower = distributions_f_quantile(0.975, df, n - 1);
	double noise = k * msj + (k * n - k - n) * mse;
	double lo = n * (msb - upper * mse) / (upper * noise + n * msb);
	double hi = n * (lower * msb - mse) / (noise + n * lower * msb);
	single->ci = (struct interval){ lo, hi };
	average->ci = (struct interval){ lo * k / (1 + lo * (k - 1)), hi * k / (1 + hi * (k - 1)) };
}

void icc_compute(struct icc *c, const double *ratings, int64_t n_subjects, int64_t n_raters)
{
	const struct icc_value none = { NAN, interval_undefined() };
	*c = (struct icc){ n_subjects, n_raters, NAN, NAN, NAN, NAN, { none, none, none },
		{ none, none, none } };
	if (n_subjects < 2 || n_raters < 2)
		return;
	set_mean_squares(c, ratings);
	double n = (double)n_subjects, k = (double)n_raters;
	if (c->ms_within > 0)
		set_by_f(c, ICC_1, c->ms_subjects / c->ms_within, n - 1, n * (k - 1));
	if (!(c->ms_error > 0))
		return;
	set_by_f(c, ICC_3, c->ms_subjects / c->ms_error, n - 1, (n - 1) * (k - 1));
	set_agreement(c);
}

#include "eval/stats/logistic.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { STEPS = 100, N = LOGISTIC_TERMS };
static const double SEPARATED = 40; /* |linear predictor| that no honest data need */

/* Lower Cholesky factor in place; false when the matrix is not positive definite. */
static bool factorize(double a[N][N], int n)
{
	for (int j = 0; j < n; j++) {
		double whole = a[j][j];
		for (int k = 0; k < j; k++)
			a[j][j] -= a[j][k] * a[j][k];
		if (!(a[j][j] > 1e-12 * whole))
			return false;
		a[j][j] = sqrt(a[j][j]);
		for (int i = j + 1; i < n; i++) {
			for (int k = 0; k < j; k++)
				a[i][j] -= a[i][k] * a[j][k];
			a[i][j] /= a[j][j];
		}
	}
	return true;
}

/* L L' x = b, in place. */
static void solve(double l[N][N], double *b, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < i; k++)
			b[i] -= l[i][k] * b[k];
		b[i] /= l[i][i];
	}
	for (int i = n - 1; i >= 0; i--) {
		for (int k = i + 1; k < n; k++)
			b[i] -= l[k][i] * b[k];
		b[i] /= l[i][i];
	}
}

static double linear(const struct logistic *l, const double *x)
{
	double eta = l->beta[0];
	for (int k = 1; k < l->n_terms; k++)
		eta += l->beta[k] * x[k - 1];
	return eta;
}

double logistic_probability(const struct logistic *l, const double *x)
{
	return 1 / (1 + exp(-linear(l, x)));
}

/* Gradient and information at the current coefficients. */
static void add_rows(const struct logistic *l, double gradient[N], double information[N][N], const double *x,
	const uint8_t *y, int64_t n)
{
	int columns = l->n_terms - 1;
	memset(gradient, 0, sizeof(double) * N);
	memset(information, 0, sizeof(double) * N * N);
	for (int64_t i = 0; i < n; i++) {
		const double *row = x + i * columns;
		double p = logistic_probability(l, row), weight = p * (1 - p), residual = (double)y[i] - p;
		for (int j = 0; j < l->n_terms; j++) {
			double xj = j ? row[j - 1] : 1;
			gradient[j] += residual * xj;
			for (int k = 0; k <= j; k++)
				information[j][k] += weight * xj * (k ? row[k - 1] : 1);
		}
	}
}

static void set_errors(struct logistic *l, double factor[N][N])
{
	for (int k = 0; k < l->n_terms; k++) {
		double unit[N] = { 0 };
		unit[k] = 1;
		solve(factor, unit, l->n_terms);
		l->se[k] = sqrt(unit[k]);
	}
}

/* False when a plane separates the classes: the fit then runs away. */
static bool set_fit(struct logistic *l, const double *x, const uint8_t *y, int64_t n)
{
	double furthest = 0;
	l->log_likelihood = l->brier = 0;
	for (int64_t i = 0; i < n; i++) {
		double eta = linear(l, x + i * (l->n_terms - 1)), p = 1 / (1 + exp(-eta)),
		       signed_eta = y[i] ? eta : -eta;
		l->log_likelihood -= log1p(exp(-signed_eta));
		l->brier += (p - (double)y[i]) * (p - (double)y[i]) / (double)n;
		furthest = fmax(furthest, fabs(eta));
	}
	return furthest < SEPARATED && l->log_likelihood < -1e-6;
}

const char *logistic_fit(struct logistic *l, const double *x, const uint8_t *y, int64_t n, int n_columns)
{
	double gradient[N], information[N][N], cases = 0;
	*l = (struct logistic){ 0 };
	for (int64_t i = 0; i < n; i++)
		cases += y[i];
	if (n_columns + 1 > LOGISTIC_TERMS || n < 3 * (n_columns + 1))
		return "too few rows for so many covariates";
	if (cases == 0 || cases == (double)n)
		return "one class only";
	const double share = cases / (double)n;
	l->n_terms = n_columns + 1;
	l->beta[0] = log(share / (1 - share));
	l->null_deviance = -2 * (cases * log(share) + ((double)n - cases) * log(1 - share));
	for (int step = 0; step < STEPS; step++) {
		double decrement = 0;
		add_rows(l, gradient, information, x, y, n);
		if (!factorize(information, l->n_terms))
			break;
		set_errors(l, information);
		double move[N];
		memcpy(move, gradient, sizeof(move));
		solve(information, move, l->n_terms);
		for (int k = 0; k < l->n_terms; k++) {
			l->beta[k] += move[k];
			decrement += move[k] * gradient[k];
		}
		if (decrement <=
			1e-20 * (double)n) { /* the log-likelihood's distance from its maximum, doubled */
			if (set_fit(l, x, y, n))
				return NULL;
			break;
		}
	}
	l->n_terms = 0;
	return "no finite fit: covariates that determine each other, or classes that a plane separates";
}

#include "drr/quadrature.h"

#include <math.h>

#include "drr/spectrum.h"
#include "host/run/err.h"

/* The nodes are chosen behind this much metal: the best compromise between an open beam and 30 g/cm2 of it.
 */
#define TILT_G_CM2 0.4
/* Bins with less of the signal are noise to the recurrence. */
#define LEAST_SHARE 1e-15
#define ROTATIONS 50

enum { NODES = QUADRATURE_NODES };

/* The tilted signal as a discrete measure over ln(energy). */
struct measure {
	int n;
	double total; /* sum of the tilted weights before they were scaled to 1 */
	double x[SPECTRUM_BINS], root[SPECTRUM_BINS]; /* ln(keV); square root of the weight */
	const double *mu[SPECTRUM_BINS];	      /* (MATERIALS) cm2/g */
};

static void measure_fill(struct measure *m, const struct spectrum *s)
{
	double weight[SPECTRUM_BINS], total = 0;
	for (int b = 0; b < SPECTRUM_BINS; b++) {
		weight[b] = s->weight[b] * exp(-TILT_G_CM2 * s->mu_rho_cm2_g[b][MATERIAL_METAL]);
		total += weight[b];
	}
	*m = (struct measure){ .n = 0 };
	for (int b = 0; b < SPECTRUM_BINS; b++) {
		if (!(weight[b] > LEAST_SHARE * total))
			continue;
		m->x[m->n] = log(SPECTRUM_FIRST_KEV + b);
		m->root[m->n] = sqrt(weight[b]);
		m->mu[m->n++] = s->mu_rho_cm2_g[b];
		m->total += weight[b];
	}
	if (m->n == 0)
		BUG("a spectrum without signal");
	for (int i = 0; i < m->n; i++)
		m->root[i] /= sqrt(m->total);
}

/* Takes the first `count` polynomials out of v, twice for full precision, and scales it to 1; its length
 * before. */
static double orthonormalise(double v[SPECTRUM_BINS], double p[NODES][SPECTRUM_BINS], int count, int n)
{
	for (int twice = 0; twice < 2; twice++)
		for (int k = 0; k < count; k++) {
			double along = 0;
			for (int i = 0; i < n; i++)
				along += p[k][i] * v[i];
			for (int i = 0; i < n; i++)
				v[i] -= along * p[k][i];
		}
	double squares = 0;
	for (int i = 0; i < n; i++)
		squares += v[i] * v[i];
	for (int i = 0; i < n; i++)
		v[i] /= sqrt(squares);
	return sqrt(squares);
}

/* p[k]: orthonormal polynomials of degree k at the bins, times the root weight; matrix: multiplication by x.
 */
static void recurrence(double p[NODES][SPECTRUM_BINS], double matrix[NODES][NODES], const struct measure *m)
{
	for (int k = 0; k < NODES; k++)
		for (int j = 0; j < NODES; j++)
			matrix[k][j] = 0;
	for (int i = 0; i < m->n; i++)
		p[0][i] = m->root[i];
	for (int k = 0; k < NODES; k++) {
		for (int i = 0; i < m->n; i++)
			matrix[k][k] += m->x[i] * p[k][i] * p[k][i];
		if (k + 1 == NODES)
			return;
		for (int i = 0; i < m->n; i++)
			p[k + 1][i] = m->x[i] * p[k][i];
		matrix[k][k + 1] = matrix[k + 1][k] = orthonormalise(p[k + 1], p, k + 1, m->n);
	}
}

/* Jacobi's rotation of rows and columns a and b that makes matrix[a][b] zero. */
static void rotate(double matrix[NODES][NODES], double vectors[NODES][NODES], int a, int b)
{
	double theta = (matrix[b][b] - matrix[a][a]) / (2 * matrix[a][b]);
	double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
	double c = 1 / sqrt(t * t + 1), s = t * c;
	for (int k = 0; k < NODES; k++) {
		double at_a = matrix[k][a], at_b = matrix[k][b];
		matrix[k][a] = c * at_a - s * at_b;
		matrix[k][b] = s * at_a + c * at_b;
	}
	for (int k = 0; k < NODES; k++) {
		double at_a = matrix[a][k], at_b = matrix[b][k];
		matrix[a][k] = c * at_a - s * at_b;
		matrix[b][k] = s * at_a + c * at_b;
		at_a = vectors[k][a];
		at_b = vectors[k][b];
		vectors[k][a] = c * at_a - s * at_b;
		vectors[k][b] = s * at_a + c * at_b;
	}
}

/* Eigenvalues onto the diagonal, eigenvectors into the columns of `vectors`. */
static void diagonalise(double matrix[NODES][NODES], double vectors[NODES][NODES])
{
	for (int k = 0; k < NODES; k++)
		for (int j = 0; j < NODES; j++)
			vectors[k][j] = k == j;
	for (int sweep = 0; sweep < ROTATIONS; sweep++) {
		double off = 0;
		for (int a = 0; a < NODES; a++)
			for (int b = a + 1; b < NODES; b++) {
				if (!(fabs(matrix[a][b]) > 1e-300))
					continue;
				off += matrix[a][b] * matrix[a][b];
				rotate(matrix, vectors, a, b);
			}
		if (!(off > 1e-30))
			return;
	}
}

static int rank_of(double matrix[NODES][NODES], int node)
{
	int rank = 0;
	for (int k = 0; k < NODES; k++)
		rank += matrix[k][k] < matrix[node][node];
	return rank;
}

/* One node: its weight in the open beam (not yet scaled to sum 1) and its attenuations. */
static void node_fill(struct quadrature *q, int to, const struct measure *m, double p[NODES][SPECTRUM_BINS],
	double vectors[NODES][NODES], int node)
{
	double first = vectors[0][node], log_mu[MATERIALS] = { 0 };
	for (int i = 0; i < m->n; i++) {
		double polynomial = 0;
		for (int k = 0; k < NODES; k++)
			polynomial += vectors[k][node] * p[k][i];
		for (int k = 0; k < MATERIALS; k++)
			log_mu[k] += m->root[i] * polynomial / first * log(m->mu[i][k]);
	}
	for (int k = 0; k < MATERIALS; k++)
		q->mu_rho_cm2_g[to][k] = exp(log_mu[k]);
	q->weight[to] = m->total * first * first * exp(TILT_G_CM2 * q->mu_rho_cm2_g[to][MATERIAL_METAL]);
}

static void copy_bins(struct quadrature *q, const struct spectrum *s)
{
	for (int b = 0; b < SPECTRUM_BINS; b++) {
		if (!(s->weight[b] > 0))
			continue;
		q->weight[q->n] = s->weight[b];
		for (int k = 0; k < MATERIALS; k++)
			q->mu_rho_cm2_g[q->n][k] = s->mu_rho_cm2_g[b][k];
		q->n++;
	}
}

void quadrature_of_spectrum(struct quadrature *q, const struct spectrum *s)
{
	struct measure m;
	double p[NODES][SPECTRUM_BINS], matrix[NODES][NODES], vectors[NODES][NODES], sum = 0;
	int bins = 0;
	*q = (struct quadrature){ .n = 0 };
	for (int b = 0; b < SPECTRUM_BINS; b++)
		bins += s->weight[b] > 0;
	measure_fill(&m, s);
	if (bins <= NODES || m.n <= NODES) {
		if (bins > NODES)
			BUG("a spectrum of %d bins with signal in %d", bins, m.n);
		copy_bins(q, s);
		return;
	}
	recurrence(p, matrix, &m);
	diagonalise(matrix, vectors);
	for (int node = 0; node < NODES; node++)
		node_fill(q, rank_of(matrix, node), &m, p, vectors, node);
	q->n = NODES;
	for (int node = 0; node < NODES; node++)
		sum += q->weight[node];
	for (int node = 0; node < NODES; node++)
		q->weight[node] /= sum;
}

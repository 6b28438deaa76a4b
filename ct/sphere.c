#include "ct/sphere.h"
#include <math.h>
#include <string.h>
#include "ct/vec3.h"

/* Solves the symmetric m x = b by elimination with pivots; x replaces b.  -1 when (nearly) singular. */
static int solve4(double m[4][4], double b[4])
{
	double scale = 0;
	for (int i = 0; i < 4; i++)
		scale = fmax(scale, fabs(m[i][i]));
	for (int k = 0; k < 4; k++) {
		int pivot = k;
		for (int i = k + 1; i < 4; i++)
			if (fabs(m[i][k]) > fabs(m[pivot][k]))
				pivot = i;
		if (!(fabs(m[pivot][k]) > 1e-12 * scale))
			return -1;
		for (int j = 0; j < 4 && pivot != k; j++) {
			double swap = m[k][j];
			m[k][j] = m[pivot][j];
			m[pivot][j] = swap;
		}
		double swap = b[k];
		b[k] = b[pivot];
		b[pivot] = swap;
		for (int i = 0; i < 4; i++) {
			double factor = i == k ? 0 : m[i][k] / m[k][k];
			for (int j = k; j < 4; j++)
				m[i][j] -= factor * m[k][j];
			b[i] -= factor * b[k];
		}
	}
	for (int k = 0; k < 4; k++)
		b[k] /= m[k][k];
	return 0;
}

static void accumulate(double m[4][4], double b[4], const double row[4], double right, double weight)
{
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < 4; j++)
			m[i][j] += weight * row[i] * row[j];
		b[i] += weight * row[i] * right;
	}
}

int sphere_fit(struct sphere *s, const double *points_mm, const double *weights, int64_t n)
{
	/* |q|^2 = 2 c.q + (R^2 - |c|^2) with q from the points' mean, which keeps the numbers small. */
	double mean[3] = { 0 }, sum = 0, spread = 0, m[4][4] = { { 0 } }, b[4] = { 0 };
	for (int64_t i = 0; i < n; i++) {
		vec3_add(mean, mean, weights[i], points_mm + 3 * i);
		sum += weights[i];
	}
	if (!(sum > 0))
		return -1;
	for (int a = 0; a < 3; a++)
		mean[a] /= sum;
	for (int64_t i = 0; i < n; i++) {
		double q[3];
		vec3_add(q, points_mm + 3 * i, -1, mean);
		spread += weights[i] / sum * vec3_dot(q, q);
	}
	double unit = sqrt(spread); /* lengths in units of the spread: all columns alike */
	if (!(unit > 0))
		return -1;
	for (int64_t i = 0; i < n; i++) {
		double q[3];
		vec3_add(q, points_mm + 3 * i, -1, mean);
		const double row[4] = { q[0] / unit, q[1] / unit, q[2] / unit, 1 };
		accumulate(m, b, row, vec3_dot(q, q) / spread, weights[i] / sum);
	}
	if (solve4(m, b) != 0)
		return -1;
	double c[3] = { 0.5 * b[0] * unit, 0.5 * b[1] * unit, 0.5 * b[2] * unit };
	double square = b[3] * spread + vec3_dot(c, c);
	if (!(square > 0))
		return -1;
	vec3_add(s->centre_mm, mean, 1, c);
	s->radius_mm = sqrt(square);
	return 0;
}

int sphere_refine(
	struct sphere *s, double *step_mm, const double *points_mm, const double *weights, int64_t n)
{
	double m[4][4] = { { 0 } }, b[4] = { 0 };
	for (int64_t i = 0; i < n; i++) {
		double q[3];
		vec3_add(q, points_mm + 3 * i, -1, s->centre_mm);
		double length = vec3_length(q);
		if (!(length > 0))
			continue;
		const double row[4] = { q[0] / length, q[1] / length, q[2] / length, 1 };
		accumulate(m, b, row, length - s->radius_mm, weights[i]);
	}
	if (solve4(m, b) != 0)
		return -1;
	vec3_add(s->centre_mm, s->centre_mm, 1, b);
	s->radius_mm += b[3];
	*step_mm = fmax(fmax(fabs(b[0]), fabs(b[1])), fmax(fabs(b[2]), fabs(b[3])));
	return 0;
}

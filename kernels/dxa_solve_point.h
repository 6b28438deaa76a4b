/*
 * Two materials from the attenuations -ln(I/I0) at two beams: Newton's method, in double.  For beams of one
 * energy each the first step is the dual-energy equation s_b = (J_L - R J_H) / (mu_b,L - R mu_b,H) itself.
 */
#ifndef KERNELS_DXA_SOLVE_POINT_H
#define KERNELS_DXA_SOLVE_POINT_H
#include "kernels/kernel.h"

enum { DXA_SOLVE_STEPS = 20 };

/* One energy of a beam: its share of the open beam's signal, and mu/rho. */
struct dxa_solve_node {
	double weight;
	double soft_cm2_g, fat_cm2_g, mineral_cm2_g;
};
/* A beam behind its materials: -ln(I/I0), and its derivatives with respect to tissue and mineral (cm2/g). */
struct dxa_solve_beam {
	double attenuation, tissue_cm2_g, mineral_cm2_g;
};

/* nodes (n), rising energy: exponents are taken relative to the last. */
K_FN struct dxa_solve_beam dxa_solve_behind(
	const struct dxa_solve_node *nodes, int64_t n, double fat_fraction, double tissue, double mineral)
{
	double sum = 0, sum_tissue = 0, sum_mineral = 0, least = 0;
	for (int64_t k = n - 1; k >= 0; k--) {
		double mu = nodes[k].soft_cm2_g + fat_fraction * (nodes[k].fat_cm2_g - nodes[k].soft_cm2_g);
		double exponent = mu * tissue + nodes[k].mineral_cm2_g * mineral;
		least = k == n - 1 ? exponent : least;
		double signal = nodes[k].weight * exp(least - exponent);
		sum += signal;
		sum_tissue += signal * mu;
		sum_mineral += signal * nodes[k].mineral_cm2_g;
	}
	struct dxa_solve_beam beam;
	beam.attenuation = least - log(sum);
	sum = 1 / sum;
	beam.tissue_cm2_g = sum_tissue * sum;
	beam.mineral_cm2_g = sum_mineral * sum;
	return beam;
}

/* nodes: n_low of the low beam, then n_high of the high one.  Results in g/cm2; NaN of NaN. */
K_FN void dxa_solve_point(const struct dxa_solve_node *nodes, int64_t n_low, int64_t n_high,
	double fat_fraction, double low, double high, double *tissue, double *mineral)
{
	double t = 0, m = 0, last_step = 1;
	for (int step = 0; step < DXA_SOLVE_STEPS && !(last_step <= 1e-12 * (1 + fabs(t) + fabs(m)));
		step++) {
		struct dxa_solve_beam l = dxa_solve_behind(nodes, n_low, fat_fraction, t, m);
		struct dxa_solve_beam h = dxa_solve_behind(nodes + n_low, n_high, fat_fraction, t, m);
		/* Elimination of the tissue: what is left is R = mu_t,L / mu_t,H in the dual-energy equation.
		 */
		double ratio = l.tissue_cm2_g / h.tissue_cm2_g;
		double more_m = ((low - l.attenuation) - ratio * (high - h.attenuation)) /
				(l.mineral_cm2_g - ratio * h.mineral_cm2_g);
		double more_t = (high - h.attenuation - h.mineral_cm2_g * more_m) / h.tissue_cm2_g;
		t += more_t;
		m += more_m;
		last_step = fabs(more_t) + fabs(more_m);
	}
	*tissue = t;
	*mineral = m;
}
#endif

#include "drr/dxa_beam.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "drr/spectrum.h"
#include "host/run/err.h"
#include "kernels/dxa_solve_point.h"

static const struct {
	const char *name;
	double kev[DXA_ENERGIES];
} named[] = { { "40/70", { 40, 70 } }, { "38/70", { 38, 70 } }, { "45/100", { 45, 100 } } };

int dxa_beam_kev(struct dxa_beam *beam, double low_kev, double high_kev)
{
	const double kev[DXA_ENERGIES] = { low_kev, high_kev };
	*beam = (struct dxa_beam){ .name = "" };
	if (!(low_kev < high_kev))
		return ERR_USAGE("dual energy %g/%g keV: the low energy comes first", low_kev, high_kev);
	for (int e = 0; e < DXA_ENERGIES; e++) {
		beam->at[e].n = 1;
		beam->at[e].weight[0] = 1;
		for (int m = 0; m < MATERIALS; m++)
			if (attenuation_cm2_g(spectrum_material((enum material)m), kev[e],
				    &beam->at[e].mu_rho_cm2_g[0][m]) != 0)
				return -1;
	}
	snprintf(beam->name, sizeof(beam->name), "%g/%g keV", low_kev, high_kev);
	return 0;
}

int dxa_beam_named(struct dxa_beam *beam, const char *name)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(named[i].name, name) == 0)
			return dxa_beam_kev(beam, named[i].kev[DXA_LOW], named[i].kev[DXA_HIGH]);
	return ERR_USAGE("no dual-energy beam '%s': there are 40/70, 38/70 and 45/100 (keV)", name);
}

int dxa_beam_kvp(
	struct dxa_beam *beam, const double kvp[DXA_ENERGIES], const double added_al_mm[DXA_ENERGIES])
{
	struct spectrum s;
	*beam = (struct dxa_beam){ .name = "" };
	if (!(kvp[DXA_LOW] < kvp[DXA_HIGH]))
		return ERR_USAGE(
			"dual energy %g/%g kVp: the low voltage comes first", kvp[DXA_LOW], kvp[DXA_HIGH]);
	for (int e = 0; e < DXA_ENERGIES; e++) {
		if (spectrum_load(&s, kvp[e], added_al_mm[e]) != 0)
			return -1;
		beam->at[e] = s.quadrature;
	}
	snprintf(beam->name, sizeof(beam->name), "%g/%g kVp", kvp[DXA_LOW], kvp[DXA_HIGH]);
	return 0;
}

void dxa_beam_attenuation(double j[DXA_ENERGIES], const struct dxa_beam *beam, const double g_cm2[MATERIALS])
{
	for (int e = 0; e < DXA_ENERGIES; e++) {
		const struct quadrature *q = &beam->at[e];
		double least = 0, sum = 0;
		for (int k = q->n - 1; k >= 0; k--) {
			double exponent = 0;
			for (int m = 0; m < MATERIALS; m++)
				exponent += q->mu_rho_cm2_g[k][m] * g_cm2[m];
			least = k == q->n - 1 ? exponent : least;
			sum += q->weight[k] * exp(least - exponent);
		}
		j[e] = least - log(sum);
	}
}

void dxa_beam_nodes(struct dxa_solve_node *nodes, const struct dxa_beam *beam)
{
	for (int e = 0; e < DXA_ENERGIES; e++)
		for (int k = 0; k < beam->at[e].n; k++) {
			const double *mu = beam->at[e].mu_rho_cm2_g[k];
			*nodes++ = (struct dxa_solve_node){ .weight = beam->at[e].weight[k],
				.soft_cm2_g = mu[MATERIAL_SOFT],
				.fat_cm2_g = mu[MATERIAL_FAT],
				.mineral_cm2_g = mu[MATERIAL_MINERAL] };
		}
}

double dxa_beam_fat_fraction(const struct dxa_beam *beam, const double j[DXA_ENERGIES])
{
	struct dxa_solve_node nodes[DXA_ENERGIES * QUADRATURE_NODES];
	double soft, fat;
	dxa_beam_nodes(nodes, beam);
	/* Fat in the place of mineral. */
	for (int k = 0; k < beam->at[DXA_LOW].n + beam->at[DXA_HIGH].n; k++)
		nodes[k].mineral_cm2_g = nodes[k].fat_cm2_g;
	dxa_solve_point(
		nodes, beam->at[DXA_LOW].n, beam->at[DXA_HIGH].n, 0, j[DXA_LOW], j[DXA_HIGH], &soft, &fat);
	return fat / (soft + fat);
}

double dxa_beam_mineral(
	const struct dxa_beam *beam, const double j[DXA_ENERGIES], const double beside[DXA_ENERGIES])
{
	struct dxa_solve_node nodes[DXA_ENERGIES * QUADRATURE_NODES];
	double tissue, mineral;
	dxa_beam_nodes(nodes, beam);
	dxa_solve_point(nodes, beam->at[DXA_LOW].n, beam->at[DXA_HIGH].n, dxa_beam_fat_fraction(beam, beside),
		j[DXA_LOW], j[DXA_HIGH], &tissue, &mineral);
	return mineral;
}

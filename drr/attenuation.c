#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "host/files/number_table.h"
#include "drr/spectrum.h"
#include "host/run/embed.h"
#include "host/run/err.h"

EMBED(attenuation_csv, "drr/tables/attenuation.csv");

/* Nominal densities, g/cm3 (NIST, ICRU-44/46; drr/tables/README.md). */
static const struct {
	const char *material;
	double g_cm3;
} densities[] = {
	{ "water", 1 },
	{ "adipose_icrp", 0.92 },
	{ "adipose_icru44", 0.95 },
	{ "muscle_icrp", 1.04 },
	{ "muscle_icru44", 1.05 },
	{ "soft_tissue_icru4", 1 },
	{ "soft_tissue_icru44", 1.06 },
	{ "blood_icrp", 1.06 },
	{ "blood_icru44", 1.06 },
	{ "bone_cortical_icrp", 1.85 },
	{ "bone_cortical_icru44", 1.92 },
	{ "bone_compact_icru", 1.85 },
	{ "spongiosa_icru46", 1.18 },
	{ "red_marrow_icru44", 1.03 },
	{ "yellow_marrow_icru44", 0.98 },
	{ "hydroxyapatite", 3.156 },
	{ "k2hpo4", 2.44 },
	{ "cahpo4", 2.9 },
	{ "triglyceride", 0.92 },
	{ "pmma", 1.19 },
	{ "polyethylene_uhmw", 0.935 },
	{ "air", 0.001205 },
	{ "aluminium", 2.699 },
	{ "copper", 8.96 },
	{ "csi", 4.51 },
	{ "gos", 7.44 },
	{ "selenium", 4.3 },
	{ "titanium", 4.506 },
	{ "ti6al4v", 4.43 },
	{ "cocrmo", 8.29 },
	{ "steel_316l", 8 },
};

/* Rows between which a K-edge lies: the table says nothing about energies in between. */
static const struct {
	const char *material;
	int below_kev;
} edges[] = { { "csi", 33 }, { "csi", 35 }, { "gos", 50 }, { "selenium", 12 }, { "cocrmo", 19 } };

static struct number_table table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	number_table_parse(&table, (const char *)attenuation_csv);
	if (table.n_rows != SPECTRUM_BINS || number_table_at(&table, 0, 0) != SPECTRUM_FIRST_KEV)
		BUG("the attenuation table has other rows than %d to %d keV", SPECTRUM_FIRST_KEV,
			SPECTRUM_LAST_KEV);
}

int attenuation_cm2_g(const char *material, double kev, double *mu_rho)
{
	char column[80];
	pthread_once(&once, load);
	snprintf(column, sizeof(column), "%s_cm2_per_g", material);
	int c = number_table_find(&table, column);
	if (c < 0)
		return ERR_USAGE("unknown material '%s' in the attenuation table", material);
	if (!(kev >= SPECTRUM_FIRST_KEV && kev <= SPECTRUM_LAST_KEV))
		return ERR_USAGE("%g keV is outside the attenuation table (%d to %d keV)", kev,
			SPECTRUM_FIRST_KEV, SPECTRUM_LAST_KEV);
	int row = (int)kev - SPECTRUM_FIRST_KEV;
	double fraction = kev - floor(kev), low = number_table_at(&table, row, c);
	*mu_rho = low;
	if (fraction == 0)
		return 0;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		if (strcmp(edges[i].material, material) == 0 && edges[i].below_kev == (int)kev)
			return ERR_USAGE("%s has a K-edge between %d and %d keV: no value at %g keV",
				material, (int)kev, (int)kev + 1, kev);
	double high = number_table_at(&table, row + 1, c);
	double share = log(kev / floor(kev)) / log((floor(kev) + 1) / floor(kev));
	*mu_rho = exp((1 - share) * log(low) + share * log(high));
	return 0;
}

double attenuation_density_g_cm3(const char *material)
{
	for (size_t i = 0; i < sizeof(densities) / sizeof(densities[0]); i++)
		if (strcmp(densities[i].material, material) == 0)
			return densities[i].g_cm3;
	return 0;
}

#include "drr/cohort/mineral.h"

#include <string.h>

#include "ct/anatomy.h"
#include "host/run/err.h"

#define CALCIUM_OF_HYDROXYAPATITE 0.3989

static const struct {
	const char *name, *column;
	double g_cm3, calcium;
} tables[] = {
	{ "hydroxyapatite", NULL, 0, 0 },
	{ "cortical-icru44", "bone_cortical_icru44", 1.92, 0.225 },
	{ "cortical-icrp", "bone_cortical_icrp", 1.85, 0.2099 },
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static int find(const char *table)
{
	for (int i = 0; i < TABLES; i++)
		if (strcmp(tables[i].name, table) == 0)
			return i;
	return ERR_USAGE("mineral '%s': there are hydroxyapatite, cortical-icru44, cortical-icrp", table);
}

int mineral_check(const char *table)
{
	return find(table) < 0 ? -1 : 0;
}

int mineral_apply(struct spectrum *s, const char *table)
{
	int i = find(table);
	if (i < 0)
		return -1;
	if (!tables[i].column)
		return 0;
	double h = tables[i].g_cm3 * tables[i].calcium / CALCIUM_OF_HYDROXYAPATITE;
	double soft_g_cm3 = ANATOMY_SOFT_G_CM3 * (1 - h / ANATOMY_MINERAL_G_CM3);
	for (int b = 0; b < SPECTRUM_BINS; b++) {
		double bone;
		if (attenuation_cm2_g(tables[i].column, SPECTRUM_FIRST_KEV + b, &bone) != 0)
			return -1;
		s->mu_rho_cm2_g[b][MATERIAL_MINERAL] =
			(bone * tables[i].g_cm3 - s->mu_rho_cm2_g[b][MATERIAL_SOFT] * soft_g_cm3) / h;
	}
	quadrature_of_spectrum(&s->quadrature, s);
	return 0;
}

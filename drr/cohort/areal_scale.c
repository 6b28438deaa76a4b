/* Makers' scales of DXA, and T-scores. */
#include <string.h>

#include "drr/cohort/areal.h"
#include "host/run/err.h"

static const struct {
	const char *family;
	struct {
		double a, b;
	} line[AREAL_REGIONS]; /* total hip, neck */
} makers[] = { { "hologic", { { 0.006, 1.008 }, { 0.019, 1.087 } } },
	{ "lunar", { { -0.031, 0.979 }, { -0.023, 0.939 } } },
	{ "norland", { { 0.026, 1.012 }, { 0.006, 0.985 } } } };

static size_t maker_of(const char *family)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (strcmp(makers[i].family, family) == 0)
			return i;
	BUG("DXA family '%s'", family);
}

double areal_sbmd_mg_cm2(double bmd_g_cm2, enum areal_region region, const char *family)
{
	size_t i = maker_of(family);
	return 1000 * (makers[i].line[region].a + makers[i].line[region].b * bmd_g_cm2);
}

double areal_of_sbmd_g_cm2(double sbmd_mg_cm2, enum areal_region region, const char *family)
{
	size_t i = maker_of(family);
	return (sbmd_mg_cm2 / 1000 - makers[i].line[region].a) / makers[i].line[region].b;
}

double areal_t_score(double bmd_g_cm2, enum areal_region region, char sex)
{
	static const struct {
		double mean, sd;
	} young[AREAL_REGIONS][2] = { { { 0.942, 0.122 }, { 1.041, 0.144 } },
		{ { 0.858, 0.120 }, { 0.930, 0.137 } } };
	int man = sex != 'F';
	return (bmd_g_cm2 - young[region][man].mean) / young[region][man].sd;
}

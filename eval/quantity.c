#include "eval/quantity.h"

#include <stddef.h>
#include <string.h>

struct naming {
	const char *part, *text;
};

const char *quantity_unit(const char *column)
{
	static const struct naming suffixes[] = {
		{ "_mg_cm2", "mg/cm2" },
		{ "_g_cm2", "g/cm2" },
		{ "_mg_cm3", "mg/cm3" },
		{ "_g_cm3", "g/cm3" },
		{ "t_score", "T-score" },
		{ "z_score", "Z-score" },
		{ "yam_percent", "% YAM" },
	};
	size_t length = strlen(column);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t part = strlen(suffixes[i].part);
		if (length >= part && strcmp(column + length - part, suffixes[i].part) == 0)
			return suffixes[i].text;
	}
	return NULL;
}

bool quantity_is_areal(const char *unit)
{
	return unit && (strcmp(unit, "g/cm2") == 0 || strcmp(unit, "mg/cm2") == 0);
}

const char *quantity_typeset(const char *unit)
{
	static const struct naming units[] = {
		{ "mg/cm2", "mg/cm\302\262" },
		{ "g/cm2", "g/cm\302\262" },
		{ "mg/cm3", "mg/cm\302\263" },
		{ "g/cm3", "g/cm\302\263" },
	};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].part) == 0)
			return units[i].text;
	return unit;
}

const char *quantity_meaning(const char *column)
{
	static const struct naming prefixes[] = {
		{ "true_abmd", "true mineral areal BMD (known for synthetic subjects only)" },
		{ "true_vbmd", "true mineral volumetric BMD (known for synthetic subjects only)" },
		{ "abmd_mineral", "true mineral areal BMD (known for synthetic subjects only)" },
		{ "abmd_qct", "areal BMD from calibrated CT" },
		{ "abmd_dxa", "areal BMD by DXA" },
		{ "dxa_", "areal BMD by DXA" },
	};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(column, prefixes[i].part, strlen(prefixes[i].part)) == 0)
			return prefixes[i].text;
	return NULL;
}

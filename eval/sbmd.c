#include "eval/sbmd.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct maker {
	const char *names[3];
	struct sbmd_line total_hip, neck, trochanter;
};
static const struct maker makers[] = {
	{ { "hologic" }, { 0.006, 1.008 }, { 0.019, 1.087 }, { -0.017, 1.105 } },
	{ { "lunar", "ge", "ge lunar" }, { -0.031, 0.979 }, { -0.023, 0.939 }, { -0.042, 0.949 } },
	{ { "norland" }, { 0.026, 1.012 }, { 0.006, 0.985 }, { 0.057, 0.961 } },
};

const struct sbmd_line *sbmd_find(const char *region, const char *device)
{
	for (size_t m = 0; m < sizeof(makers) / sizeof(makers[0]); m++)
		for (int k = 0; k < 3 && makers[m].names[k]; k++) {
			if (strcasecmp(makers[m].names[k], device) != 0)
				continue;
			return strcmp(region, "total_hip") == 0	   ? &makers[m].total_hip
			       : strcmp(region, "neck") == 0	   ? &makers[m].neck
			       : strcmp(region, "trochanter") == 0 ? &makers[m].trochanter
								   : NULL;
		}
	return NULL;
}

double sbmd_mg_cm2(const struct sbmd_line *line, double bmd_g_cm2)
{
	return 1000 * (line->a + line->b * bmd_g_cm2);
}

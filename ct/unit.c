#include "ct/unit.h"
#include <stdio.h>
#include <string.h>
#include "host/run/err.h"

int unit_of_density(char unit[32], const char *text, const char *where)
{
	static const char *const known[][2] = {
		{ "mgHA/cm3", "mgHA/cm3" },
		{ "mgK2HPO4/cm3", "mgK2HPO4/cm3" },
		{ "mgHA/cc", "mgHA/cm3" },
		{ "mgK2HPO4/cc", "mgK2HPO4/cm3" },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(text, known[i][0]) == 0) {
			snprintf(unit, 32, "%s", known[i][1]);
			return 0;
		}
	return ERR_INVALID("%s: unit '%.40s' is not mgHA/cm3 or mgK2HPO4/cm3", where, text);
}

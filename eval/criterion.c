#include "eval/criterion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"

int criterion_parse(struct criterion *c, const char *text)
{
	static const char *const scales[] = { "value", "t", "yam" };
	size_t name = strcspn(text, "<");
	*c = (struct criterion){ 0 };
	for (int i = 0; i < 3; i++) {
		if (strlen(scales[i]) != name || strncmp(text, scales[i], name) != 0 || text[name] != '<')
			continue;
		const char *number = text + name + 1;
		char *end;
		c->scale = (enum criterion_scale)i;
		c->inclusive = *number == '=';
		number += c->inclusive;
		c->cut = strtod(number, &end);
		if (end != number && *end == '\0' && isfinite(c->cut))
			return 0;
	}
	return ERR_USAGE("'%s' is no criterion: give value<=X, t<=X or yam<=X, or < for <=", text);
}

bool criterion_holds(const struct criterion *c, double scaled)
{
	/* (0.9 - 1.0) / 0.1 is -0.9999999999999998: what is -1 on paper must be -1 here. */
	static const double slack = 1e-9;
	if (c->scale != CRITERION_VALUE)
		return c->inclusive ? scaled <= c->cut + slack : scaled < c->cut - slack;
	return c->inclusive ? scaled <= c->cut : scaled < c->cut;
}

double criterion_scaled(enum criterion_scale scale, double value, const struct young_adult *young)
{
	switch (scale) {
	case CRITERION_T:
		return (value - young->mean) / young->sd;
	case CRITERION_YAM:
		return 100 * value / young->mean;
	default:
		return value;
	}
}

#include "drr/cohort/population.h"

#include <stddef.h>

#include "host/run/err.h"

struct population population_external(void)
{
	return (struct population){ .women = 0.6,
		.age_low = 50,
		.age_high = 86,
		.density_spread = 1,
		.arthritis = { 0.55, 0.80, 0.92, 0.975, 1 },
		.finding = 1,
		.missing = 1 };
}

struct population population_development(void)
{
	return (struct population){ .women = 0.85,
		.age_low = 40,
		.age_high = 86,
		.age_mean = 63,
		.age_sd = 9,
		.density_spread = 0.57,
		.arthritis = { 0.08, 0.20, 0.36, 0.62, 1 },
		.finding = 1,
		.missing = 1 };
}

struct range {
	const char *name;
	double value, low, high;
};

int population_check(const struct population *p)
{
	const struct range ranges[] = { { "women", p->women, 0, 1 }, { "age_low", p->age_low, 20, 95 },
		{ "age_high", p->age_high, p->age_low + 1, 100 }, { "age_sd", p->age_sd, 0, 30 },
		{ "age_mean", p->age_mean, p->age_sd > 0 ? p->age_low : 0, 100 },
		{ "density_spread", p->density_spread, 0, 2 },
		{ "density_shift_g_cm2", p->density_shift_g_cm2, -0.2, 0.2 },
		{ "finding", p->finding, 0, 10 }, { "nails", p->nails, 0, 1 },
		{ "prostheses", p->prostheses, 0, 1 },
		{ "missing", p->missing, 0, 5 } };
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (!(ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high))
			return ERR_INVALID("population: %s = %g is outside %g .. %g", ranges[i].name,
				ranges[i].value, ranges[i].low, ranges[i].high);
	for (int g = 0; g < POPULATION_GRADES; g++)
		if (!(p->arthritis[g] >= (g > 0 ? p->arthritis[g - 1] : 0) && p->arthritis[g] <= 1))
			return ERR_INVALID("population: arthritis is not a rising share at grade %d", g);
	return 0;
}

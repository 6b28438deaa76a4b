#include "drr/cohort/background.h"

#include <math.h>

#include "host/run/err.h"

struct column {
	const char *name, *description;
	double women, men; /* shares; consequences have none */
	double effect_sd;  /* on density */
	double missing;	   /* share */
};
static const struct column columns[BACKGROUND_COLUMNS] = {
	[BACKGROUND_SMOKER] = { "smoker", "smokes now", 0.08, 0.25, -0.25, 0.05 },
	[BACKGROUND_ALCOHOL] = { "alcohol", "three or more units of alcohol a day", 0.02, 0.15, -0.15, 0.08 },
	[BACKGROUND_STEROIDS] = { "steroids", "oral glucocorticoids, now or for over three months", 0.04,
		0.04, -0.45, 0.04 },
	[BACKGROUND_RHEUMATOID] = { "rheumatoid_arthritis", "confirmed rheumatoid arthritis", 0.02, 0.01,
		-0.2, 0.03 },
	[BACKGROUND_PARENT_FRACTURE] = { "parental_hip_fracture", "a parent had a hip fracture", 0.08, 0.08,
		-0.2, 0.15 },
	[BACKGROUND_SECONDARY] = { "secondary_osteoporosis", "a disorder strongly tied to osteoporosis", 0.06,
		0.06, -0.3, 0.06 },
	[BACKGROUND_PREVIOUS_FRACTURE] = { "previous_fracture", "fragility fracture in adult life", 0, 0, 0,
		0.04 },
	[BACKGROUND_TREATED] = { "treated", "takes or took a drug against osteoporosis", 0, 0, 0, 0.07 },
};

const char *background_name(enum background_column column)
{
	return columns[column].name;
}

const char *background_description(enum background_column column)
{
	return columns[column].description;
}

static double share_of(const struct column *c, bool woman)
{
	return woman ? c->women : c->men;
}

void background_sample(struct background *b, bool woman, double age, struct rng *r)
{
	for (int i = 0; i < BACKGROUND_PREVIOUS_FRACTURE; i++) {
		double share = share_of(&columns[i], woman);
		/* Rheumatoid arthritis is drawn after steroids and brings half its patients there. */
		if (i == BACKGROUND_SMOKER)
			share *= fmax(1.3 - 0.015 * (age - 50), 0.3);
		if (i == BACKGROUND_RHEUMATOID && b->is[BACKGROUND_STEROIDS])
			share *= 8;
		if (i == BACKGROUND_ALCOHOL && b->is[BACKGROUND_SMOKER])
			share *= 1.8;
		b->is[i] = rng_uniform(r) < share;
	}
}

double background_effect(const struct background *b, bool woman)
{
	double z = 0;
	for (int i = 0; i < BACKGROUND_PREVIOUS_FRACTURE; i++)
		z += columns[i].effect_sd * (b->is[i] - share_of(&columns[i], woman));
	return z;
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

void background_consequences(struct background *b, bool woman, double age, double t_score, struct rng *r)
{
	double fracture = -2.6 + 0.03 * (age - 65) - 0.45 * (t_score + 1.5) +
			  0.5 * b->is[BACKGROUND_STEROIDS] + 0.3 * woman;
	b->is[BACKGROUND_PREVIOUS_FRACTURE] = rng_uniform(r) < logistic(fracture);
	double treated =
		-2.7 - 0.8 * (t_score + 1.8) + 1.0 * b->is[BACKGROUND_PREVIOUS_FRACTURE] + 0.6 * woman;
	b->is[BACKGROUND_TREATED] = rng_uniform(r) < logistic(treated);
}

unsigned background_missing(double age, double factor, struct rng *r)
{
	/* Who skips one question of the form tends to skip more of it. */
	double careless = exp(0.8 * rng_normal(r) - 0.32) * (age > 75 ? 1.5 : 1);
	unsigned bits = 0;
	for (int i = 0; i < BACKGROUND_MISSABLE; i++) {
		double share = i < BACKGROUND_COLUMNS ? careless * columns[i].missing : 0.015;
		if (rng_uniform(r) < factor * share)
			bits |= 1u << i;
	}
	return bits;
}

#include "drr/cohort/cohort.h"

#include <math.h>
#include <stdio.h>

#include "drr/cohort/stream.h"
#include "host/run/err.h"

enum { CANDIDATES = 400 };

const char *cohort_purpose(uint64_t seed)
{
	return seed >= COHORT_EVALUATION_SEED ? "evaluation" : "development";
}

int cohort_site(const struct cohort *c, int64_t index)
{
	int site = 0;
	if (!c->by_profile)
		return (int)(index % c->sites->n);
	while (site < c->sites->n - 1 && index >= c->sites->list[site].subjects)
		index -= c->sites->list[site++].subjects;
	return site;
}

static bool fits(const struct person *p, const struct site_population *wanted)
{
	return p->bmi >= wanted->bmi[0] && p->bmi <= wanted->bmi[1];
}

struct person cohort_person(const struct cohort *c, int64_t index)
{
	int number = cohort_site(c, index);
	const struct site *site = &c->sites->list[number];
	struct population who;
	if (site_recruits(&who, &site->population) != 0)
		BUG("site %s enrols nobody: %s", site->name, err_message());
	who.maps = site->anatomy.maps;
	struct person p = person_sample_of(&who, c->seed, index, number);
	for (uint64_t k = 1; k < CANDIDATES && !fits(&p, &site->population); k++)
		p = person_sample_of(&who, rng_mix(c->seed, k, STREAM_ENROL), index, number);
	snprintf(p.id, sizeof(p.id), "sub-%c%04d", site->letter, (int)(index % PERSON_MOST) + 1);
	return p;
}

int cohort_visits(const struct cohort *c, int64_t index)
{
	struct rng r = stream_of(c->seed, index, STREAM_VISIT, 0);
	double share = c->sites->list[cohort_site(c, index)].population.revisit_share;
	return rng_uniform(&r) < share ? 2 : 1;
}

double cohort_years(const struct cohort *c, int64_t index, int visit)
{
	struct rng r = stream_of(c->seed, index, STREAM_VISIT, visit);
	return visit == 0 ? 0 : rng_range(&r, 1, 3);
}

struct person cohort_person_at(const struct cohort *c, int64_t index, int visit)
{
	struct person p = cohort_person(c, index);
	double years = cohort_years(c, index, visit);
	double loss = p.sex == 'M' ? 0.0035 : p.age >= 50 && p.age < 80 ? 0.010 : 0.002;
	double left = pow(1 - loss, years);
	p.age = floor(p.age + years);
	p.density_target_g_cm2 *= left;
	for (int side = 0; side < ANATOMY_SIDES && visit > 0; side++) {
		struct anatomy_femur *f = &p.anatomy.femur[side];
		f->trabecular_mg_cm3 *= left;
		f->cortex_shaft_mm *= left;
		f->cortex_neck_mm *= left;
	}
	return p;
}

int64_t cohort_who(int64_t index, int visit)
{
	return index * COHORT_VISITS_MOST + visit;
}

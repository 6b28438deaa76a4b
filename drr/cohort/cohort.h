/* Who is in a cohort: which site a participant is of, whom a site takes, how often somebody comes. */
#ifndef DRR_COHORT_COHORT_H
#define DRR_COHORT_COHORT_H
#include "drr/cohort/person.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * Seeds below are for development; evaluation draws from seeds of its own, so that no participant, pose or noise of an
 * evaluation study was ever seen in development.
 */
#define COHORT_EVALUATION_SEED 1000000000
const char *cohort_purpose(uint64_t seed); /* "development", "evaluation"; dataset_description.json says it */
struct cohort {
	const struct sites *sites;
	uint64_t seed;
	bool by_profile; /* as many participants a site as its profile says, site after site; else in turn */
};
int cohort_site(const struct cohort *c, int64_t index); /* 0 .. n-1 */
/*
 * Participant 0 ..: a pure function of (cohort, index), of the population its site enrols (site_recruits).  Candidates
 * are drawn until one's BMI fits; of 400 that do not, the last is taken.
 */
struct person cohort_person(const struct cohort *c, int64_t index);
enum { COHORT_VISITS_MOST = 2 };
int cohort_visits(const struct cohort *c, int64_t index); /* 1 or 2 */
/* Years between the first visit and this one (0-based): 0, or 1 to 3. */
double cohort_years(const struct cohort *c, int64_t index, int visit);
/*
 * The person at that visit: older, with as many years' loss of mineral and cortex (women 1 % a year from 50 to 80, men
 * 0.35 %: physics-and-clinical.md 5).
 */
struct person cohort_person_at(const struct cohort *c, int64_t index, int visit);
/* One number for (participant, visit), for random streams. */
int64_t cohort_who(int64_t index, int visit);
#ifdef __cplusplus
}
#endif
#endif

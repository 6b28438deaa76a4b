/* Whom a site enrols: the population of its kind, narrowed to what the profile says. */
#include <math.h>
#include <string.h>

#include "drr/cohort/site.h"
#include "host/run/err.h"

int site_recruits(struct population *who, const struct site_population *wanted)
{
	if (strcmp(wanted->people, "general") == 0)
		*who = population_external();
	else if (strcmp(wanted->people, "arthroplasty") == 0)
		*who = population_development();
	else
		return ERR_USAGE("population: people '%s': there are general, arthroplasty", wanted->people);
	if (wanted->women_share >= 0)
		who->women = wanted->women_share;
	if (wanted->age_years[1] > 0) {
		who->age_low = wanted->age_years[0];
		who->age_high = wanted->age_years[1];
		who->age_mean = fmin(fmax(who->age_mean, who->age_low), who->age_high);
	}
	who->missing = wanted->missing;
	who->nails = wanted->nails;
	who->prostheses = wanted->prostheses;
	return population_check(who);
}

#include "eval/analysis_bootstrap.h"

#include <math.h>
#include <stdio.h>

#include "eval/stats/bootstrap_bca.h"

void analysis_bootstrap(struct estimates *e, const struct bootstrap *b, const char *name, enum bootstrap_statistic which,
	double value, const char *reason)
{
	char statistic[80];
	const int has_reason = reason && isnan(value);
	if (!b)
		return;
	snprintf(statistic, sizeof(statistic), "%s_bootstrap", name);
	estimates_add(e, statistic, value, bootstrap_interval(b, which), "bootstrap by patient, percentile",
		has_reason ? reason : "not defined in these rows or in over 5 % of the bootstrap samples");
	snprintf(statistic, sizeof(statistic), "%s_bca", name);
	estimates_add(e, statistic, value, bootstrap_bca(b, which), "bootstrap by patient, BCa",
		has_reason ? reason
			   : "not defined in these rows, without one of the patients, or in over 5 % of the bootstrap "
			     "samples; or all of these on one side of it");
}

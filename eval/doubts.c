#include "eval/doubts.h"

#include <math.h>
#include <string.h>

#include "eval/quantity.h"
#include "host/run/log.h"

static const double other_scale = 5; /* no network is that far off, a unit is */

static void tell_missing(const struct cases *c)
{
	if (c->n_missing > 0)
		log_warn("%lld of %lld rows have a missing value and are left out", (long long)c->n_missing,
			(long long)(c->n + c->n_missing));
	for (int64_t i = 0; i < c->n_sites; i++)
		if (strcmp(c->sites[i].name, "n/a") == 0 && c->n_sites > 1)
			log_warn("%lld of %lld rows have no site: they are shown as a site 'n/a'",
				(long long)c->sites[i].n, (long long)c->n);
}

static void tell_scale(const double value[METRIC_COUNT], const char *unit)
{
	const double reference = value[METRIC_REFERENCE_MEAN], prediction = value[METRIC_PREDICTION_MEAN];
	const bool far_from_zero = reference > 2 * value[METRIC_REFERENCE_SD] &&
				   prediction > 2 * value[METRIC_PREDICTION_SD];
	double ratio = fmax(reference, prediction) / fmin(reference, prediction);
	if (far_from_zero && ratio > other_scale)
		log_warn("the mean reference is %g and the mean prediction %g: are both in %s?", reference,
			prediction, unit ? unit : "one unit");
}

static void tell_direction(const double value[METRIC_COUNT])
{
	if (value[METRIC_R_HI] < 0)
		log_warn("r is %.3f: the prediction falls where the reference rises", value[METRIC_R]);
	if (value[METRIC_AUC_HI] < 0.5)
		log_warn("the AUC is %.3f: lower predictions mean disease, and it is not turned round",
			value[METRIC_AUC]);
}

void doubts_tell(const struct cases *c, const struct metrics *pooled, const char *unit)
{
	int64_t impossible = 0;
	tell_missing(c);
	tell_scale(pooled->value, unit);
	tell_direction(pooled->value);
	for (int64_t i = 0; quantity_is_areal(unit) && i < c->n; i++)
		impossible += !(c->prediction[i] > 0);
	if (impossible > 0)
		log_warn("%lld of %lld predictions are not above 0 %s: a failed one is written n/a",
			(long long)impossible, (long long)c->n, unit);
}

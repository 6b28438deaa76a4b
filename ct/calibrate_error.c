#include "ct/calibrate_error.h"
#include <math.h>

/* Of a rod: what the fit left over, in mg/cm3. */
static double residual(const struct calibration *c, int i)
{
	const struct calibration_rod *rod = &c->rods[i];
	if (!c->mindways.known)
		return calibration_residual_mg_cm3(c, i);
	/* slope and rods may have been converted to HA since: back to the K2HPO4 of the fit */
	const double factor = c->slope_mg_cm3_per_hu * c->mindways.sigma_ct,
		     offset = c->intercept_mg_cm3 + c->slope_mg_cm3_per_hu * c->mindways.beta_ct;
	const double k2hpo4 = (rod->mg_cm3 - offset) / factor;
	return c->slope_mg_cm3_per_hu * (rod->mean_hu - rod->water_mg_cm3 - c->mindways.sigma_ref * k2hpo4 -
						c->mindways.beta_ref);
}

struct calibration_error calibration_error_of(const struct calibration *c)
{
	struct calibration_error e = { .sd_mg_cm3 = NAN,
		.mean_mg_cm3 = NAN,
		.spread2 = NAN,
		.noise_mg_cm3 = NAN };
	double mean_hu = 0, mean = 0, squares = 0, spread_hu2 = 0, spread2 = 0, noise2 = 0;
	const int n = c->n_rods;
	if (n < 3 || c->quadratic_mg_cm3_per_hu2 != 0)
		return e;
	for (int i = 0; i < n; i++) {
		mean_hu += c->rods[i].mean_hu / n;
		mean += c->rods[i].mg_cm3 / n;
	}
	for (int i = 0; i < n; i++) {
		const double hu = c->rods[i].mean_hu - mean_hu, mg_cm3 = c->rods[i].mg_cm3 - mean;
		squares += residual(c, i) * residual(c, i);
		spread_hu2 += hu * hu;
		spread2 += mg_cm3 * mg_cm3;
		noise2 += c->rods[i].sd_hu * c->rods[i].sd_hu / n;
	}
	const double slope = c->slope_mg_cm3_per_hu;
	e.spread2 = c->mindways.known ? spread2 : slope * slope * spread_hu2;
	e.known = e.spread2 > 0 && isfinite(squares);
	e.freedom = n - 2;
	e.n = n;
	e.sd_mg_cm3 = sqrt(squares / (n - 2));
	e.mean_mg_cm3 = mean;
	e.noise_mg_cm3 = slope * sqrt(noise2);
	return e;
}

double calibration_error_at(const struct calibration_error *e, double mg_cm3)
{
	const double away = mg_cm3 - e->mean_mg_cm3;
	return e->known ? e->sd_mg_cm3 * sqrt(1 / e->n + away * away / e->spread2) : NAN;
}

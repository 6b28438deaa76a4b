#include "ct/calibrate.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ct/rods.h"
#include "host/run/err.h"

void calibration_defaults(struct calibration *c)
{
	*c = (struct calibration){
		.metal_threshold_hu = 2500,
		.metal_margin_mm = 3,
		.metal_minimum_cm3 = 0.1,
		.streak_threshold_hu = 120,
		.min_r2 = 1 - rods_limits.refuse_r2,
		.scan = scan_info_unknown()
	};
}

int calibration_line(const double *hu, const double *mg_cm3, int n, double *slope_mg_cm3_per_hu,
	double *intercept_mg_cm3, double *r2)
{
	double mean_hu = 0, mean_mg = 0, hu_hu = 0, hu_mg = 0, mg_mg = 0;
	if (n < 2)
		return ERR_INVALID("a calibration line needs at least 2 rods, has %d", n);
	for (int i = 0; i < n; i++) {
		if (!isfinite(hu[i]) || !isfinite(mg_cm3[i]))
			return ERR_INVALID("rod %d of the calibration line is not finite", i + 1);
		mean_hu += hu[i] / n;
		mean_mg += mg_cm3[i] / n;
	}
	for (int i = 0; i < n; i++) {
		double x = hu[i] - mean_hu, y = mg_cm3[i] - mean_mg;
		hu_hu += x * x;
		hu_mg += x * y;
		mg_mg += y * y;
	}
	if (!(hu_hu > 0) || !(mg_mg > 0))
		return ERR_INVALID(
			"all rods have the same %s: no calibration line", hu_hu > 0 ? "density" : "HU");
	*slope_mg_cm3_per_hu = hu_mg / hu_hu;
	*intercept_mg_cm3 = mean_mg - *slope_mg_cm3_per_hu * mean_hu;
	*r2 = hu_mg * hu_mg / (hu_hu * mg_mg);
	return 0;
}

static int fit_line(struct calibration *c, const struct phantom *phantom)
{
	double hu[PHANTOM_RODS], mg_cm3[PHANTOM_RODS], water[PHANTOM_RODS];
	for (int i = 0; i < c->n_rods; i++) {
		hu[i] = c->rods[i].mean_hu;
		mg_cm3[i] = c->rods[i].mg_cm3;
		water[i] = c->rods[i].water_mg_cm3;
	}
	if (!phantom->water_known)
		return calibration_line(
			hu, mg_cm3, c->n_rods, &c->slope_mg_cm3_per_hu, &c->intercept_mg_cm3, &c->r2);
	if (mindways_fit(&c->mindways, hu, mg_cm3, water, c->n_rods) != 0)
		return -1;
	c->slope_mg_cm3_per_hu = 1 / c->mindways.sigma_ct;
	c->intercept_mg_cm3 = -c->mindways.beta_ct / c->mindways.sigma_ct;
	c->r2 = c->mindways.r2;
	return 0;
}

double calibration_residual_mg_cm3(const struct calibration *c, int rod)
{
	return c->slope_mg_cm3_per_hu * c->rods[rod].mean_hu + c->intercept_mg_cm3 - c->rods[rod].mg_cm3;
}

int calibration_fit_rods(struct calibration *c, const struct phantom *phantom)
{
	snprintf(c->unit, sizeof c->unit, "%s", phantom->unit);
	snprintf(c->phantom, sizeof c->phantom, "%s", phantom->name);
	snprintf(c->serial, sizeof c->serial, "%s", phantom->serial);
	snprintf(c->method, sizeof c->method, "phantom");
	if (rods_check(c->rods, phantom) != 0 || fit_line(c, phantom) != 0 ||
		rods_check_slope(c->slope_mg_cm3_per_hu) != 0 || rods_check_r2(c->r2, c->min_r2) != 0)
		return err_prefix("phantom %s", phantom->name);
	return 0;
}

int calibration_fit(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct phantom *phantom)
{
	struct calibration fit = *c;
	if (volume_same_grid(ct_hu, "the CT", labels, "its labels") != 0)
		return -1;
	fit.n_rods = phantom->n_rods;
	snprintf(fit.rods_from, sizeof fit.rods_from, "labels");
	if (rods_measure(fit.rods, ct_hu, labels, phantom) != 0)
		return err_prefix("phantom %s", phantom->name);
	if (calibration_fit_rods(&fit, phantom) != 0)
		return -1;
	*c = fit;
	return 0;
}

void calibration_apply(const struct calibration *c, struct volume *hu_to_density)
{
	float *value = volume_f32(hu_to_density);
	int64_t n = volume_count(hu_to_density);
#pragma omp parallel for schedule(static)
	for (int64_t i = 0; i < n; i++)
		value[i] = (float)((c->quadratic_mg_cm3_per_hu2 * (double)value[i] + c->slope_mg_cm3_per_hu) *
					   (double)value[i] +
				   c->intercept_mg_cm3);
}

const struct calibration_flag *calibration_flag_of(const struct calibration *c, const char *bone)
{
	for (int i = 0; i < c->n_flags; i++)
		if (strcmp(c->flags[i].bone, bone) == 0)
			return &c->flags[i];
	return NULL;
}

int calibration_require_line(const struct calibration *c, const char *path)
{
	if (c->quadratic_mg_cm3_per_hu2 == 0)
		return 0;
	return ERR_INVALID("'%s': its calibration (%s) is no line, so CT numbers cannot be recovered from it: "
			   "calibrate by a phantom",
		path, c->method);
}

int calibration_require_ha(const struct calibration *c, const char *path)
{
	if (strcmp(c->unit, "mgHA/cm3") == 0)
		return 0;
	return ERR_INVALID("'%s' is in %s: a training set holds mgHA/cm3 alone (calibrate --convert names a published "
			   "conversion)",
		path, c->unit);
}

int calibration_to_ha(struct calibration *c, const char *conversion)
{
	const double factor = 1.15, offset = -7.32; /* Faulkner 1993, Osteoporos Int 3:36 */
	if (strcmp(conversion, "faulkner1993") != 0)
		return ERR_USAGE("conversion '%.40s' is not known (faulkner1993)", conversion);
	if (strcmp(c->unit, "mgK2HPO4/cm3") != 0)
		return ERR_INVALID("the conversion %s starts from mgK2HPO4/cm3, not from %s", conversion, c->unit);
	c->quadratic_mg_cm3_per_hu2 *= factor;
	c->slope_mg_cm3_per_hu *= factor;
	c->intercept_mg_cm3 = factor * c->intercept_mg_cm3 + offset;
	for (int i = 0; i < c->n_rods; i++)
		c->rods[i].mg_cm3 = factor * c->rods[i].mg_cm3 + offset;
	snprintf(c->unit, sizeof c->unit, "mgHA/cm3");
	return 0;
}

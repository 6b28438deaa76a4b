#include "ct/internal.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include "ct/calibrate.h"
#include "host/files/number_table.h"
#include "host/run/embed.h"
#include "host/run/err.h"
#include "host/run/log.h"

EMBED(internal_attenuation_csv, "drr/tables/attenuation.csv");

static struct number_table table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	number_table_parse(&table, (const char *)internal_attenuation_csv);
}

/* cm2/g in a row of the table: one row a keV. */
static double mu_rho(const char *material, int row)
{
	char column[64];
	snprintf(column, sizeof column, "%s_cm2_per_g", material);
	int c = number_table_find(&table, column);
	if (c < 0)
		BUG("the attenuation table has no '%s'", column);
	return number_table_at(&table, row, c);
}

static const struct {
	const char *name, *material;
} tissues[INTERNAL_TISSUES] = {
	[INTERNAL_ADIPOSE] = { "adipose", "adipose_icru44" },
	[INTERNAL_AIR] = { "air", "air" },
	[INTERNAL_BLOOD] = { "blood", "blood_icru44" },
	[INTERNAL_BONE] = { "cortical_bone", "bone_cortical_icru44" },
	[INTERNAL_MUSCLE] = { "muscle", "muscle_icru44" },
};

const char *internal_tissue_name(enum internal_tissue tissue)
{
	return tissues[tissue].name;
}

int internal_model(struct internal *fit)
{
	double hu[INTERNAL_TISSUES], mu[INTERNAL_TISSUES], rho[INTERNAL_TISSUES];
	const char *material[INTERNAL_TISSUES];
	int n = 0, best = 0;
	pthread_once(&once, load);
	for (int t = 0; t < INTERNAL_TISSUES; t++)
		if (isfinite(fit->hu[t])) {
			hu[n] = fit->hu[t];
			material[n++] = tissues[t].material;
		}
	if (n < 3)
		return ERR_INVALID("an internal calibration needs at least 3 tissues, has %d", n);
	fit->r2 = -1;
	for (int row = 0; row < table.n_rows; row++) {
		double slope, intercept, r2;
		for (int i = 0; i < n; i++)
			mu[i] = mu_rho(material[i], row);
		if (calibration_line(hu, mu, n, &slope, &intercept, &r2) != 0)
			return err_prefix("mu/rho on the tissues' HU");
		if (r2 > fit->r2) {
			fit->r2 = r2;
			fit->m_slope = slope;
			fit->m_intercept = intercept;
			best = row;
		}
	}
	const double water = mu_rho("water", best), fat = mu_rho("triglyceride", best), salt = mu_rho("k2hpo4", best);
	double r2;
	fit->effective_kev = number_table_at(&table, best, 0);
	for (int i = 0; i < n; i++)
		rho[i] = (hu[i] / 1000 + 1) * water / mu_rho(material[i], best);
	if (calibration_line(hu, rho, n, &fit->rho_slope, &fit->rho_intercept, &r2) != 0)
		return err_prefix("density on the tissues' HU");
	const double scale = 1000 / (salt - fat), m0 = fit->m_intercept - fat;
	fit->quadratic_mg_cm3_per_hu2 = scale * fit->rho_slope * fit->m_slope;
	fit->slope_mg_cm3_per_hu = scale * (fit->rho_slope * m0 + fit->rho_intercept * fit->m_slope);
	fit->intercept_mg_cm3 = scale * fit->rho_intercept * m0;
	return 0;
}

int internal_fit(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map)
{
	struct internal fit;
	if (internal_sample(&fit, ct_hu, labels, map) != 0 || internal_model(&fit) != 0)
		return err_prefix("internal calibration");
	for (int t = 0; t < INTERNAL_TISSUES; t++)
		if (isfinite(fit.hu[t]))
			log_info("%s: %.1f HU of %lld voxels", tissues[t].name, fit.hu[t],
				(long long)fit.voxels[t]);
	if (!(fit.slope_mg_cm3_per_hu > 0 && fit.r2 >= c->min_r2))
		return ERR_INVALID("internal calibration: r2 %.4f is below %g, or the density does not rise with HU",
			fit.r2, c->min_r2);
	c->internal = fit;
	c->quadratic_mg_cm3_per_hu2 = fit.quadratic_mg_cm3_per_hu2;
	c->slope_mg_cm3_per_hu = fit.slope_mg_cm3_per_hu;
	c->intercept_mg_cm3 = fit.intercept_mg_cm3;
	c->r2 = fit.r2;
	c->n_rods = 0;
	snprintf(c->unit, sizeof c->unit, "mgK2HPO4/cm3");
	snprintf(c->method, sizeof c->method, "%s", INTERNAL_METHOD);
	snprintf(c->statement, sizeof c->statement,
		"internal calibration: 0 HU reads %.0f mg/cm3; published RMS difference from phantom QCT 7.8 %%, mean "
		"-2.7 %%; specific to scanner and tube voltage; cross-calibrate before comparing",
		fit.intercept_mg_cm3);
	return 0;
}

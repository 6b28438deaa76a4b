/* calibration_to_json(): the sidecar of a density volume, and a saved line. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ct/calibrate.h"
#include "host/run/version.h"

static struct json *rods_to_json(const struct calibration *c)
{
	struct json *rods = json_array();
	for (int i = 0; i < c->n_rods; i++) {
		struct json *rod = json_object();
		json_put_integer(rod, "label", c->rods[i].label);
		json_put_number(rod, "mg_cm3", c->rods[i].mg_cm3);
		json_put_number(rod, "mean_hu", c->rods[i].mean_hu);
		json_put_number(rod, "sd_hu", c->rods[i].sd_hu);
		json_put_integer(rod, "voxels", c->rods[i].voxels);
		if (c->mindways.known)
			json_put_number(rod, "water_mg_cm3", c->rods[i].water_mg_cm3);
		json_put_number(rod, "residual_mg_cm3", calibration_residual_mg_cm3(c, i));
		json_put_number(rod, "seen", c->rods[i].seen);
		json_push(rods, rod);
	}
	return rods;
}

/* "metal: ...; streaks: ..." as a list of two. */
static struct json *reasons_to_json(const char *text)
{
	struct json *reasons = json_array();
	char one[sizeof((struct calibration_flag *)0)->reason];
	while (text) {
		const char *end = strstr(text, "; ");
		snprintf(one, sizeof one, "%.*s", end ? (int)(end - text) : (int)strlen(text), text);
		json_push_text(reasons, one);
		text = end ? end + 2 : NULL;
	}
	return reasons;
}

static struct json *mindways_to_json(const struct mindways *m)
{
	struct json *object = json_object();
	json_put_number(object, "sigma_ref", m->sigma_ref);
	json_put_number(object, "beta_ref", m->beta_ref);
	json_put_number(object, "sigma_ct", m->sigma_ct);
	json_put_number(object, "beta_ct", m->beta_ct);
	return object;
}

static struct json *scan_to_json(const struct scan_info *s)
{
	struct json *object = json_object();
	json_put_number(object, "kvp", s->kvp);
	json_put_text(object, "kernel", s->kernel[0] ? s->kernel : NULL);
	json_put_text(object, "scanner", s->scanner[0] ? s->scanner : NULL);
	return object;
}

static struct json *internal_to_json(const struct internal *fit)
{
	struct json *object = json_object(), *tissues = json_object();
	for (int t = 0; t < INTERNAL_TISSUES; t++)
		if (isfinite(fit->hu[t]))
			json_put_number(tissues, internal_tissue_name((enum internal_tissue)t), fit->hu[t]);
	json_put(object, "tissues_hu", tissues);
	json_put_number(object, "effective_kev", fit->effective_kev);
	json_put_number(object, "m_slope_cm2_g_per_hu", fit->m_slope);
	json_put_number(object, "m_intercept_cm2_g", fit->m_intercept);
	json_put_number(object, "rho_slope_g_cm3_per_hu", fit->rho_slope);
	json_put_number(object, "rho_intercept_g_cm3", fit->rho_intercept);
	return object;
}

static void put_method(struct json *root, const struct calibration *c)
{
	json_put_text(root, "method", c->method[0] ? c->method : NULL);
	if (c->statement[0])
		json_put_text(root, "bias_statement", c->statement);
	json_put_text(root, "phantom", c->phantom[0] ? c->phantom : NULL);
	json_put_text(root, "phantom_serial", c->serial[0] ? c->serial : NULL);
	if (c->mindways.known)
		json_put(root, "mindways", mindways_to_json(&c->mindways));
	if (c->internal.effective_kev > 0)
		json_put(root, "internal", internal_to_json(&c->internal));
	json_put_text(root, "rods_from", c->rods_from[0] ? c->rods_from : NULL);
	json_put_number(root, "min_r2", c->min_r2);
}

struct json *calibration_to_json(const struct calibration *c)
{
	struct json *root = json_object(), *metal = json_object(), *volumes = json_object(),
		    *flags = json_object();
	for (int i = 0; i < c->n_flags; i++) {
		json_put(flags, c->flags[i].bone, reasons_to_json(c->flags[i].reason));
		json_put_number(volumes, c->flags[i].bone, c->flags[i].metal_cm3);
	}
	json_put_number(metal, "threshold_hu", c->metal_threshold_hu);
	json_put_number(metal, "margin_mm", c->metal_margin_mm);
	json_put_number(metal, "minimum_cm3", c->metal_minimum_cm3);
	json_put(metal, "volumes_cm3", volumes);
	json_put_number(metal, "streak_threshold_hu", c->streak_threshold_hu);

	json_put_number(root, "slope_mg_cm3_per_hu", c->slope_mg_cm3_per_hu);
	json_put_number(root, "intercept_mg_cm3", c->intercept_mg_cm3);
	if (c->quadratic_mg_cm3_per_hu2 != 0)
		json_put_number(root, "quadratic_mg_cm3_per_hu2", c->quadratic_mg_cm3_per_hu2);
	json_put_number(root, "r2", c->n_rods > 0 || c->internal.effective_kev > 0 ? c->r2 : NAN);
	json_put_text(root, "unit", c->unit);
	put_method(root, c);
	json_put(root, "rods", rods_to_json(c));
	json_put(root, "scan", scan_to_json(&c->scan));
	if (c->flags_known) {
		json_put(root, "flags", flags);
	} else {
		json_free(flags);
		json_put_text(root, "flags", NULL);
	}
	json_put(root, "metal", metal);
	json_put_text(root, "version", version_text());
	return root;
}

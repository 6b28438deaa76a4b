/* calibration_read(): the sidecar of a density volume, and a line given by the user. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ct/calibrate.h"
#include "ct/rods.h"
#include "ct/unit.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* A number that may be absent or null: value stays as it is then. */
static int read_optional(double *value, const struct json *object, const char *key, const char *where)
{
	if (json_is_null(json_member(object, key)))
		return 0;
	return json_get_number(object, key, where, value);
}

static int read_rods(struct calibration *c, const struct json *list, const char *path)
{
	size_t n = list ? json_size(list) : 0;
	if (n > PHANTOM_RODS)
		return ERR_INVALID("%s: more than %d rods", path, PHANTOM_RODS);
	for (size_t i = 0; i < n; i++) {
		const struct json *object = json_at(list, i);
		struct calibration_rod *rod = &c->rods[i];
		int64_t label;
		if (json_get_integer(object, "label", path, &label) != 0 ||
			json_get_number(object, "mg_cm3", path, &rod->mg_cm3) != 0 ||
			json_get_number(object, "mean_hu", path, &rod->mean_hu) != 0 ||
			json_get_number(object, "sd_hu", path, &rod->sd_hu) != 0 ||
			json_get_integer(object, "voxels", path, &rod->voxels) != 0 ||
			read_optional(&rod->water_mg_cm3, object, "water_mg_cm3", path) != 0 ||
			read_optional(&rod->seen, object, "seen", path) != 0)
			return err_prefix("rods[%zu]", i);
		if (label < 0 || label > UINT16_MAX)
			return ERR_INVALID("%s: rods[%zu].label is not in 0..65535", path, i);
		rod->label = (uint16_t)label;
	}
	c->n_rods = (int)n;
	return 0;
}

static int read_flag(struct calibration *c, const char *bone, const struct json *reasons,
	const struct json *volumes, const char *path)
{
	struct calibration_flag *flag = &c->flags[c->n_flags];
	size_t n = json_size(reasons);
	if (c->n_flags == CALIBRATION_BONES || strlen(bone) >= sizeof flag->bone)
		return ERR_INVALID(
			"%s: flags: more than %d bones, or too long a name", path, CALIBRATION_BONES);
	if (n == 0)
		return ERR_INVALID("%s: flags.%s must be a list of reasons", path, bone);
	snprintf(flag->bone, sizeof flag->bone, "%s", bone);
	flag->streak_hu = NAN; /* the reason says it */
	for (size_t i = 0; i < n; i++) {
		const char *reason = json_string(json_at(reasons, i));
		size_t used = strlen(flag->reason);
		if (!reason)
			return ERR_INVALID("%s: flags.%s[%zu] is no text", path, bone, i);
		snprintf(flag->reason + used, sizeof flag->reason - used, "%s%s", i ? "; " : "", reason);
	}
	c->n_flags++;
	return volumes ? read_optional(&flag->metal_cm3, volumes, bone, path) : 0;
}

static int read_metal(struct calibration *c, const struct json *root, const char *path)
{
	const struct json *metal = json_member(root, "metal"), *flags = json_member(root, "flags");
	const struct json *volumes = json_is_null(metal) ? NULL : json_member(metal, "volumes_cm3");
	if (!json_is_null(metal) &&
		(read_optional(&c->metal_threshold_hu, metal, "threshold_hu", path) != 0 ||
			read_optional(&c->metal_margin_mm, metal, "margin_mm", path) != 0 ||
			read_optional(&c->metal_minimum_cm3, metal, "minimum_cm3", path) != 0 ||
			read_optional(&c->streak_threshold_hu, metal, "streak_threshold_hu", path) != 0))
		return -1;
	c->flags_known = !json_is_null(flags);
	for (size_t i = 0; c->flags_known && i < json_key_count(flags); i++) {
		const char *bone = json_key(flags, i);
		if (read_flag(c, bone, json_member(flags, bone), volumes, path) != 0)
			return -1;
	}
	return 0;
}

static int read_text(char *text, size_t bytes, const struct json *root, const char *key, const char *path)
{
	const char *value;
	if (json_is_null(json_member(root, key)))
		return 0;
	if (json_get_text(root, key, path, &value) != 0)
		return -1;
	if (strlen(value) >= bytes)
		return ERR_INVALID("%s: %s is longer than %zu characters", path, key, bytes - 1);
	snprintf(text, bytes, "%s", value);
	return 0;
}

static int read_mindways(struct mindways *m, const struct json *object, const char *path)
{
	if (json_is_null(object))
		return 0;
	m->known = true;
	if (json_get_number(object, "sigma_ref", path, &m->sigma_ref) != 0 ||
		json_get_number(object, "beta_ref", path, &m->beta_ref) != 0 ||
		json_get_number(object, "sigma_ct", path, &m->sigma_ct) != 0 ||
		json_get_number(object, "beta_ct", path, &m->beta_ct) != 0)
		return err_prefix("mindways");
	return 0;
}

static int read_method(struct calibration *c, const struct json *root, const char *path)
{
	const struct json *scan = json_member(root, "scan");
	if (read_text(c->method, sizeof c->method, root, "method", path) != 0 ||
		read_text(c->statement, sizeof c->statement, root, "bias_statement", path) != 0 ||
		read_text(c->phantom, sizeof c->phantom, root, "phantom", path) != 0 ||
		read_text(c->serial, sizeof c->serial, root, "phantom_serial", path) != 0 ||
		read_text(c->rods_from, sizeof c->rods_from, root, "rods_from", path) != 0 ||
		read_optional(&c->min_r2, root, "min_r2", path) != 0 ||
		read_mindways(&c->mindways, json_member(root, "mindways"), path) != 0)
		return -1;
	if (json_is_null(scan))
		return 0;
	if (read_optional(&c->scan.kvp, scan, "kvp", path) != 0 ||
		read_text(c->scan.kernel, sizeof c->scan.kernel, scan, "kernel", path) != 0)
		return -1;
	return read_text(c->scan.scanner, sizeof c->scan.scanner, scan, "scanner", path);
}

int calibration_read(struct calibration *c, const char *json_path)
{
	struct json *root = NULL;
	const char *unit;
	int rc = -1;
	calibration_defaults(c);
	TRY(json_read(&root, json_path));
	TRY(json_get_number(root, "slope_mg_cm3_per_hu", json_path, &c->slope_mg_cm3_per_hu));
	TRY(json_get_number(root, "intercept_mg_cm3", json_path, &c->intercept_mg_cm3));
	TRY(json_get_text(root, "unit", json_path, &unit));
	TRY(unit_of_density(c->unit, unit, json_path));
	c->r2 = NAN;
	TRY(read_optional(&c->r2, root, "r2", json_path));
	TRY(read_optional(&c->quadratic_mg_cm3_per_hu2, root, "quadratic_mg_cm3_per_hu2", json_path));
	TRY(read_method(c, root, json_path));
	TRY(read_rods(c, json_member(root, "rods"), json_path));
	TRY(read_metal(c, root, json_path));
	if (rods_check_slope(c->slope_mg_cm3_per_hu) != 0) {
		err_prefix("%s", json_path);
		goto cleanup;
	}
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

int calibration_read_sidecar(struct calibration *c, const char *density_path)
{
	char sidecar[PATH_BYTES];
	if (path_sidecar(sidecar, density_path) != 0)
		return -1;
	if (!path_exists(sidecar))
		return ERR_INVALID("'%s' is not a density volume: no sidecar '%s' (run `xbmd calibrate`)",
			density_path, sidecar);
	if (calibration_read(c, sidecar) != 0)
		return err_prefix("'%s' is not a density volume", density_path);
	return 0;
}

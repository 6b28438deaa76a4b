#include "ct/calibrate_case.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "ct/hu_range.h"
#include "ct/internal.h"
#include "ct/rod_find.h"
#include "ct/streak.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

static void log_result(const struct calibration *c, const char *ct_path, bool line_given)
{
	if (line_given)
		log_info("'%s': density = %.5f HU %+.3f %s (given)", ct_path, c->slope_mg_cm3_per_hu,
			c->intercept_mg_cm3, c->unit);
	else if (c->quadratic_mg_cm3_per_hu2 != 0)
		log_info("'%s': density = %.4e HU^2 %+.5f HU %+.3f %s, r2 %.6f, %s", ct_path,
			c->quadratic_mg_cm3_per_hu2, c->slope_mg_cm3_per_hu, c->intercept_mg_cm3, c->unit, c->r2,
			c->method);
	else
		log_info("'%s': density = %.5f HU %+.3f %s, r2 %.6f, phantom %s, rods %s", ct_path,
			c->slope_mg_cm3_per_hu, c->intercept_mg_cm3, c->unit, c->r2, c->phantom, c->rods_from);
	if (c->statement[0])
		log_warn("'%s': %s", ct_path, c->statement);
	for (int i = 0; i < c->n_flags; i++)
		log_warn("'%s': %s: %s", ct_path, c->flags[i].bone, c->flags[i].reason);
}

/* The sidecar is renamed last: a volume without one is no density volume, so a killed run leaves nothing
 * false. */
static int write_density(const struct calibration *c, const struct opt *options, const struct volume *density,
	const char *density_path)
{
	char sidecar[PATH_BYTES];
	struct path_output output = { 0 };
	struct json *root = calibration_to_json(c);
	int rc = -1;
	if (options)
		json_put(root, "options", json_from_options(options));
	TRY(path_sidecar(sidecar, density_path));
	TRY(path_make_parent(density_path));
	TRY(path_output_name(&output, sidecar));
	TRY(json_write(root, output.temporary));
	unlink(sidecar); /* of an earlier volume: must not meet the new one */
	TRY(nifti_write(density_path, density, 1));
	if (path_output_commit(&output) != 0) {
		unlink(density_path);
		goto cleanup;
	}
	rc = 0;
cleanup:
	path_output_abort(&output);
	json_free(root);
	return rc;
}

static int write_outputs(const struct calibrate_settings *s, struct calibration *c, struct volume *ct,
	const struct volume *rod_labels, const struct calibrate_outputs *o)
{
	if (o->rod_labels && nifti_write(o->rod_labels, rod_labels, 1) != 0)
		return -1;
	if (o->calibration) {
		struct json *root = calibration_to_json(c);
		if (s->options)
			json_put(root, "options", json_from_options(s->options));
		int rc = path_make_parent(o->calibration);
		if (rc == 0)
			rc = json_write(root, o->calibration);
		json_free(root);
		if (rc != 0)
			goto failed;
	}
	if (!o->density)
		return 0;
	calibration_apply(c, ct);
	if (write_density(c, s->options, ct, o->density) == 0)
		return 0;
	if (o->calibration)
		unlink(o->calibration);
failed:
	if (o->rod_labels)
		unlink(o->rod_labels);
	return -1;
}

/* What can be refused before the images are read. */
static int check_scan(const struct calibrate_settings *s, struct calibration *c, const char *ct_path)
{
	struct scan_info scan;
	if (scan_info_read(&scan, ct_path) != 0)
		return -1;
	scan_info_override(&scan, &s->scan);
	if (scan_info_check_kernel(&scan, s->allow_sharp_kernel) != 0 ||
		(s->line_given && scan_info_check_kvp(&scan, &c->scan) != 0))
		return err_prefix("'%s'", ct_path);
	if (s->line_given && strncmp(c->method, "internal", 8) == 0)
		return ERR_INVALID("'%s': an internal calibration holds for its own scan only", ct_path);
	if (s->line_given)
		snprintf(c->method, sizeof c->method, "%s", c->n_rods > 0 ? "asynchronous" : "given");
	c->scan = scan;
	return 0;
}

static int check_unit(const struct calibrate_settings *s, struct calibration *c)
{
	if (s->conversion && calibration_to_ha(c, s->conversion) != 0)
		return -1;
	if (s->unit && strcmp(s->unit, c->unit) != 0)
		return ERR_INVALID("the calibration is in %s, not in %s: the two are not interchangeable (--convert "
				   "names a published conversion)",
			c->unit, s->unit);
	return 0;
}

static int fit(const struct calibrate_settings *s, struct calibration *c, struct rods_found *found,
	const struct volume *ct, const struct volume *labels, const char *ct_path, const char *labels_path)
{
	if (s->line_given)
		return 0;
	if (s->internal)
		return internal_fit(c, ct, labels, &s->map) == 0 ? 0 : err_prefix("'%s'", labels_path);
	if (s->find_rods)
		return calibration_fit_found(c, found, ct, &s->phantom) == 0 ? 0 : err_prefix("'%s'", ct_path);
	return calibration_fit(c, ct, labels, &s->phantom) == 0 ? 0 : err_prefix("'%s'", labels_path);
}

int calibrate_case(const struct calibrate_settings *s, const char *ct_path, const char *labels_path,
	const struct calibrate_outputs *outputs)
{
	struct volume ct = { 0 }, labels = { 0 }, rod_labels = { 0 };
	struct rods_found found = { 0 };
	struct calibration c = s->start;
	int rc = -1;
	TRY(check_scan(s, &c, ct_path));
	TRY(nifti_read_image(&ct, ct_path));
	TRY(hu_range_check(&ct, ct_path));
	if (labels_path) {
		TRY(nifti_read_labels(&labels, labels_path));
		TRY(volume_same_grid(&ct, ct_path, &labels, labels_path));
	}
	TRY(fit(s, &c, &found, &ct, &labels, ct_path, labels_path));
	TRY(check_unit(s, &c));
	if (outputs->rod_labels && found.n_rods == 0) {
		ERR_USAGE("no rods were looked for: there are no labels of them to write");
		goto cleanup;
	}
	if (outputs->rod_labels)
		TRY(rods_found_labels(&rod_labels, &found, &ct, &s->phantom));
	c.flags_known = false; /* those of a given line belong to another CT */
	c.n_flags = 0;
	if (labels_path) {
		TRY(calibration_flag_metal(&c, &ct, &labels, &s->map));
		TRY(calibration_flag_streaks(&c, &ct, &labels, &s->map));
	}
	log_result(&c, ct_path, s->line_given);
	TRY(write_outputs(s, &c, &ct, &rod_labels, outputs));
	rc = 0;
cleanup:
	volume_free(&ct);
	volume_free(&labels);
	volume_free(&rod_labels);
	return rc;
}

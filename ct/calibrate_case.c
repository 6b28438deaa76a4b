#include "ct/calibrate_case.h"
#include <math.h>
#include <unistd.h>
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

static void log_result(const struct calibration *c, const char *ct_path, bool line_given)
{
	if (line_given)
		log_info("'%s': density = %.5f HU %+.3f %s (given)", ct_path, c->slope_mg_cm3_per_hu,
			c->intercept_mg_cm3, c->unit);
	else
		log_info("'%s': density = %.5f HU %+.3f %s, r2 %.6f, phantom %s", ct_path,
			c->slope_mg_cm3_per_hu, c->intercept_mg_cm3, c->unit, c->r2, c->phantom);
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

int calibrate_case(const struct calibrate_settings *s, const char *ct_path, const char *labels_path,
	const char *density_path)
{
	struct volume ct = { 0 }, labels = { 0 };
	struct calibration c = s->start;
	int rc = -1;
	TRY(nifti_read_image(&ct, ct_path));
	if (labels_path) {
		TRY(nifti_read_labels(&labels, labels_path));
		TRY(volume_same_grid(&ct, ct_path, &labels, labels_path));
	}
	if (!s->line_given && calibration_fit(&c, &ct, &labels, &s->phantom) != 0) {
		err_prefix("'%s'", labels_path);
		goto cleanup;
	}
	c.flags_known = false; /* those of a given line belong to another CT */
	c.n_flags = 0;
	if (labels_path)
		TRY(calibration_flag_metal(&c, &ct, &labels, &s->map));
	log_result(&c, ct_path, s->line_given);
	calibration_apply(&c, &ct);
	TRY(write_density(&c, s->options, &ct, density_path));
	rc = 0;
cleanup:
	volume_free(&ct);
	volume_free(&labels);
	return rc;
}

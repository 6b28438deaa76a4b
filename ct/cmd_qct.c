/* xbmd qct: areal and volumetric BMD of both hips read off a density volume. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>
#include "ct/qct.h"
#include "ct/same_file.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/files/table.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"
#include "host/run/version.h"

enum { HIPS = 2 };
struct arguments {
	const char *density, *labels, *label_map, *out;
	bool force;
};
struct report {
	struct qct_hip hips[HIPS];
	int n; /* femora present */
	struct calibration calibration;
	struct total_hip_rule rule;
	double isocentre_mm[3];
	const char *isocentre_from;
};

static const char *side_name(enum label_side side)
{
	return side == LABEL_LEFT ? "L" : "R";
}

static void fill_row(struct table *t, const struct qct_hip *h, bool flags_known)
{
	static const char *const head_columns[] = { "head_x_mm", "head_y_mm", "head_z_mm" };
	char metal[256];
	const int64_t row = table_add_row(t);
	table_set(t, row, "side", side_name(h->side));
	table_set(t, row, "region", "total_hip");
	table_set_number(t, row, "abmd_qct_g_cm2", h->measured ? h->abmd.abmd_g_cm2 : NAN);
	table_set_number(t, row, "vbmd_qct_mg_cm3", h->measured ? h->abmd.vbmd_mg_cm3 : NAN);
	table_set_number(t, row, "bmc_g", h->measured ? h->bmc_g : NAN);
	table_set_number(t, row, "area_cm2", h->measured ? h->area_cm2 : NAN);
	for (int a = 0; a < 3; a++)
		table_set_number(t, row, head_columns[a], h->measured ? h->frame.head_centre_mm[a] : NAN);
	table_set_number(t, row, "head_radius_mm", h->measured ? h->frame.head_radius_mm : NAN);
	if (h->measured)
		table_set(t, row, "truncated", h->truncated ? "yes" : "no");
	snprintf(metal, sizeof metal, "yes: %s", h->metal ? h->metal : "");
	table_set(t, row, "metal", h->metal ? metal : flags_known ? "no" : "not checked");
	if (h->note[0])
		table_set(t, row, "note", h->note);
}

static int write_table(const struct report *r, const char *path)
{
	static const char *const columns[] = { "side", "region", "abmd_qct_g_cm2", "vbmd_qct_mg_cm3", "bmc_g",
		"area_cm2", "head_x_mm", "head_y_mm", "head_z_mm", "head_radius_mm", "truncated", "metal",
		"note" };
	struct table t = { 0 };
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		table_add_column(&t, columns[i]);
	for (int i = 0; i < r->n; i++)
		fill_row(&t, &r->hips[i], r->calibration.flags_known);
	int rc = table_write(&t, path);
	table_free(&t);
	return rc;
}

static struct json *hip_to_json(const struct qct_hip *h)
{
	struct json *hip = json_object();
	json_put_text(hip, "side", side_name(h->side));
	json_put_bool(hip, "measured", h->measured);
	if (h->measured) {
		json_put_numbers(hip, "head_centre_mm", h->frame.head_centre_mm, 3);
		json_put_number(hip, "head_radius_mm", h->frame.head_radius_mm);
		json_put_numbers(hip, "neck_axis", h->frame.neck_axis, 3);
		json_put_numbers(hip, "shaft_axis", h->frame.shaft_axis, 3);
		json_put_bool(hip, "shaft_assumed", h->frame.shaft_assumed);
		json_put_bool(hip, "truncated", h->truncated);
	}
	return hip;
}

static int write_sidecar(const struct report *r, const struct opt *options, const char *path)
{
	struct json *root = json_object(), *rule = json_object(), *hips = json_array();
	json_put_numbers(root, "isocentre_mm", r->isocentre_mm, 3);
	json_put_text(root, "isocentre_from", r->isocentre_from);
	json_put_text(
		root, "reference", "abmd_qct: from calibrated CT, projected along y as the patient lay");
	json_put_text(root, "unit", r->calibration.unit);
	json_put_number(rule, "neck_cut_radii", r->rule.neck_cut_radii);
	json_put_number(rule, "distal_cut_radii", r->rule.distal_cut_radii);
	json_put_number(rule, "mask_cm", ABMD_MASK_CM);
	json_put(root, "total_hip", rule);
	for (int i = 0; i < r->n; i++)
		json_push(hips, hip_to_json(&r->hips[i]));
	json_put(root, "hips", hips);
	json_put(root, "options", json_from_options(options));
	json_put_text(root, "version", version_text());
	int rc = json_write(root, path);
	json_free(root);
	return rc;
}

static int check_measured(const struct report *r, const struct label_map *map)
{
	if (r->n == 0)
		return ERR_INVALID(
			"the labels hold no femur_left or femur_right of label map '%s'", map->name);
	for (int i = 0; i < r->n; i++)
		log_info("%s hip: %s", side_name(r->hips[i].side),
			r->hips[i].note[0] ? r->hips[i].note : "measured");
	if (!r->isocentre_from)
		return ERR_INVALID("no hip could be measured: %s: %s%s%s%s%s", side_name(r->hips[0].side),
			r->hips[0].note, r->n > 1 ? "; " : "", r->n > 1 ? side_name(r->hips[1].side) : "",
			r->n > 1 ? ": " : "", r->n > 1 ? r->hips[1].note : "");
	return 0;
}

static int measure(struct report *r, const struct arguments *a)
{
	static const enum label_side sides[HIPS] = { LABEL_RIGHT, LABEL_LEFT };
	struct label_map map = { 0 };
	struct volume density = { 0 }, labels = { 0 };
	int rc = -1;
	r->rule = total_hip_rule_default();
	TRY(label_map_load(&map, a->label_map));
	TRY(calibration_read_sidecar(&r->calibration, a->density));
	TRY(nifti_read_image(&density, a->density));
	TRY(nifti_read_labels(&labels, a->labels));
	TRY(volume_same_grid(&density, a->density, &labels, a->labels));
	for (int i = 0; i < HIPS; i++)
		if (qct_measure(&r->hips[r->n], &density, &r->calibration, &labels, &map, sides[i],
			    &r->rule) == 0)
			r->n++;
	r->isocentre_from = qct_isocentre(r->isocentre_mm, r->hips, r->n, &labels);
	TRY(check_measured(r, &map));
	rc = 0;
cleanup:
	label_map_free(&map);
	volume_free(&density);
	volume_free(&labels);
	return rc;
}

/* Neither the table nor its sidecar may be an input or the density's own sidecar. */
static int check_outputs(char sidecar[PATH_BYTES], const struct arguments *a)
{
	char density_sidecar[PATH_BYTES];
	if (path_sidecar(sidecar, a->out) != 0 || path_sidecar(density_sidecar, a->density) != 0)
		return -1;
	const char *inputs[] = { a->density, a->labels, density_sidecar };
	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		if (same_file_refuse(a->out, inputs[i]) != 0 || same_file_refuse(sidecar, inputs[i]) != 0)
			return -1;
	return path_check_output(a->out, a->force) != 0 ? -1 : path_check_output(sidecar, a->force);
}

static int run(const struct arguments *a, const struct opt *options)
{
	static struct report r; /* large: a calibration holds a flag for every bone */
	char sidecar[PATH_BYTES];
	r = (struct report){ 0 };
	if (check_outputs(sidecar, a) != 0 || measure(&r, a) != 0 || write_sidecar(&r, options, sidecar) != 0)
		return -1;
	if (write_table(&r, a->out) != 0) {
		unlink(sidecar);
		return -1;
	}
	return 0;
}

int cmd_qct(int argc, char **argv);
int cmd_qct(int argc, char **argv)
{
	struct arguments a = { .label_map = "totalseg" };
	const struct opt table[] = {
		OPT_TEXT("density", a.density, OPT_REQUIRED, "FILE",
			"density volume of `calibrate`, with its sidecar"),
		OPT_TEXT("labels", a.labels, OPT_REQUIRED, "FILE", "labels on the same grid, NIfTI"),
		OPT_TEXT("label-map", a.label_map, 0, "NAME|FILE",
			"what the labels mean: totalseg, painted or a YAML file"),
		OPT_TEXT("out", a.out, OPT_REQUIRED, "FILE",
			"table to write (.csv, .tsv), a row per femur; .json beside it: frames and "
			"isocentre"),
		OPT_FLAG("force", a.force, "overwrite outputs that exist"),
		OPT_END,
	};
	int go =
		opt_parse(argc, argv, "read areal and volumetric BMD of the hip off a density volume", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	return run(&a, table);
}

/* xbmd qct: areal and volumetric BMD of hips and lumbar spine read off a density volume. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "ct/qct_report.h"
#include "ct/same_file.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

struct arguments {
	const char *density, *labels, *label_map, *out, *side, *preview, *table, *landmarks, *maker, *edges,
		*position;
	double leg_deg[3], distal_mm, gruen_stem_mm, cortical_mg_cm3, peel_mm;
	bool clip_negative, force;
};

static bool wants(const struct arguments *a, enum label_side side)
{
	return strcmp(a->side, "both") == 0 || strcmp(a->side, qct_side_letter(side)) == 0;
}

static void settle(struct qct_settings *s, const struct arguments *a)
{
	*s = qct_settings_default();
	s->rule.maker = strcmp(a->maker, "ge") == 0 ? HIP_GE : HIP_HOLOGIC;
	s->rule.edges = strcmp(a->edges, "image") == 0 ? HIP_EDGES_IMAGE : HIP_EDGES_FRAME;
	s->rule.distal_mm = a->distal_mm;
	s->rule.gruen_stem_mm = a->gruen_stem_mm;
	s->tissue.cortical_mg_cm3 = a->cortical_mg_cm3;
	s->tissue.peel_mm = a->peel_mm;
	s->clip_negative = a->clip_negative;
	s->as_lain = strcmp(a->position, "as-lain") == 0;
	memcpy(s->leg_deg, a->leg_deg, sizeof s->leg_deg);
}

static int check(const struct arguments *a)
{
	static const double limit_deg[3] = { 60, 60, 45 };
	static const char *const angles[3] = { "flexion", "internal rotation", "abduction" };
	for (int k = 0; k < 3; k++)
		if (!(fabs(a->leg_deg[k]) <= limit_deg[k]))
			return ERR_USAGE("--leg-deg: %s %g is not within +-%g degrees", angles[k],
				a->leg_deg[k], limit_deg[k]);
	if (!(a->distal_mm >= -20 && a->distal_mm <= 100))
		return ERR_USAGE("--distal-mm %g is not in -20..100", a->distal_mm);
	if (a->gruen_stem_mm != 0 && !(a->gruen_stem_mm >= 30 && a->gruen_stem_mm <= 300))
		return ERR_USAGE("--gruen-stem-mm %g is neither 0 nor in 30..300", a->gruen_stem_mm);
	if (!(a->peel_mm >= 0 && a->peel_mm <= 15))
		return ERR_USAGE("--trabecular-peel-mm %g is not in 0..15", a->peel_mm);
	if (!(a->cortical_mg_cm3 > 0))
		return ERR_USAGE("--cortical-mg-cm3 %g is not positive", a->cortical_mg_cm3);
	if (a->landmarks && strcmp(a->side, "none") == 0)
		return ERR_USAGE("--landmarks are of a femur: --side none leaves nothing to place");
	return 0;
}

/* Something must have been measured; a femur asked for by its side must be there. */
static int check_measured(const struct qct_report *r, const struct arguments *a)
{
	char why[3000] = "";
	bool any = false;
	for (int i = 0; i < r->n_hips; i++) {
		const struct qct_hip *h = &r->hips[i];
		any = any || h->measured;
		for (int k = 0; k < h->flags.n; k++) {
			const size_t used = strlen(why);
			log_info("%s: %s: %s", h->bone, qct_flag_name(h->flags.list[k].code),
				h->flags.list[k].reason);
			if (!h->measured)
				snprintf(why + used, sizeof why - used, "%s%s: %s: %s", used ? "; " : "",
					h->bone, qct_flag_name(h->flags.list[k].code),
					h->flags.list[k].reason);
		}
	}
	if (r->n_hips > 0 && !any)
		return ERR_INVALID("'%s': no hip could be measured: %s", a->labels, why);
	for (int i = 0; i < LUMBAR; i++)
		any = any || r->lumbar[i].measured;
	if (!any)
		return ERR_INVALID("'%s': no vertebra L1..L4 of the label map could be measured", a->labels);
	return 0;
}

static int measure(struct qct_report *r, const struct arguments *a)
{
	static const enum label_side sides[QCT_HIPS] = { LABEL_RIGHT, LABEL_LEFT };
	struct landmarks landmarks;
	struct label_map map = { 0 };
	struct volume density = { 0 }, labels = { 0 };
	int rc = -1;
	settle(&r->settings, a);
	r->lumbar_rule = lumbar_rule_default();
	if (a->landmarks) {
		TRY(landmarks_read(&landmarks, a->landmarks));
		r->settings.landmarks = &landmarks;
	}
	TRY(label_map_load(&map, a->label_map));
	TRY(calibration_read_sidecar(&r->calibration, a->density));
	TRY(nifti_read_image(&density, a->density));
	TRY(nifti_read_labels(&labels, a->labels));
	TRY(volume_same_grid(&density, a->density, &labels, a->labels));
	r->error = qct_error_of(&r->calibration, &density);
	for (int i = 0; i < QCT_HIPS; i++)
		if (wants(a, sides[i]))
			TRY(qct_measure(&r->hips[r->n_hips++], &density, &r->calibration, &labels, &map,
				sides[i], &r->settings));
	TRY(lumbar_measure(
		r->lumbar, &density, &r->calibration, &labels, &map, &r->lumbar_rule, &r->settings));
	for (int i = 0; i < LUMBAR; i++)
		r->with_lumbar = r->with_lumbar || r->lumbar[i].present;
	r->isocentre_from = qct_isocentre(r->isocentre_mm, r->hips, r->n_hips, &labels);
	TRY(check_measured(r, a));
	rc = 0;
cleanup:
	r->settings.landmarks = NULL;
	label_map_free(&map);
	volume_free(&density);
	volume_free(&labels);
	return rc;
}

/* No output may be an input, the density's own sidecar or another output. */
static int check_outputs(const struct arguments *a)
{
	char density_sidecar[PATH_BYTES];
	if (path_sidecar(density_sidecar, a->density) != 0)
		return -1;
	const size_t length = strlen(a->out);
	if (length < 6 || strcmp(a->out + length - 5, ".json") != 0)
		return ERR_USAGE("--out '%s': the name must end in .json (a table goes to --table)", a->out);
	const char *outputs[] = { a->out, a->table, a->preview },
		   *inputs[] = { a->density, a->labels, density_sidecar, a->landmarks };
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 4; k++)
			if (outputs[i] && same_file_refuse(outputs[i], inputs[k]) != 0)
				return -1;
		for (size_t k = 0; k < i; k++)
			if (outputs[i] && outputs[k] && strcmp(outputs[i], outputs[k]) == 0)
				return ERR_USAGE("'%s' is named for two outputs", outputs[i]);
		if (outputs[i] && path_check_output(outputs[i], a->force) != 0)
			return -1;
	}
	return 0;
}

/* The JSON comes last: where it is, all is there. */
static int write_all(const struct qct_report *r, const struct arguments *a, const struct opt *options)
{
	struct json *root = qct_report_to_json(r, options);
	int rc = a->table ? qct_report_table(r, a->table) : 0;
	if (rc == 0 && a->preview && (rc = qct_report_picture(r, a->preview)) != 0 && a->table)
		unlink(a->table);
	if (rc == 0 && (rc = json_write(root, a->out)) != 0) {
		if (a->table)
			unlink(a->table);
		if (a->preview)
			unlink(a->preview);
	}
	json_free(root);
	return rc;
}

static int run(const struct arguments *a, const struct opt *options)
{
	static struct qct_report r; /* large: a calibration holds a flag for every bone */
	r = (struct qct_report){ 0 };
	int rc = check_outputs(a) != 0 || measure(&r, a) != 0 || write_all(&r, a, options) != 0 ? -1 : 0;
	for (int i = 0; i < QCT_HIPS; i++)
		qct_hip_free(&r.hips[i]);
	return rc;
}

static void describe_flags(char *text, size_t bytes)
{
	int used = snprintf(text, bytes, "Flags of a bone (flags[] in the JSON, with the reason):\n");
	for (int k = 0; k < QCT_FLAG_CODES && used >= 0 && (size_t)used < bytes; k++)
		used += snprintf(text + used, bytes - (size_t)used, "  %-28s %s\n",
			qct_flag_name((enum qct_flag_code)k), qct_flag_meaning((enum qct_flag_code)k));
}

int cmd_qct(int argc, char **argv);
int cmd_qct(int argc, char **argv)
{
	const struct qct_settings d = qct_settings_default();
	struct arguments a = { .label_map = "totalseg",
		.side = "both",
		.maker = "hologic",
		.edges = "frame",
		.position = "neutral",
		.distal_mm = d.rule.distal_mm,
		.cortical_mg_cm3 = d.tissue.cortical_mg_cm3,
		.peel_mm = d.tissue.peel_mm };
	char notes[2000];
	describe_flags(notes, sizeof notes);
	const struct opt table[] = {
		OPT_TEXT("density", a.density, OPT_REQUIRED, "FILE",
			"density volume of `calibrate`, with its sidecar"),
		OPT_TEXT("labels", a.labels, OPT_REQUIRED, "FILE", "labels on the same grid, NIfTI"),
		OPT_TEXT("label-map", a.label_map, 0, "NAME|FILE",
			"what the labels mean: totalseg, painted or a YAML file"),
		OPT_CHOICE("side", a.side, 0, "L|R|both|none",
			"femora to measure; none = the lumbar spine alone"),
		OPT_TEXT("out", a.out, OPT_REQUIRED, "FILE",
			"JSON to write: regions, frame, mineral mass and flags of each bone"),
		OPT_TEXT("table", a.table, 0, "FILE",
			"the same as a table (.csv, .tsv), a row per bone and region"),
		OPT_TEXT("preview", a.preview, 0, "FILE",
			"picture (PNG) of the projection with the regions drawn"),
		OPT_CHOICE("maker", a.maker, 0, "hologic|ge", "whose regions"),
		OPT_CHOICE("position", a.position, 0, "neutral|as-lain",
			"turn the femur as DXA asks for, or project along y as the patient lay"),
		OPT_VEC3("leg-deg", a.leg_deg, 0,
			"then turn the leg: flexion, internal rotation, abduction about the head's centre, "
			"degrees"),
		OPT_CHOICE("edges", a.edges, 0, "frame|image",
			"cut regions across the bone's axes, or as an operator does: lower edge horizontal"),
		OPT_DOUBLE("distal-mm", a.distal_mm, 0,
			"lower edge below the lesser trochanter's lower end, mm"),
		OPT_DOUBLE("gruen-stem-mm", a.gruen_stem_mm, 0,
			"Gruen zones about a stem of this length, 0 = none"),
		OPT_DOUBLE("cortical-mg-cm3", a.cortical_mg_cm3, 0, "cortical from this density on, mg/cm3"),
		OPT_DOUBLE("trabecular-peel-mm", a.peel_mm, 0,
			"trabecular lies this deep under the surface, mm"),
		OPT_FLAG("clip-negative", a.clip_negative, "negative densities (fatty marrow) count as 0"),
		OPT_TEXT("landmarks", a.landmarks, 0, "FILE",
			"points set in 3D Slicer (.fcsv, .mrk.json) that replace what the label says"),
		OPT_FLAG("force", a.force, "overwrite outputs that exist"),
		OPT_END_NOTES(notes),
	};
	int go = opt_parse(
		argc, argv, "read areal and volumetric BMD of hip and spine off a density volume", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	return check(&a) != 0 ? -1 : run(&a, table);
}

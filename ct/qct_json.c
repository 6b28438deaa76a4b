/* The report as JSON: qct_report_to_json(). */
#include <math.h>
#include "ct/qct_report.h"
#include "host/files/json.h"
#include "host/run/version.h"

static struct json *part_to_json(const struct qct_part *p)
{
	struct json *j = json_object();
	json_put_number(j, "vbmd_mg_cm3", p->vbmd_mg_cm3);
	json_put_number(j, "volume_cm3", p->volume_cm3);
	json_put_number(j, "bmc_g", p->bmc_g);
	json_put_number(j, "vbmd_se_mg_cm3", p->vbmd_se_mg_cm3);
	return j;
}

static struct json *se_to_json(const struct qct_se *se)
{
	struct json *j = json_object();
	json_put_number(j, "calibration", se->calibration);
	json_put_number(j, "noise", se->noise);
	json_put_number(j, "frame", se->frame);
	return j;
}

static struct json *value_to_json(const struct qct_value *v, bool parts)
{
	if (!v->measured)
		return NULL;
	struct json *j = json_object();
	json_put_number(j, "abmd_g_cm2", v->abmd_g_cm2);
	json_put_number(j, "area_cm2", v->area_cm2);
	json_put_number(j, "bmc_g", v->bmc_g);
	json_put_number(j, "vbmd_mg_cm3", v->vbmd_mg_cm3);
	json_put_number(j, "volume_cm3", v->volume_cm3);
	json_put_number(j, "abmd_se_g_cm2", v->abmd_se_g_cm2.all);
	json_put_number(j, "vbmd_se_mg_cm3", v->vbmd_se_mg_cm3.all);
	json_put(j, "abmd_se_parts_g_cm2", se_to_json(&v->abmd_se_g_cm2));
	json_put(j, "vbmd_se_parts_mg_cm3", se_to_json(&v->vbmd_se_mg_cm3));
	if (parts) {
		json_put(j, "cortical", part_to_json(&v->cortical));
		json_put(j, "trabecular", part_to_json(&v->trabecular));
	}
	return j;
}

/* null for what was not measured. */
static void put_value(struct json *object, const char *name, const struct qct_value *v, bool parts)
{
	struct json *value = value_to_json(v, parts);
	if (value)
		json_put(object, name, value);
	else
		json_put_text(object, name, NULL);
}

static struct json *flags_to_json(const struct qct_flags *flags)
{
	struct json *list = json_array();
	for (int i = 0; i < flags->n; i++) {
		struct json *flag = json_object();
		json_put_text(flag, "code", qct_flag_name(flags->list[i].code));
		json_put_text(flag, "reason", flags->list[i].reason);
		json_push(list, flag);
	}
	return list;
}

static struct json *frame_to_json(const struct femur_axes *x)
{
	struct json *j = json_object();
	json_put_numbers(j, "head_centre_mm", x->frame.head_centre_mm, 3);
	json_put_number(j, "head_radius_mm", x->frame.head_radius_mm);
	json_put_number(j, "head_rms_mm", x->frame.head_rms_mm);
	json_put_number(j, "head_coverage", x->frame.head_coverage);
	json_put_numbers(j, "neck_axis", x->frame.neck_axis, 3);
	json_put_number(j, "neck_narrowest_mm", x->neck_mm);
	json_put_number(j, "neck_area_mm2", x->neck_assumed ? NAN : x->neck_area_mm2);
	json_put_numbers(j, "shaft_axis", x->frame.shaft_axis, 3);
	json_put_numbers(j, "shaft_point_mm", x->shaft_mm, 3);
	json_put_number(j, "shaft_length_mm", x->shaft_length_mm);
	json_put_bool(j, "shaft_assumed", x->frame.shaft_assumed);
	json_put_numbers(j, "lesser_trochanter_mm", x->lesser_mm, 3);
	json_put_number(j, "lesser_trochanter_lower_mm", x->lesser_lower_mm);
	json_put_bool(j, "lesser_trochanter_assumed", x->lesser_assumed);
	json_put_number(j, "neck_shaft_deg", x->neck_shaft_deg);
	json_put_number(j, "anteversion_deg", x->anteversion_deg);
	json_put_number(j, "confidence", x->confidence);
	return j;
}

static struct json *matrix_to_json(const double m[3][3])
{
	struct json *rows = json_array();
	for (int r = 0; r < 3; r++) {
		struct json *row = json_array();
		for (int a = 0; a < 3; a++)
			json_push_number(row, m[r][a]);
		json_push(rows, row);
	}
	return rows;
}

static struct json *hip_to_json(const struct qct_hip *h, const struct qct_settings *s)
{
	struct json *j = json_object(), *regions = json_object();
	json_put_text(j, "bone", h->bone);
	json_put_text(j, "side", qct_side_letter(h->side));
	json_put_bool(j, "measured", h->measured);
	json_put(j, "flags", flags_to_json(&h->flags));
	if (!h->measured) {
		json_free(regions);
		return j;
	}
	json_put_number(j, "mineral_mass_g", h->mineral_mass_g);
	json_put_number(j, "volume_cm3", h->volume_cm3);
	json_put(j, "frame", frame_to_json(&h->axes));
	json_put(j, "projection_rows", matrix_to_json((const double(*)[3])h->turn));
	const int last = s->rule.gruen_stem_mm > 0 ? HIP_REGIONS : REGION_GRUEN1;
	for (int k = 0; k < last; k++)
		put_value(
			regions, hip_region_name((enum hip_region_id)k, s->rule.maker), &h->regions[k], true);
	put_value(regions, "total_hip_model", &h->model, false);
	json_put(j, "regions", regions);
	json_put_bool(j, "total_hip_model_truncated", h->model_truncated);
	return j;
}

static struct json *vertebra_to_json(const struct qct_vertebra *v)
{
	struct json *j = json_object();
	json_put_text(j, "bone", v->bone);
	json_put_bool(j, "measured", v->measured);
	json_put(j, "flags", flags_to_json(&v->flags));
	if (!v->measured)
		return j;
	json_put_number(j, "mineral_mass_g", v->mineral_mass_g);
	json_put_number(j, "volume_cm3", v->volume_cm3);
	put_value(j, "whole", &v->value, false);
	json_put(j, "trabecular", part_to_json(&v->trabecular));
	return j;
}

static struct json *method_to_json(const struct qct_report *r)
{
	const struct qct_settings *s = &r->settings;
	struct json *j = json_object();
	json_put_text(j, "maker", s->rule.maker == HIP_GE ? "ge" : "hologic");
	json_put_text(j, "edges", s->rule.edges == HIP_EDGES_IMAGE ? "image" : "frame");
	json_put_text(j, "position",
		s->as_lain ? "as the patient lay" : "neutral: shaft upright, neck in the plane");
	json_put_numbers(j, "leg_flexion_internal_abduction_deg", s->leg_deg, 3);
	json_put_number(j, "neck_box_mm", s->rule.neck_box_mm);
	json_put_number(j, "distal_below_lesser_trochanter_mm", s->rule.distal_mm);
	json_put_number(j, "cortical_from_mg_cm3", s->tissue.cortical_mg_cm3);
	json_put_number(j, "trabecular_peel_mm", s->tissue.peel_mm);
	json_put_bool(j, "clip_negative", s->clip_negative);
	json_put_number(j, "pixel_mm", BONE_MAP_PIXEL_MM);
	json_put_number(j, "mask_cm", ABMD_MASK_CM);
	json_put_number(j, "model_neck_cut_radii", s->model_rule.neck_cut_radii);
	json_put_number(j, "model_distal_cut_radii", s->model_rule.distal_cut_radii);
	return j;
}

/* What the standard errors rest on. */
static struct json *calibration_summary(const struct qct_report *r)
{
	const struct calibration *c = &r->calibration;
	const struct calibration_error *e = &r->error.line;
	struct json *j = json_object();
	json_put_text(j, "method", c->method[0] ? c->method : NULL);
	if (c->statement[0])
		json_put_text(j, "bias_statement", c->statement);
	json_put_integer(j, "rods", c->n_rods);
	json_put_bool(j, "error_known", e->known);
	if (e->known)
		json_put_integer(j, "degrees_of_freedom", e->freedom);
	json_put_number(j, "residual_sd_mg_cm3", e->sd_mg_cm3);
	json_put_number(j, "voxel_noise_mg_cm3", e->noise_mg_cm3);
	json_put_number(j, "noise_independent_over_mm", r->error.noise_mm);
	json_put_number(j, "frame_sd_mm", QCT_FRAME_MM);
	json_put_number(j, "frame_sd_deg", QCT_FRAME_DEG);
	return j;
}

struct json *qct_report_to_json(const struct qct_report *r, const struct opt *options)
{
	struct json *root = json_object(), *hips = json_array(), *spine = json_array();
	if (r->isocentre_from) {
		json_put_numbers(root, "isocentre_mm", r->isocentre_mm, 3);
		json_put_text(root, "isocentre_from", r->isocentre_from);
	}
	json_put_text(root, "reference", "abmd_qct: from calibrated CT");
	json_put_text(root, "unit", r->calibration.unit);
	json_put(root, "method", method_to_json(r));
	json_put(root, "calibration", calibration_summary(r));
	for (int i = 0; i < r->n_hips; i++)
		json_push(hips, hip_to_json(&r->hips[i], &r->settings));
	json_put(root, "hips", hips);
	if (r->with_lumbar) {
		const struct qct_vertebra total = lumbar_total(r->lumbar, &r->error);
		for (int i = 0; i < LUMBAR; i++)
			if (r->lumbar[i].present)
				json_push(spine, vertebra_to_json(&r->lumbar[i]));
		json_push(spine, vertebra_to_json(&total));
		json_put(root, "lumbar", spine);
	} else {
		json_free(spine);
	}
	if (options)
		json_put(root, "options", json_from_options(options));
	json_put_text(root, "version", version_text());
	return root;
}

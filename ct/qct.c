#include "ct/qct.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ct/component.h"
#include "ct/flatten.h"
#include "ct/leg_pose.h"
#include "ct/vec3.h"
#include "host/run/err.h"

#define LOW_CONFIDENCE 0.5

struct qct_settings qct_settings_default(void)
{
	return (struct qct_settings){ .rule = hip_rule_default(),
		.tissue = tissue_rule_default(),
		.model_rule = total_hip_rule_default() };
}

/* What the networks are trained on and report. */
static int measure_model(struct qct_hip *hip, const struct volume *density, const struct volume *labels,
	uint16_t femur, const struct qct_settings *s)
{
	struct volume region = { 0 };
	struct flatten flat = { 0 };
	int rc = -1;
	TRY(hip_region(&region, &hip->model_truncated, labels, femur, 0, &hip->axes.frame, &s->model_rule));
	TRY(flatten_ap(&flat, density, &region, HIP_TOTAL));
	const struct abmd a = abmd_read(flat.mineral_g_cm2, flat.path_cm, 1, flat.cols * flat.rows);
	const double area = (double)a.pixels * FLATTEN_PIXEL_MM * FLATTEN_PIXEL_MM / 100;
	hip->model = (struct qct_value){ .measured = a.pixels > 0,
		.abmd_g_cm2 = a.abmd_g_cm2,
		.area_cm2 = area,
		.bmc_g = a.pixels > 0 ? a.abmd_g_cm2 * area : NAN,
		.vbmd_mg_cm3 = a.vbmd_mg_cm3,
		.volume_cm3 = a.path_sum_cm * FLATTEN_PIXEL_MM * FLATTEN_PIXEL_MM / 100 };
	rc = 0;
cleanup:
	volume_free(&region);
	flatten_free(&flat);
	return rc;
}

/* Does the bone meet the image's end inside the region, or end above its lower edge? */
static void check_field(struct qct_hip *hip, const struct component *bone, const struct volume *labels,
	const struct bone_map_view *view, const struct qct_settings *s)
{
	double spacing_mm[3], deepest = -INFINITY;
	bool cut_below = false, cut_beside = false;
	int64_t at[3], i = 0;
	volume_spacing_mm(labels, spacing_mm);
	const double voxel_mm = fmax(spacing_mm[0], fmax(spacing_mm[1], spacing_mm[2]));
	for (at[2] = bone->lo[2]; at[2] < bone->lo[2] + bone->n[2]; at[2]++)
		for (at[1] = bone->lo[1]; at[1] < bone->lo[1] + bone->n[1]; at[1]++)
			for (at[0] = bone->lo[0]; at[0] < bone->lo[0] + bone->n[0]; at[0]++) {
				const double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
				double p[3], q[3];
				if (!bone->in[i++])
					continue;
				volume_index_to_world(labels, index, p);
				vec3_add(p, p, -1, view->origin_mm);
				const double x = vec3_dot(p, view->x), y = vec3_dot(p, view->y);
				const double below = (x - hip->cuts.distal_point[0]) * hip->cuts.distal[0] +
						     (y - hip->cuts.distal_point[1]) * hip->cuts.distal[1];
				deepest = fmax(deepest, below);
				for (int a = 0; a < 3; a++) {
					const int side = at[a] == 0 ? -1 : at[a] == labels->n[a] - 1 ? 1 : 0;
					if (side == 0)
						continue;
					for (int r = 0; r < 3; r++)
						q[r] = p[r] + side * labels->to_world[r][a];
					if (!hip_cuts_contain(&hip->cuts, &s->rule, REGION_TOTAL,
						    vec3_dot(q, view->x), vec3_dot(q, view->y)))
						continue;
					cut_below = cut_below ||
						    side * labels->to_world[2][a] < -0.7 * spacing_mm[a];
					cut_beside = cut_beside ||
						     side * labels->to_world[2][a] >= -0.7 * spacing_mm[a];
				}
			}
	if (cut_below || deepest + voxel_mm < 0)
		qct_flag_add(&hip->flags, QCT_CUT_BELOW,
			"the femur ends %.0f mm above the region's lower edge", fmax(0, -deepest));
	if (cut_beside)
		qct_flag_add(&hip->flags, QCT_CUT_BESIDE, "the image ends inside the total hip");
}

static int read_regions(struct qct_hip *hip, const struct qct_settings *s)
{
	const bool cut = qct_flag_has(&hip->flags, QCT_CUT_BELOW),
		   beside = qct_flag_has(&hip->flags, QCT_CUT_BESIDE);
	const int last = s->rule.gruen_stem_mm > 0 ? HIP_REGIONS : REGION_GRUEN1;
	uint8_t *in = malloc((size_t)(hip->map.cols * hip->map.rows) + 1);
	if (!in)
		return ERR_RESOURCE("no memory for a region");
	for (int k = 0; k < last; k++) {
		if ((cut && hip_region_needs_distal((enum hip_region_id)k)) || beside)
			continue;
		for (int64_t r = 0, i = 0; r < hip->map.rows; r++)
			for (int64_t c = 0; c < hip->map.cols; c++, i++)
				in[i] = hip_cuts_contain(&hip->cuts, &s->rule, (enum hip_region_id)k,
					bone_map_x_mm(&hip->map, c), bone_map_y_mm(&hip->map, r));
		hip->regions[k] = qct_value_read(&hip->map, in);
	}
	free(in);
	return 0;
}

/* The projection along the picture's front, its cuts and the regions. */
static int measure_regions(struct qct_hip *hip, const struct volume *density, const struct volume *labels,
	uint16_t femur, const struct qct_settings *s)
{
	static const double as_lain[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	struct component bone = { 0 };
	struct bone_map_view view = { 0 };
	uint8_t *classes = NULL;
	int rc = -1;
	leg_pose_turn(hip->turn, s->as_lain ? as_lain : (const double(*)[3])hip->axes.neutral, s->leg_deg,
		hip->side);
	memcpy(view.origin_mm, hip->axes.frame.head_centre_mm, sizeof view.origin_mm);
	for (int a = 0; a < 3; a++) {
		view.x[a] = (hip->side == LABEL_RIGHT ? 1 : -1) * hip->turn[0][a];
		view.y[a] = hip->turn[2][a];
	}
	TRY(component_largest(&bone, labels, femur));
	TRY(tissue_classify(&classes, &bone, density, &s->tissue));
	TRY(bone_map_make(&hip->map, density, &bone, classes, &view, s->clip_negative));
	TRY(hip_cuts_find(&hip->cuts, &s->rule, &hip->axes, (const double(*)[3])hip->turn, &hip->map));
	if (s->rule.maker == HIP_HOLOGIC && !isfinite(hip->cuts.notch_mm))
		qct_flag_add(&hip->flags, QCT_NO_NOTCH,
			"no notch above the neck: the box lies about its narrowest section");
	check_field(hip, &bone, labels, &view, s);
	TRY(read_regions(hip, s));
	rc = 0;
cleanup:
	component_free(&bone);
	free(classes);
	return rc;
}

static void flag_axes(struct qct_hip *hip)
{
	const struct femur_axes *x = &hip->axes;
	if (x->frame.shaft_assumed)
		qct_flag_add(&hip->flags, QCT_SHAFT_ASSUMED,
			"shaft too short: the body's axis stands for the shaft's");
	if (x->lesser_assumed)
		qct_flag_add(&hip->flags, QCT_LESSER_ASSUMED,
			"no lesser trochanter found: taken at %.0f mm below the head", x->lesser_lower_mm);
	if (x->neck_assumed)
		qct_flag_add(&hip->flags, QCT_NECK_ASSUMED,
			"no narrowest section of the neck: taken at %.0f mm", x->neck_mm);
	if (x->confidence < LOW_CONFIDENCE)
		qct_flag_add(&hip->flags, QCT_LOW_CONFIDENCE, "the frame's confidence is %.2f, below %.2f",
			x->confidence, LOW_CONFIDENCE);
}

/* Refused for err_message(), kept in the flag; a lack of memory stays an error. */
static int refuse(struct qct_hip *hip, enum qct_flag_code code)
{
	if (err_code() != EXIT_CODE_INVALID)
		return -1;
	qct_flag_add(&hip->flags, code, "%s", err_message());
	err_clear();
	return 0;
}

static int find_axes(
	struct qct_hip *hip, const struct volume *labels, uint16_t femur, const struct qct_settings *s)
{
	const enum label_side other = hip->side == LABEL_RIGHT ? LABEL_LEFT : LABEL_RIGHT;
	struct femur_frame mirrored;
	if (femur_axes_find(&hip->axes, labels, femur, hip->side, s->landmarks) == 0)
		return 1;
	if (refuse(hip, QCT_NO_FRAME) != 0)
		return -1;
	if (femur_frame_find(&mirrored, labels, femur, other) == 0)
		qct_flag_add(&hip->flags, QCT_WRONG_SIDE,
			"labelled %s, but by its head, neck and shaft it is the %s femur",
			hip->side == LABEL_RIGHT ? "right" : "left", other == LABEL_RIGHT ? "right" : "left");
	err_clear();
	return 0;
}

int qct_measure(struct qct_hip *hip, const struct volume *density, const struct calibration *calibration,
	const struct volume *labels, const struct label_map *map, enum label_side side,
	const struct qct_settings *s)
{
	*hip = (struct qct_hip){ .side = side,
		.bone = side == LABEL_LEFT ? "femur_left" : "femur_right",
		.mineral_mass_g = NAN,
		.volume_cm3 = NAN };
	const struct label *femur = label_map_by_name(map, hip->bone);
	double mass_g = 0, volume_cm3 = 0;
	if (volume_same_grid(density, "the density volume", labels, "the labels") != 0)
		return -1;
	if (femur)
		qct_label_mass(&mass_g, &volume_cm3, density, labels, femur->id, s->clip_negative);
	if (!(volume_cm3 > 0)) {
		qct_flag_add(&hip->flags, QCT_MISSING_LABEL, "no voxel carries the label of %s in map '%s'",
			hip->bone, map->name);
		return 0;
	}
	const struct calibration_flag *flag = calibration_flag_of(calibration, hip->bone);
	if (flag) {
		qct_flag_add(&hip->flags, QCT_METAL, "%s", flag->reason);
		return 0;
	}
	if (!calibration->flags_known)
		qct_flag_add(&hip->flags, QCT_METAL_UNKNOWN, "the calibration did not look for metal");
	int found = find_axes(hip, labels, femur->id, s);
	if (found <= 0)
		return found;
	flag_axes(hip);
	if (measure_regions(hip, density, labels, femur->id, s) != 0)
		return refuse(hip, QCT_NO_FRAME);
	if (measure_model(hip, density, labels, femur->id, s) != 0)
		return -1;
	hip->mineral_mass_g = mass_g;
	hip->volume_cm3 = volume_cm3;
	hip->measured = true;
	return 0;
}

void qct_hip_free(struct qct_hip *hip)
{
	bone_map_free(&hip->map);
}

const char *qct_isocentre(
	double isocentre_mm[3], const struct qct_hip *hips, int n, const struct volume *labels)
{
	double sum[3] = { 0 };
	int measured = 0;
	for (int i = 0; i < n; i++) {
		if (!hips[i].measured)
			continue;
		measured++;
		vec3_add(sum, sum, 1, hips[i].axes.frame.head_centre_mm);
	}
	if (measured == 0)
		return NULL;
	for (int a = 0; a < 3; a++)
		isocentre_mm[a] = sum[a] / measured;
	if (measured > 1)
		return "midway between the head centres";
	double middle[3], world_mm[3];
	for (int a = 0; a < 3; a++)
		middle[a] = 0.5 * (double)(labels->n[a] - 1);
	volume_index_to_world(labels, middle, world_mm);
	isocentre_mm[0] = world_mm[0];
	return "one head centre, moved in x to the middle of the image";
}

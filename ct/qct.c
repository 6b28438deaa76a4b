#include "ct/qct.h"
#include <math.h>
#include "ct/flatten.h"
#include "ct/qct_regions.h"
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
	uint16_t femur, const struct qct_settings *s, const struct qct_error *error)
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
	qct_error_value(&hip->model, error, 0, 0);
	rc = 0;
cleanup:
	volume_free(&region);
	flatten_free(&flat);
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
	if (femur_axes_find(&hip->axes, labels, femur, hip->side, s->landmarks) == 0)
		return 1;
	if (refuse(hip, QCT_NO_FRAME) != 0)
		return -1;
	if (femur_is_other_side(labels, femur, hip->side))
		qct_flag_add(&hip->flags, QCT_WRONG_SIDE,
			"labelled %s, but by its head, neck and shaft it is the %s femur",
			label_side_name(hip->side),
			label_side_name(hip->side == LABEL_RIGHT ? LABEL_LEFT : LABEL_RIGHT));
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
	const struct qct_error error = qct_error_of(calibration, density);
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
	if (qct_measure_regions(hip, density, labels, femur->id, s, &error) != 0)
		return refuse(hip, QCT_NO_FRAME);
	if (measure_model(hip, density, labels, femur->id, s, &error) != 0)
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

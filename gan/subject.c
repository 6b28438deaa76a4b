#include "gan/subject.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ct/abmd.h"
#include "ct/remove.h"
#include "host/files/nifti.h"
#include "host/run/err.h"

/* Channel of each code: 0 .. SUBJECT_CHANNELS-1 for the hips, none for the rest. */
static uint8_t channel_of_code[256], bone_of_code[256];

static void fill_code_tables(void)
{
	memset(channel_of_code, PROJECTOR_NO_CHANNEL, sizeof(channel_of_code));
	for (int c = 1; c <= SUBJECT_CHANNELS; c++)
		channel_of_code[c] = (uint8_t)(c - 1);
	for (int c = 1; c <= SUBJECT_OTHER_BONE; c++)
		bone_of_code[c] = 1;
}

static int open_resident(struct subject *s, const struct device *device)
{
	fill_code_tables();
	struct projector_source source = {
		.values = &s->density,
		.labels = &s->codes,
		.channel_of_label = channel_of_code,
		.n_channels = SUBJECT_CHANNELS,
		.hu_per_value = 1.0 / s->calibration.slope_mg_cm3_per_hu,
		.hu_offset = -s->calibration.intercept_mg_cm3 / s->calibration.slope_mg_cm3_per_hu,
		.materials = material_model_default(),
		.bone_of_label = bone_of_code,
	};
	source.materials.slope_mg_cm3_per_hu = s->calibration.slope_mg_cm3_per_hu;
	source.materials.intercept_mg_cm3 = s->calibration.intercept_mg_cm3;
	return resident_open(&s->resident, device, &source);
}

/* Adds one hip's codes to the subject's. */
static int code_hip(struct subject *s, int hip, const struct volume *labels, const struct label *femur,
	const struct label *pelvis)
{
	struct volume region = { 0 };
	struct total_hip_rule rule = total_hip_rule_default();
	struct subject_hip *h = &s->hips[hip];
	int rc = -1;
	TRY(hip_region(&region, &h->truncated, labels, femur->id, pelvis->id, &h->frame, &rule));
	const uint8_t *from = volume_u8(&region);
	uint8_t *to = volume_u8(&s->codes);
	const uint8_t code_of[4] = { 0, (uint8_t)(1 + 3 * hip), (uint8_t)(2 + 3 * hip), (uint8_t)(3 + 3 * hip) };
	for (int64_t i = 0, n = volume_count(&region); i < n; i++)
		if (from[i])
			to[i] = code_of[from[i] & 3];
	rc = 0;
cleanup:
	volume_free(&region);
	return rc;
}

static int find_hip(struct subject *s, int hip, const struct volume *labels, const struct label_map *map)
{
	static const char *const femurs[] = { "femur_right", "femur_left" }, *const pelves[] = { "hip_right", "hip_left" };
	struct subject_hip *h = &s->hips[hip];
	h->side = hip == 0 ? LABEL_RIGHT : LABEL_LEFT;
	const struct label *femur = label_map_by_name(map, femurs[hip]), *pelvis = label_map_by_name(map, pelves[hip]);
	if (!femur || !pelvis) {
		snprintf(h->reason, sizeof(h->reason), "label map '%s' has no %s", map->name, femur ? pelves[hip] : femurs[hip]);
		return 0;
	}
	const struct calibration_flag *flag = calibration_flag_of(&s->calibration, femur->name);
	if (flag) {
		snprintf(h->reason, sizeof(h->reason), "%s", flag->reason);
		return 0;
	}
	if (femur_frame_find(&h->frame, labels, femur->id, h->side) != 0) {
		if (err_code() != EXIT_CODE_INVALID)
			return -1;
		snprintf(h->reason, sizeof(h->reason), "%s", err_message());
		return 0;
	}
	h->usable = true;
	return code_hip(s, hip, labels, femur, pelvis);
}

static void code_other_bones(struct subject *s, const struct volume *labels, const struct label_map *map)
{
	static const uint16_t none = 0;
	uint8_t *codes = volume_u8(&s->codes);
	const uint16_t *label = volume_u16(labels);
	uint16_t last = none;
	bool last_is_bone = false;
	for (int64_t i = 0, n = volume_count(labels); i < n; i++) {
		if (codes[i] || !label[i])
			continue;
		if (label[i] != last) {
			const struct label *l = label_map_by_id(map, label[i]);
			last = label[i];
			last_is_bone = l && l->kind == LABEL_BONE;
		}
		if (last_is_bone)
			codes[i] = SUBJECT_OTHER_BONE;
	}
}

static void set_isocentre(struct subject *s)
{
	double middle_mm[3];
	const struct subject_hip *r = &s->hips[0], *l = &s->hips[1];
	geometry_volume_centre_mm(&s->density, middle_mm);
	const struct subject_hip *one = r->usable ? r : l;
	for (int k = 0; k < 3; k++)
		s->isocentre_mm[k] = one->frame.head_centre_mm[k];
	if (!r->usable || !l->usable)
		s->isocentre_mm[0] = middle_mm[0];
	for (int k = 0; k < 3 && r->usable && l->usable; k++)
		s->isocentre_mm[k] = 0.5 * (r->frame.head_centre_mm[k] + l->frame.head_centre_mm[k]);
}

/* The CT's own aBMD: parallel ap projection of the region in the neutral pose. */
static int read_abmd(struct subject *s)
{
	struct geometry g = { .projection = GEOMETRY_PARALLEL, .view = GEOMETRY_AP, .cols = 440, .rows = 360,
		.pixel_mm = 1.0 };
	struct pose neutral = { { 0 }, { 0 } };
	struct projection p = { 0 };
	int rc = -1;
	memcpy(g.isocentre_mm, s->isocentre_mm, sizeof(g.isocentre_mm));
	TRY(projection_alloc(&p, &g, 1, SUBJECT_CHANNELS, false, false, true, true));
	TRY(projector_render(&p, &s->resident, PROJECTOR_PWC, &g, &neutral, 1));
	for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
		int64_t plane = (int64_t)(3 * hip + 1) * g.cols * g.rows;
		struct abmd abmd = abmd_read(p.mineral + plane, p.path + plane, 1, g.cols * g.rows);
		s->hips[hip].abmd_g_cm2 = abmd.abmd_g_cm2;
		s->hips[hip].vbmd_mg_cm3 = abmd.vbmd_mg_cm3;
	}
	rc = 0;
cleanup:
	projection_free(&p);
	return rc;
}

int subject_load(struct subject *s, const struct device *device, const char *density_path, const char *labels_path,
	const struct label_map *map)
{
	struct volume labels = { 0 };
	int rc = -1;
	memset(s, 0, sizeof(*s));
	TRY(calibration_read_sidecar(&s->calibration, density_path));
	TRY(calibration_require_line(&s->calibration, density_path));
	TRY(calibration_require_ha(&s->calibration, density_path));
	TRY(nifti_read_image(&s->density, density_path));
	TRY(nifti_read_labels(&labels, labels_path));
	TRY(volume_same_grid(&s->density, density_path, &labels, labels_path));
	double air = s->calibration.slope_mg_cm3_per_hu * -1000.0 + s->calibration.intercept_mg_cm3;
	TRY(remove_rods(&s->density, &labels, &s->calibration, (float)air, REMOVE_MARGIN_MM));
	TRY(volume_init(&s->codes, labels.n, (const double(*)[4])labels.to_world, VOLUME_U8));
	for (int hip = 0; hip < SUBJECT_HIPS; hip++)
		TRY(find_hip(s, hip, &labels, map));
	if (!s->hips[0].usable && !s->hips[1].usable) {
		ERR_INVALID("%s: no usable hip; right: %s; left: %s", density_path, s->hips[0].reason, s->hips[1].reason);
		goto cleanup;
	}
	code_other_bones(s, &labels, map);
	set_isocentre(s);
	TRY(open_resident(s, device));
	TRY(read_abmd(s));
	rc = 0;
cleanup:
	volume_free(&labels);
	if (rc != 0)
		subject_free(s);
	return rc;
}

void subject_free(struct subject *s)
{
	resident_close(&s->resident);
	volume_free(&s->density);
	volume_free(&s->codes);
}

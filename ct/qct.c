#include "ct/qct.h"
#include <stdio.h>
#include <string.h>
#include "ct/flatten.h"
#include "host/run/err.h"

static bool is_present(const struct volume *labels, uint16_t label)
{
	const uint16_t *value = volume_u16(labels);
	const int64_t n = volume_count(labels);
	for (int64_t i = 0; i < n; i++)
		if (value[i] == label)
			return true;
	return false;
}

static int measure_region(struct qct_hip *hip, const struct volume *density, const struct volume *labels,
	uint16_t femur, const struct total_hip_rule *rule)
{
	struct volume region = { 0 };
	struct flatten flat = { 0 };
	int rc = -1;
	TRY(hip_region(&region, &hip->truncated, labels, femur, 0, &hip->frame, rule));
	TRY(flatten_ap(&flat, density, &region, HIP_TOTAL));
	hip->abmd = abmd_read(flat.mineral_g_cm2, flat.path_cm, 1, flat.cols * flat.rows);
	if (hip->abmd.pixels == 0) {
		ERR_INVALID("the total-hip region is empty");
		goto cleanup;
	}
	hip->area_cm2 = (double)hip->abmd.pixels * FLATTEN_PIXEL_MM * FLATTEN_PIXEL_MM / 100;
	hip->bmc_g = hip->abmd.abmd_g_cm2 * hip->area_cm2;
	rc = 0;
cleanup:
	volume_free(&region);
	flatten_free(&flat);
	return rc;
}

int qct_measure(struct qct_hip *hip, const struct volume *density_mg_cm3,
	const struct calibration *calibration, const struct volume *labels, const struct label_map *map,
	enum label_side side, const struct total_hip_rule *rule)
{
	const char *name = side == LABEL_LEFT ? "femur_left" : "femur_right";
	const struct label *femur = label_map_by_name(map, name);
	*hip = (struct qct_hip){ .side = side };
	if (!femur || !is_present(labels, femur->id))
		return 1;
	const struct calibration_flag *flag = calibration_flag_of(calibration, name);
	if (flag) {
		hip->metal = flag->reason;
		snprintf(hip->note, sizeof hip->note, "refused: %s", flag->reason);
		return 0;
	}
	if (femur_frame_find(&hip->frame, labels, femur->id, side) != 0 ||
		measure_region(hip, density_mg_cm3, labels, femur->id, rule) != 0) {
		snprintf(hip->note, sizeof hip->note, "refused: %s", err_message());
		err_clear();
		return 0;
	}
	hip->measured = true;
	snprintf(hip->note, sizeof hip->note, "%s%s%s",
		hip->truncated ? "the image ends inside the region" : "",
		hip->truncated && hip->frame.shaft_assumed ? "; " : "",
		hip->frame.shaft_assumed ? "shaft too short: cut across the body's axis" : "");
	return 0;
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
		for (int a = 0; a < 3; a++)
			sum[a] += hips[i].frame.head_centre_mm[a];
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

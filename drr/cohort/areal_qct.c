/* Areal density as an ideal CT of the body says it. */
#include <math.h>
#include <stdlib.h>

#include "drr/cohort/areal.h"
#include "drr/cohort/label_box.h"
#include "drr/cohort/motion.h"
#include "host/run/err.h"

#define PIXEL_MM 1.0

/* Mineral density, g/cm3, that a calibrated CT reads per partial density: linear, as the CT number is. */
struct reading {
	double soft, fat, mineral, offset;
};

/* The line through rods of hydroxyapatite in water: 0 HU is 0, and each g/cm3 displaces water. */
static int reading_at(struct reading *r, double kev)
{
	double soft, fat, mineral, water;
	if (scan_hu(&soft, 1, 0, 0, 0, kev) != 0 || scan_hu(&fat, 0, 1, 0, 0, kev) != 0 ||
		scan_hu(&mineral, 0, 0, 1, 0, kev) != 0 || scan_hu(&water, 0, 0, 0, 1, kev) != 0)
		return -1;
	double per_g_cm3 = mineral + 1000 - (water + 1000) / ANATOMY_MINERAL_G_CM3;
	*r = (struct reading){ .soft = (soft + 1000) / per_g_cm3,
		.fat = (fat + 1000) / per_g_cm3,
		.mineral = (mineral + 1000) / per_g_cm3,
		.offset = -1000 / per_g_cm3 };
	return 0;
}

/* The part of the scan around a femur: its reading and 1 on voxels of the total hip, 0 elsewhere. */
static int cut_out(struct volume *density, struct volume *region, const struct scan *scan, uint8_t label,
	const struct femur_frame *frame, const struct reading *reading)
{
	const struct anatomy_voxels *v = &scan->truth;
	const struct total_hip_rule rule = total_hip_rule_default();
	const float *soft = volume_f32(&v->soft), *fat = volume_f32(&v->fat), *mineral = volume_f32(&v->mineral);
	struct label_box box;
	if (!label_box_find(&box, &v->labels, label))
		return ERR_INVALID("no voxel of the femur in the scan");
	if (label_box_volume(density, &box, &v->labels) != 0 || label_box_volume(region, &box, &v->labels) != 0)
		return -1;
	const int64_t *n = region->n;
#pragma omp parallel for schedule(static)
	for (int64_t row = 0; row < n[1] * n[2]; row++) {
		const int64_t y = row % n[1], z = row / n[1];
		float *is = volume_f32(region) + row * n[0], *reads = volume_f32(density) + row * n[0];
		for (int64_t x = 0; x < n[0]; x++) {
			const int64_t from = label_box_index(&box, &v->labels, x, y, z);
			const double voxel[3] = { (double)x, (double)y, (double)z };
			double point[3];
			if (volume_u8(&v->labels)[from] != label)
				continue;
			affine_apply(AFFINE(region->to_world), voxel, point);
			if (!total_hip_contains(frame, &rule, point))
				continue;
			is[x] = 1;
			reads[x] = (float)(reading->soft * (double)soft[from] + reading->fat * (double)fat[from] +
					   reading->mineral * (double)mineral[from] + reading->offset);
		}
	}
	return 0;
}

static double mean_over(const float *map, const uint8_t *mask, int64_t n)
{
	double sum = 0, count = 0;
	for (int64_t i = 0; i < n; i++)
		if (mask[i]) {
			sum += (double)map[i];
			count++;
		}
	return sum / count; /* NaN without a pixel */
}

/* The motion of a femur from the CT's world into the neutral body's. */
static void to_neutral(double motion[4][4], const struct scan *scan, const struct anatomy *at_scan,
	const struct anatomy *neutral, enum anatomy_side side)
{
	double to_body[4][4], femur[4][4];
	motion_inverse(to_body, scan->body_to_world);
	posture_femur_motion(femur, at_scan, neutral, side);
	affine_multiply(motion, (const double(*)[4])femur, (const double(*)[4])to_body);
}

static int read_side(struct areal *out, const struct device *device, const struct scan *scan,
	const struct anatomy *at_scan, const struct anatomy *neutral, enum anatomy_side side,
	const struct reading *reading)
{
	const struct geometry g = areal_window(neutral->frame[side].head_centre_mm, side, PIXEL_MM);
	const struct areal_neck neck = areal_neck_of(neutral, side, NULL, 0);
	struct femur_frame frame;
	struct volume density = { 0 }, region = { 0 };
	struct pose pose;
	double motion[4][4];
	int64_t pixels = g.cols * g.rows;
	float *maps = malloc((size_t)(2 * pixels) * sizeof(float));
	uint8_t *masks = malloc((size_t)(AREAL_REGIONS * pixels));
	int rc = -1;
	if (!maps || !masks) {
		ERR_RESOURCE("out of memory for %lld pixels", (long long)pixels);
		goto cleanup;
	}
	frame = anatomy_femur_frame(at_scan, side);
	frame = motion_of_frame((const double(*)[4])scan->body_to_world, &frame);
	TRY(cut_out(&density, &region, scan,
		anatomy_label(side == ANATOMY_RIGHT ? ANATOMY_FEMUR_RIGHT : ANATOMY_FEMUR_LEFT), &frame,
		reading));
	to_neutral(motion, scan, at_scan, neutral, side);
	motion_to_pose(&pose, (const double(*)[4])motion, g.isocentre_mm);
	TRY(areal_project(maps, device, &density, &g, &pose, 0.1f));
	TRY(areal_project(maps + pixels, device, &region, &g, &pose, 0.1f));
	areal_masks(masks, maps + pixels, &g, &neck);
	for (int i = 0; i < AREAL_REGIONS; i++)
		out->qct_g_cm2[i] = mean_over(maps, masks + i * pixels, pixels);
	rc = 0;
cleanup:
	volume_free(&density);
	volume_free(&region);
	free(maps);
	free(masks);
	return rc;
}

int areal_qct(struct areal *out, const struct device *device, const struct scan *scan,
	const struct anatomy *at_scan, const struct anatomy *neutral, double kev)
{
	struct reading reading;
	if (reading_at(&reading, kev) != 0)
		return -1;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		if (areal_exclusion(&neutral->params, (enum anatomy_side)side)) {
			for (int i = 0; i < AREAL_REGIONS; i++)
				out[side].qct_g_cm2[i] = NAN;
		} else if (read_side(&out[side], device, scan, at_scan, neutral, (enum anatomy_side)side,
			    &reading) != 0)
			return -1;
	return 0;
}

/* The total-hip region of a femur: total_hip_contains(), hip_region(). */
#include <math.h>
#include "ct/component.h"
#include "ct/frame.h"
#include "ct/vec3.h"
#include "host/run/err.h"

struct total_hip_rule total_hip_rule_default(void)
{
	return (struct total_hip_rule){ .neck_cut_radii = 0.9, .distal_cut_radii = 3.6 };
}

static double depth_radii(const struct femur_frame *frame, const double point_mm[3])
{
	double q[3];
	vec3_add(q, point_mm, -1, frame->head_centre_mm);
	return vec3_dot(q, frame->shaft_axis) / frame->head_radius_mm;
}

bool total_hip_contains(
	const struct femur_frame *frame, const struct total_hip_rule *rule, const double point_mm[3])
{
	double q[3];
	vec3_add(q, point_mm, -1, frame->head_centre_mm);
	return vec3_dot(q, frame->neck_axis) >= rule->neck_cut_radii * frame->head_radius_mm &&
	       depth_radii(frame, point_mm) < rule->distal_cut_radii;
}

/* A voxel of the region at the image's end whose neighbour beyond the end would belong to the region too. */
static bool is_cut(const struct volume *labels, const int64_t at[3], const struct femur_frame *frame,
	const struct total_hip_rule *rule)
{
	for (int a = 0; a < 3; a++)
		for (int side = -1; side <= 1; side += 2) {
			double index[3] = { (double)at[0], (double)at[1], (double)at[2] }, beyond_mm[3];
			if (at[a] + side >= 0 && at[a] + side < labels->n[a])
				continue;
			index[a] += side;
			volume_index_to_world(labels, index, beyond_mm);
			if (total_hip_contains(frame, rule, beyond_mm))
				return true;
		}
	return false;
}

struct region_job {
	const struct volume *labels;
	const struct component *bone;
	const struct femur_frame *frame;
	const struct total_hip_rule *rule;
	double deepest; /* of the bone's voxels, radii below the head */
	bool cut;
};

static uint8_t region_of_femur(struct region_job *j, const int64_t at[3])
{
	const double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
	double point_mm[3];
	if (!component_has(j->bone, at))
		return HIP_FEMUR;
	volume_index_to_world(j->labels, index, point_mm);
	j->deepest = fmax(j->deepest, depth_radii(j->frame, point_mm));
	if (!total_hip_contains(j->frame, j->rule, point_mm))
		return HIP_FEMUR;
	j->cut = j->cut || is_cut(j->labels, at, j->frame, j->rule);
	return HIP_TOTAL;
}

int hip_region(struct volume *region, bool *truncated, const struct volume *labels, uint16_t femur,
	uint16_t pelvis, const struct femur_frame *frame, const struct total_hip_rule *rule)
{
	struct component bone = { 0 };
	struct region_job job = { labels, &bone, frame, rule, -INFINITY, false };
	int rc = -1;
	TRY(component_largest(&bone, labels, femur));
	TRY(volume_init(region, labels->n, labels->to_world, VOLUME_U8));
	const uint16_t *label = volume_u16(labels);
	uint8_t *out = volume_u8(region);
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < labels->n[2]; at[2]++)
		for (at[1] = 0; at[1] < labels->n[1]; at[1]++)
			for (at[0] = 0; at[0] < labels->n[0]; at[0]++, i++) {
				if (label[i] == femur)
					out[i] = region_of_femur(&job, at);
				else if (pelvis != 0 && label[i] == pelvis)
					out[i] = HIP_PELVIS;
			}
	/* A label that ends above the cut is truncated too, whoever cut it: one voxel's depth is no matter.
	 */
	double spacing_mm[3];
	volume_spacing_mm(labels, spacing_mm);
	double voxel_radii = fmax(spacing_mm[0], fmax(spacing_mm[1], spacing_mm[2])) / frame->head_radius_mm;
	*truncated = job.cut || job.deepest + voxel_radii < rule->distal_cut_radii;
	rc = 0;
cleanup:
	component_free(&bone);
	return rc;
}

#include "ct/frame.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/component.h"
#include "ct/head.h"
#include "ct/shaft.h"
#include "ct/surface.h"
#include "ct/vec3.h"
#include "host/run/err.h"
#include "host/run/log.h"

/* Shell about the head, in radii, that holds the neck and not yet the trochanters. */
#define NECK_FROM 1.15
#define NECK_TO 1.5
/* Depths below the head, in radii, where the bone must lie lateral of the head by MIN_OFFSET radii. */
#define BELOW_FROM 0.8
#define BELOW_TO 3.2
#define MIN_OFFSET 0.6
enum { ROUNDS = 3 };

/* The head lies medial and proximal of the neck; the right femur's medial is -x. */
static int towards_head(double towards[3], enum label_side side)
{
	if (side != LABEL_LEFT && side != LABEL_RIGHT)
		return ERR_INVALID("the label map gives the femur no side");
	towards[0] = side == LABEL_RIGHT ? -0.8 : 0.8;
	towards[1] = 0;
	towards[2] = 0.6;
	return 0;
}

/* Mean direction from the head's centre to the bone in the shell, on the side away from `towards`. */
static int find_neck(double neck[3], const double *centres_mm, int64_t n, const struct sphere *head,
	const double towards[3])
{
	double sum[3] = { 0 }, count = 0;
	for (int64_t i = 0; i < n; i++) {
		double q[3];
		vec3_add(q, centres_mm + 3 * i, -1, head->centre_mm);
		double radii = vec3_length(q) / head->radius_mm;
		if (!(radii >= NECK_FROM && radii <= NECK_TO) || vec3_dot(q, towards) >= 0)
			continue;
		vec3_add(sum, sum, 1 / (radii * head->radius_mm), q);
		count++;
	}
	if (!(vec3_length(sum) > 0.5 * count)) /* no bone at all, or bone all round */
		return ERR_INVALID("no neck beside the head at (%.0f, %.0f, %.0f) mm", head->centre_mm[0],
			head->centre_mm[1], head->centre_mm[2]);
	memcpy(neck, sum, sizeof sum);
	return vec3_unit(neck);
}

static int find_head_and_neck(struct femur_frame *frame, const struct surface *surface,
	const double *centres_mm, int64_t n, double voxel_mm)
{
	struct head head;
	double towards[3], neck[3];
	if (towards_head(towards, frame->side) != 0 || head_start(&head, surface, towards, voxel_mm) != 0)
		return -1;
	for (int round = 0; round < ROUNDS; round++) {
		if (find_neck(neck, centres_mm, n, &head.sphere, towards) != 0)
			return -1;
		for (int a = 0; a < 3; a++)
			towards[a] = -neck[a];
		if (head_refine(&head, surface, towards, voxel_mm) != 0)
			return -1;
	}
	if (head_check(&head, voxel_mm) != 0 || find_neck(neck, centres_mm, n, &head.sphere, towards) != 0)
		return -1;
	memcpy(frame->head_centre_mm, head.sphere.centre_mm, sizeof frame->head_centre_mm);
	memcpy(frame->neck_axis, neck, sizeof neck);
	frame->head_radius_mm = head.sphere.radius_mm;
	frame->head_rms_mm = head.rms_mm;
	frame->head_coverage = head.coverage;
	log_verbose("femoral head: radius %.2f mm, %.2f mm rms, %.0f %% of its cap", frame->head_radius_mm,
		head.rms_mm, 100 * head.coverage);
	return 0;
}

static int find_shaft(struct femur_frame *frame, const double *centres_mm, int64_t n, double voxel_mm)
{
	frame->shaft_axis[2] = -1;
	int rc = shaft_axis(
		frame->shaft_axis, centres_mm, n, frame->head_centre_mm, frame->head_radius_mm, voxel_mm);
	if (rc < 0)
		return -1;
	frame->shaft_assumed = rc == 1;
	if (frame->shaft_assumed)
		log_info("%s femur: too little shaft in the image; the body's axis stands for the shaft's",
			label_side_name(frame->side));
	return 0;
}

/*
 * The head must lie medial of the bone below it: the greater trochanter of a femur whose label names the
 * wrong side can pass for a head, but stands above the shaft.
 */
static int check_side(const struct femur_frame *frame, const double *centres_mm, int64_t n)
{
	const double lateral = frame->side == LABEL_RIGHT ? 1 : -1, radius = frame->head_radius_mm;
	double sum[3] = { 0 }, count = 0;
	for (int64_t i = 0; i < n; i++) {
		double q[3];
		vec3_add(q, centres_mm + 3 * i, -1, frame->head_centre_mm);
		double depth = vec3_dot(q, frame->shaft_axis);
		if (!(depth >= BELOW_FROM * radius && depth <= BELOW_TO * radius))
			continue;
		vec3_add(q, q, -depth, frame->shaft_axis);
		vec3_add(sum, sum, 1, q);
		count++;
	}
	if (count == 0)
		return ERR_INVALID(
			"the bone ends less than %.0f mm below the head's centre", BELOW_FROM * radius);
	if (!(lateral * sum[0] / count >= MIN_OFFSET * radius))
		return ERR_INVALID("the head lies %.0f mm medial of the shaft, at least %.0f mm expected: is "
				   "it the %s femur?",
			lateral * sum[0] / count, MIN_OFFSET * radius, label_side_name(frame->side));
	return 0;
}

int femur_frame_find(
	struct femur_frame *frame, const struct volume *labels, uint16_t label, enum label_side side)
{
	struct component bone = { 0 };
	struct surface surface = { 0 };
	double *centres_mm = NULL, spacing_mm[3];
	int rc = -1;
	*frame = (struct femur_frame){ .side = side };
	volume_spacing_mm(labels, spacing_mm);
	const double voxel_mm = fmax(spacing_mm[0], fmax(spacing_mm[1], spacing_mm[2]));
	TRY(component_largest(&bone, labels, label));
	if (bone.others > bone.voxels / 50)
		log_warn("label %u: %lld of its voxels are islands apart from the femur", label,
			(long long)bone.others);
	TRY(surface_init(&surface, &bone, labels));
	TRY(component_centres(&centres_mm, &bone, labels));
	TRY(find_head_and_neck(frame, &surface, centres_mm, bone.voxels, voxel_mm));
	TRY(find_shaft(frame, centres_mm, bone.voxels, voxel_mm));
	TRY(check_side(frame, centres_mm, bone.voxels));
	rc = 0;
cleanup:
	if (rc != 0)
		err_prefix("label %u", label);
	component_free(&bone);
	surface_free(&surface);
	free(centres_mm);
	return rc;
}

bool femur_is_other_side(const struct volume *labels, uint16_t label, enum label_side side)
{
	struct femur_frame frame;
	const bool other =
		femur_frame_find(&frame, labels, label, side == LABEL_RIGHT ? LABEL_LEFT : LABEL_RIGHT) == 0;
	err_clear();
	return other;
}

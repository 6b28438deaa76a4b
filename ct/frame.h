/*
 * The femur's own axes, found on its label: head (sphere), neck and shaft.  World is RAS+ mm.
 */
#ifndef CT_FRAME_H
#define CT_FRAME_H
#include <stdbool.h>
#include "ct/labels.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct femur_frame {
	enum label_side side;
	double head_centre_mm[3];
	double head_radius_mm;
	double neck_axis[3];  /* unit, from the head centre into the neck (lateral, distal) */
	double shaft_axis[3]; /* unit, pointing distally */
	bool shaft_assumed;   /* too little shaft in the image: shaft_axis is the body's own, towards the feet */
	double head_rms_mm, head_coverage; /* of the sphere's fit (ct/head.h); 0 where the frame was not found on a label */
};
/* labels: voxels equal to `label` are the femur.  ERR_INVALID with the reason when no plausible head is found. */
int femur_frame_find(struct femur_frame *frame, const struct volume *labels, uint16_t label, enum label_side side);
/* Of a label that has no frame on its side: whether it has one on the other.  No error is left. */
bool femur_is_other_side(const struct volume *labels, uint16_t label, enum label_side side);

/*
 * Total-hip region of a femur: on the neck side of the plane across the neck axis at neck_cut_radii * R from the
 * head centre, and less than distal_cut_radii * R below the head centre along the shaft axis (about 2 cm below the
 * lesser trochanter).  The landmark-based region replaces the fixed multiples later.
 */
struct total_hip_rule {
	double neck_cut_radii;   /* default 0.9 */
	double distal_cut_radii; /* default 3.6 */
};
struct total_hip_rule total_hip_rule_default(void);
bool total_hip_contains(const struct femur_frame *frame, const struct total_hip_rule *rule, const double point_mm[3]);
/*
 * region (uint8, labels' grid): 0 elsewhere, HIP_FEMUR femur outside the region (or an island of its label),
 * HIP_TOTAL femur inside it, HIP_PELVIS the pelvis label (0 = none).  truncated: the image or the label ends before
 * the region does.
 */
enum { HIP_FEMUR = 1, HIP_TOTAL = 2, HIP_PELVIS = 3 };
int hip_region(struct volume *region, bool *truncated, const struct volume *labels, uint16_t femur, uint16_t pelvis,
	const struct femur_frame *frame, const struct total_hip_rule *rule);
#ifdef __cplusplus
}
#endif
#endif

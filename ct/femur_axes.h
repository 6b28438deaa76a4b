/*
 * A femur's axes and landmarks, from its label alone or with points set by hand: what regions are cut by and
 * what a leg is positioned by.  World is RAS+ mm.
 */
#ifndef CT_FEMUR_AXES_H
#define CT_FEMUR_AXES_H
#include "ct/frame.h"
#include "ct/landmarks.h"
#ifdef __cplusplus
extern "C" {
#endif
struct femur_axes {
	struct femur_frame frame; /* neck_axis: from the head's centre through the neck's narrowest section */
	double neck_mm; /* head centre to the narrowest section, along the neck's axis */
	double neck_area_mm2;	/* of that section */
	double shaft_mm[3];	/* a point on the shaft's axis */
	double shaft_length_mm; /* that the axis rests on; 0 when assumed */
	double lesser_mm[3];	/* lesser trochanter (ct/lesser.h) */
	double lesser_lower_mm; /* depth of its lower end below the head's centre, along the shaft */
	double lesser_stands_out_mm;
	bool neck_assumed;   /* no narrowest section: the frame's own axis, at 1.05 head radii */
	bool lesser_assumed; /* none found: its lower end at 2.8 head radii, 0.7 medial of and behind the shaft */
	double neck_shaft_deg;
	/*
	 * Turn of the neck out of the scan's coronal plane about the shaft, + forward.  It is the bone's own
	 * anteversion only if the leg was not rotated: a hip scan holds no condyles to tell.
	 */
	double anteversion_deg;
	/*
	 * World to the neutral position DXA asks for: rows are the patient's right, front and up of a leg
	 * whose shaft is upright and whose neck lies in the picture's plane.
	 */
	double neutral[3][3];
	double confidence; /* 0..1: the weakest of head, shaft and lesser trochanter */
};
/*
 * labels: voxels equal to `label` are the femur.  points: landmarks that replace what the label says, or
 * NULL. ERR_INVALID with the reason as femur_frame_find().
 */
int femur_axes_find(struct femur_axes *axes, const struct volume *labels, uint16_t label,
	enum label_side side, const struct landmarks *points);
/*
 * head: coverage of the cap from 0.6 (0) to 0.9 (1) and rms from the voxel's own half (1) to 1.6 mm more (0);
 * shaft: 24 mm (0.5) to 80 mm (1), 0.25 when assumed; lesser trochanter: 6 mm (0.5) to 10 mm (1), 0.25 when
 * assumed.
 */
double femur_axes_confidence(const struct femur_axes *axes, double voxel_mm);
#ifdef __cplusplus
}
#endif
#endif

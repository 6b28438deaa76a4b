/* One CT of a study, made ready for rendering: density without the phantom, hips coded, frames found. */
#ifndef GAN_SUBJECT_H
#define GAN_SUBJECT_H
#include <stdbool.h>
#include "ct/calibrate.h"
#include "ct/frame.h"
#include "ct/labels.h"
#include "drr/projector.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Codes of `codes`: 0 no bone, 1 + 3 * hip + (0 femur outside the region, 1 total hip, 2 pelvis), else other bone. */
enum { SUBJECT_HIPS = 2, SUBJECT_CHANNELS = 3 * SUBJECT_HIPS, SUBJECT_OTHER_BONE = 1 + SUBJECT_CHANNELS };
struct subject_hip {
	bool usable;      /* femur and pelvis labelled, no metal, frame found */
	char reason[200]; /* why not */
	enum label_side side;
	struct femur_frame frame;
	bool truncated;   /* the image ends before the region does */
	double abmd_g_cm2, vbmd_mg_cm3; /* abmd_qct: neutral pose, parallel ap projection, 1 mm pixels */
};
struct subject {
	struct volume density; /* float32, mg/cm3 */
	struct volume codes;   /* uint8 */
	struct calibration calibration;
	struct subject_hip hips[SUBJECT_HIPS]; /* right, left */
	struct resident resident; /* of density and codes: channel 3 * hip + 0, 1, 2 as above */
	double isocentre_mm[3];                /* midpoint of the head centres; one hip: its mirror about the middle */
};
/* ERR_INVALID with the reasons when no hip is usable. */
int subject_load(struct subject *s, const struct device *device, const char *density_path, const char *labels_path,
	const struct label_map *map);
void subject_free(struct subject *s);
#ifdef __cplusplus
}
#endif
#endif

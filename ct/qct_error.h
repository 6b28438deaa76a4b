/*
 * Standard errors of a region's BMD, one standard deviation, three sources taken as independent:
 *
 *	calibration  ct/calibrate_error.h at the region's mean density; all regions of a scan share it
 *	noise        a voxel's noise over the square root of the number of independent volumes in the region, each
 *	             QCT_NOISE_MM cubed or a voxel where that is larger: noise of reconstructed CT hangs together
 *	             over a few mm (3 mm is a soft kernel's, our estimate, not a published figure)
 *	frame        what the frame's repeatability (QCT_FRAME_MM, QCT_FRAME_DEG: the limits it is tested to, so an
 *	             upper estimate) does to the region: lower edge and neck box moved, the leg turned about each axis
 *
 * aBMD = vBMD times mean path: both have the same relative error but for the frame's part, measured apart.  There is
 * no frame's part for vertebrae, total_hip_model and the cortical and trabecular parts.  Not in any: the label's own
 * error, partial volume, what a calibration's rods cannot tell.  NaN where the calibration has fewer than three rods or
 * is no line.
 */
#ifndef CT_QCT_ERROR_H
#define CT_QCT_ERROR_H
#include "ct/calibrate_error.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
#define QCT_NOISE_MM 3.0
#define QCT_FRAME_MM 0.3
#define QCT_FRAME_DEG 1.0
struct qct_se {
	double calibration, noise, frame, all; /* all: root of the squares' sum */
};
struct qct_error {
	struct calibration_error line;
	double noise_mm; /* edge of an independent volume */
};
struct qct_value;
struct qct_part;
struct qct_error qct_error_of(const struct calibration *c, const struct volume *density);
/* Fills the value's and its parts' errors from what it holds; frame: its SDs of aBMD and vBMD. */
void qct_error_value(struct qct_value *v, const struct qct_error *e, double abmd_frame, double vbmd_frame);
void qct_error_part(struct qct_part *p, const struct qct_error *e);
#ifdef __cplusplus
}
#endif
#endif

#ifndef CT_REMOVE_H
#define CT_REMOVE_H
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
#define REMOVE_MARGIN_MM 6.0 /* covers the holder above and below a rod */
/*
 * Takes the calibration phantom out of an image: voxels within margin_mm of a rod's label, and along the row of rods
 * half way to the next one, become `air` (in the image's own unit), since no film shows the phantom.  rods: the ones a
 * calibration used; ERR_INVALID when they were found without labels.
 */
int remove_rods(struct volume *image, const struct volume *labels, const struct calibration *calibration, float air,
	double margin_mm);
#ifdef __cplusplus
}
#endif
#endif

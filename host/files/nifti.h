/*
 * NIfTI-1/2 images (.nii, .nii.gz) through nifti2, after our own check of the header against the file: nothing is
 * allocated and nothing guessed for a damaged file.  Missing or unreadable is exit code 3, invalid exit code 4; the
 * message names the file, the field and the reason.
 */
#ifndef HOST_FILES_NIFTI_H
#define HOST_FILES_NIFTI_H
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Values with scl_slope/scl_inter applied, as float32.  NaN or infinite voxels are refused. */
int nifti_read_image(struct volume *v, const char *path);
/* Whole numbers 0..65535, as uint16. */
int nifti_read_labels(struct volume *v, const char *path);
/*
 * Whole or absent: temporary file, fsync, rename.  type is the volume's own; sform = qform (to the qform's precision;
 * a sheared affine writes the sform alone); units mm; no name, date or description of anybody.  scale: stored value
 * times scale is the physical value (1 for none).
 */
int nifti_write(const char *path, const struct volume *v, double scale);
#ifdef __cplusplus
}
#endif
#endif

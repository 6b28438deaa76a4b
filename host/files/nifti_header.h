/* What a NIfTI header says, after every check that needs no voxels.  Only nifti*.c uses it. */
#ifndef HOST_FILES_NIFTI_HEADER_H
#define HOST_FILES_NIFTI_HEADER_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/nifti_source.h"
#ifdef __cplusplus
extern "C" {
#endif
struct nifti_layout {
	int64_t n[3];          /* voxels; a 2-D picture has n[2] = 1 */
	int datatype;          /* NIFTI_TYPE_* */
	size_t voxel_bytes;    /* 1, 2, 4 or 8 */
	bool swapped;          /* voxels are in the other byte order */
	double slope, inter;   /* value = slope * stored + inter */
	double to_world[4][4]; /* index -> mm, RAS+ */
};
/* Reads up to the first voxel and checks the header against the file's size. */
int nifti_header_read(struct nifti_source *s, struct nifti_layout *layout);
/*
 * The largest shift, in voxels of a, between two affines over the corners of n voxels; NaN when a is singular.
 */
double nifti_header_shift_voxels(const double a[4][4], const double b[4][4], const int64_t n[3]);
/*
 * How far a rotation stored as a quaternion (b, c, d) of this precision (2^-23, 2^-52) may move a corner of a correct
 * image, in voxels, plus the 1e-3 allowed to any image: a = sqrt(1 - b^2 - c^2 - d^2) loses half the digits near half
 * a turn, where LPS images lie.
 */
double nifti_header_tolerance_voxels(const double quatern[3], double precision, const double spacing_mm[3],
	const int64_t n[3]);
#ifdef __cplusplus
}
#endif
#endif

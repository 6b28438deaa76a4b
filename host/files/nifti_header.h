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
	int64_t n[3];	       /* voxels; a 2-D picture has n[2] = 1 */
	int datatype;	       /* NIFTI_TYPE_* */
	size_t voxel_bytes;    /* 1, 2, 4 or 8 */
	bool swapped;	       /* voxels are in the other byte order */
	double slope, inter;   /* value = slope * stored + inter */
	double to_world[4][4]; /* index -> mm, RAS+ */
};
/* Reads up to the first voxel and checks the header against the file's size. */
int nifti_header_read(struct nifti_source *s, struct nifti_layout *layout);
/*
 * Whether sform and qform put voxel 0 and the grid's corners to the same places: within 1e-3 voxel, plus what
 * the quaternion (b, c, d) loses in a = sqrt(1 - b^2 - c^2 - d^2), which grows with the distance from voxel
 * 0.  Near half a turn, where LPS images lie, that is half the digits of a float, and nifti2 takes a^2 below
 * 1e-7 for 0. worst_voxels: the largest shift found.
 */
bool nifti_header_forms_agree(const double sform[4][4], const double qform[4][4], const double quatern[3],
	const double spacing_mm[3], const int64_t n[3], double *worst_voxels);
#ifdef __cplusplus
}
#endif
#endif

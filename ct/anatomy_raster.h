/* Lays a grid over the body, in cells of a few voxels (kernels/anatomy/raster.h).  Internal to ct/anatomy*.c. */
#ifndef CT_ANATOMY_RASTER_H
#define CT_ANATOMY_RASTER_H
#include "ct/anatomy.h"
#include "kernels/anatomy/raster.h"
#ifdef __cplusplus
extern "C" {
#endif
/* ERR_INVALID when the affine is singular or there are not 1 to 8 subsamples. */
int anatomy_raster_init(struct anatomy_raster *r, const int64_t n[3], const double to_world[4][4],
	const double world_to_body[4][4], int subsamples);
#ifdef __cplusplus
}
#endif
#endif

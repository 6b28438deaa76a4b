/*
 * A region of a density volume seen from the front: mineral (g/cm2) and path length (cm) on pixels of 1 mm in
 * the world's (x, z) plane, by sharing each voxel's mass and volume among the pixels it covers.  Exact for
 * grids along the world's axes (also permuted or mirrored); other voxels are cut into 4 x 4 x 4 cubes first.
 * Totals are exact for any grid.
 */
#ifndef CT_FLATTEN_H
#define CT_FLATTEN_H
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
#define FLATTEN_PIXEL_MM 1.0
struct flatten {
	int64_t cols, rows;   /* along +x, +z */
	double low_mm[2];     /* x, z of the first pixel's lower corner */
	float *mineral_g_cm2; /* (rows, cols) */
	float *path_cm;	      /* (rows, cols) */
};
/* region (uint8): voxels equal to `label` count.  An empty region gives 0 pixels. */
int flatten_ap(
	struct flatten *f, const struct volume *density_mg_cm3, const struct volume *region, uint8_t label);
void flatten_free(struct flatten *f);
#ifdef __cplusplus
}
#endif
#endif

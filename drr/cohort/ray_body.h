/* A body's materials where rays read them: filled straight into the projector's layout, without a volume in between. */
#ifndef DRR_COHORT_RAY_BODY_H
#define DRR_COHORT_RAY_BODY_H
#include "ct/anatomy.h"
#include "drr/projector.h"
#ifdef __cplusplus
extern "C" {
#endif
struct ray_body {
	struct volume grid;              /* without voxels */
	struct memory values[MATERIALS]; /* g/cm3, layout laid.which, on the device; no metal in a body without */
	struct laid_materials laid;
	struct resident resident;
	struct volume labels;            /* uint8, as anatomy_voxelise, where they are wanted; on the host */
};
/*
 * The part of the body that n detectors see (1 or more; of one view, projection and size, where it lies): the rest of the
 * grid stays 0.  {0} before; may not be moved in memory afterwards.
 */
int ray_body_make(struct ray_body *b, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid, const struct geometry *seen, int n, bool labels);
/* (MATERIALS, rows, cols) g/cm2 for one of those detectors, by the exact trilinear integral. */
int ray_body_project(float *materials_g_cm2, struct ray_body *b, const struct geometry *geometry);
void ray_body_free(struct ray_body *b);
#ifdef __cplusplus
}
#endif
#endif

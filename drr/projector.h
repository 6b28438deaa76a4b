/*
 * Line integrals of a volume: one pass over each ray gives every quantity.
 *
 * Each model turns a ray into (voxel, weight in mm) pairs, and every quantity is the weighted sum of a per-voxel
 * value, so all quantities of a model agree: the labels' channels add up to the total, mass is kept.
 *	pwc        exact integral of the piecewise-constant volume (chord of the ray in each voxel)
 *	trilinear  exact integral of the trilinear interpolant (0 outside the grid): each slab between voxel planes is
 *	           cut at its grid crossings, two-point Gauss on each piece
 *	joseph     bilinear sample on each plane of the dominant axis times the step
 */
#ifndef DRR_PROJECTOR_H
#define DRR_PROJECTOR_H
#include <stdbool.h>
#include "drr/geometry.h"
#include "drr/materials.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
enum projector_model { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH };
enum { PROJECTOR_CHANNELS = 32, PROJECTOR_NO_CHANNEL = 255 };

struct projector_source {
	const struct volume *values; /* float32: HU, mg/cm3, or anything */
	const struct volume *labels; /* uint16 or uint8, same grid; NULL: all voxels are channel 0 and none is bone */
	const uint8_t *channel_of_label; /* (65536) or (256): label -> channel 0.. or PROJECTOR_NO_CHANNEL */
	int n_channels;
	/* For materials: HU = hu_per_value * value + hu_offset (1, 0 for a CT), and what a HU is made of. */
	double hu_per_value, hu_offset;
	struct material_model materials;
	const uint8_t *bone_of_label; /* same length: 1 where the label is bone; NULL = none is */
};
/* What is wanted; planes are (rows, cols) float32, pose after pose. */
struct projection {
	int64_t cols, rows, n_poses;
	float *integral;  /* (n_poses, rows, cols) value * mm, or NULL */
	float *materials; /* (n_poses, MATERIALS, rows, cols) g/cm2, or NULL */
	float *mineral;   /* (n_poses, n_channels, rows, cols) g/cm2: value as mg/cm3, unclipped; or NULL */
	float *path;      /* (n_poses, n_channels, rows, cols) cm, or NULL */
};
int projection_alloc(struct projection *p, const struct geometry *g, int64_t n_poses, int n_channels, bool integral,
	bool materials, bool mineral, bool path);
void projection_free(struct projection *p);
/* A pose's result does not depend on its neighbours in the batch, nor on the number of threads. */
int projector_render(const struct device *device, struct projection *out, const struct projector_source *source,
	enum projector_model model, const struct geometry *geometry, const struct pose *poses, int64_t n_poses);
#ifdef __cplusplus
}
#endif
#endif

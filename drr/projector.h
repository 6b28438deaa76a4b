/*
 * Line integrals of a volume: one pass over each ray gives every quantity.
 *
 * Each model turns a ray into (voxel, weight in mm) pairs, and every quantity is the weighted sum of a per-voxel
 * value, so all quantities of a model agree: the labels' channels add up to the total, mass is kept.
 *	pwc        exact integral of the piecewise-constant volume (chord of the ray in each voxel)
 *	trilinear  exact integral of the trilinear interpolant (0 outside the grid): each slab between voxel planes is
 *	           cut at its grid crossings, on each piece the interpolant is a cubic
 *	joseph     bilinear sample on each plane of the dominant axis times the step
 *
 * `ref` computes in double (kernels/ray.h); `cpu` on vectors of rays and `cuda:N` in float (kernels/slab_ray.h) agree
 * with it within 2e-5 of the image's maximum (pwc), 5e-6 (trilinear, joseph), and 5e-7 rms.
 */
#ifndef DRR_PROJECTOR_H
#define DRR_PROJECTOR_H
#include <stdbool.h>
#include "drr/geometry.h"
#include "drr/resident.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
enum projector_model { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH };

/* What is wanted; planes are (rows, cols) float32, pose after pose. */
struct projection {
	int64_t cols, rows, n_poses;
	float *integral;  /* (n_poses, rows, cols) value * mm, or NULL */
	float *materials; /* (n_poses, MATERIALS, rows, cols) g/cm2, or NULL */
	float *mineral;   /* (n_poses, n_channels, rows, cols) g/cm2: value as mg/cm3, unclipped; or NULL */
	float *path;      /* (n_poses, n_channels, rows, cols) cm, or NULL */
	const struct device *where; /* the GPU whose memory the planes are in, or NULL: the host's */
};
int projection_alloc(struct projection *p, const struct geometry *g, int64_t n_poses, int n_channels, bool integral,
	bool materials, bool mineral, bool path);
/*
 * The same in the memory of `device`, for a resident on that device: projector_render() then leaves the images there,
 * for kernels to go on with, and may return before they are done (device_synchronize() waits).  On the CPU: as above.
 */
int projection_alloc_on(struct projection *p, const struct device *device, const struct geometry *g, int64_t n_poses,
	int n_channels, bool integral, bool materials, bool mineral, bool path);
void projection_free(struct projection *p);
/*
 * Renders all poses.  A pose's result does not depend on its neighbours in the batch, nor on the number of threads.
 * What the volume needs for rays of these orientations is made once and stays in `volume`, on a GPU in its memory,
 * with the buffers of the largest call so far.  Rays that begin or end inside the volume take the double kernel, for
 * which a GPU is sent the volume at each call.
 */
int projector_render(struct projection *out, struct resident *volume, enum projector_model model,
	const struct geometry *geometry, const struct pose *poses, int64_t n_poses);
/*
 * The layout (kernels/slab.h) that the device reads first for the trilinear integral along a pose's rays: whoever makes a
 * volume for them (struct laid_materials) may lay it so.  grid: voxels are not looked at.
 */
int projector_layout(int *which, const struct device *device, const struct volume *grid, const struct geometry *geometry,
	const struct pose *pose);
/* The same for any detectors of out->rows x out->cols pixels; rays (n_poses) on the host. */
struct ray_pose;
int projector_render_rays(struct projection *out, struct resident *volume, enum projector_model model,
	const struct ray_pose *rays, int64_t n_poses);
#ifdef __cplusplus
}
#endif
#endif

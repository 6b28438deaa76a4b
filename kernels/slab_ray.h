/*
 * Line integrals over resident volumes (slab.h) in float: the fast text of what ray.h defines in double.
 *
 * One pass gives the integrals of up to SLAB_FIELDS fields, or of one field and of the path length for each label
 * channel.  Positions are taken in double where a block of slabs begins, relative to it, and in float inside it: no
 * error grows along the ray.  Sums are kept per block and then added.
 *
 * Needs: the volume between source and detector (no clipping at the ray's ends), and for each ray an axis along which
 * it moves at least as fast as along the others, the same for a tile of rays; else use ray.h.
 */
#ifndef KERNELS_SLAB_RAY_H
#define KERNELS_SLAB_RAY_H
#include "kernels/ray_line.h"
#include "kernels/slab.h"

struct slab_ray_args {
	int64_t n[3];                           /* voxels */
	struct slab_layout layout[SLAB_LAYOUTS];
	struct slab_field field[SLAB_FIELDS];
	int64_t n_fields;                       /* 1 when n_channels > 0 */
	const uint8_t *tags[SLAB_LAYOUTS];      /* channel of each voxel, SLAB_CHANNELS or more = none */
	const uint8_t *spans[SLAB_LAYOUTS];     /* from each voxel on, how many along the row have its channel; at most 255 */
	int64_t n_channels;                     /* 0 = not by label */
	const struct ray_pose *poses;           /* (n_poses) */
	int64_t n_poses, cols, rows;
	int64_t model;                          /* enum ray_model */
	/* Pixel i of pose p: [p * step + i]; by channel: channel after channel, cols * rows apart. NULL = not wanted. */
	float *sum[SLAB_FIELDS];                /* factor x integral over mm */
	int64_t step[SLAB_FIELDS];
	double factor[SLAB_FIELDS];
	float *path;                            /* cm, by channel */
	int64_t path_step;
	/* CPU: renders pixel i of all poses another way, where a tile's rays have no axis in common. */
	void (*slow)(const void *context, int64_t i);
	const void *slow_context;
};
#if !defined(__CUDACC__)
/* All poses, on vectors of rays.  The same for any number of threads; instruction sets differ by rounding. */
K_API void slab_ray_cpu(const struct slab_ray_args *a);
#endif
#endif

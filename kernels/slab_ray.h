/*
 * Line integrals over resident volumes (slab.h) in float: the fast text of what ray.h defines in double.
 *
 * One pass gives the integrals of up to SLAB_FIELDS fields, or of one field and of the path length for each label
 * channel.  Positions are exact multiples of 2^-30 voxels: no error grows along the ray.  Sums are kept per block and
 * then added.
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
	/* By label.  kernels/slab_ray.c: words (slab.h) of the field's type in place of its values. */
	const void *words[SLAB_LAYOUTS];
	/* slab_ray_cpu(): channel of each voxel, SLAB_CHANNELS or more = none. */
	const uint8_t *tags[SLAB_LAYOUTS];
	/* slab_ray_cpu().  From each voxel on, for how many of its row the channel stays the same, at most 255: [which][which] in this
	 * row; [which][k] in this row and the next along axis k. */
	const uint8_t *spans[SLAB_LAYOUTS][3];
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
	/* kernels/slab_ray.c only. */
	const uint8_t *turned; /* (n_poses) 1 = a row of voxels lies along the detector's rows: speed, by label rounding; or NULL */
	int64_t parts;         /* the slabs are cut into so many parts: slab_ray_parts() */
	/* Filled in by slab_ray(): pixels and tiles of an image, slabs a part along each axis, parts a thread; the last
	 * without effect on the result.  By label the mark of the first of n_channels channels. */
	int64_t pixels, tiles, span[3], group, first_mark;
	float *partial;        /* (parts, n_poses, planes, rows, cols) sums in slabs, NaN is fine: slab_ray_partial() */
};

/*
 * kernels/slab_ray.c: one ray and one part of the slabs a thread, then the sum over the parts.  The same text runs on
 * the CPU, where slab_ray_cpu() is faster.  Every address in the arguments is on the device.
 */
enum { SLAB_RAY_BLOCK = 16, SLAB_RAY_LANES = 32, SLAB_RAY_ROWS = 8 };
/* Channels, half as many where a path is wanted, for which a thread has numbers in shared memory: more take more launches. */
enum { SLAB_RAY_CHANNELS = 32 };
/* Sums a pixel: fields, or by channel a value and, where a path is wanted, a length. */
K_HELPER int64_t slab_ray_planes(const struct slab_ray_args *a)
{
	return a->n_channels ? (a->path ? 2 : 1) * a->n_channels : a->n_fields;
}
/* Whether a thread writes the images itself: by label, where there is one part. */
K_HELPER int slab_ray_direct(const struct slab_ray_args *a)
{
	return a->n_channels > 0 && a->parts == 1;
}
/* Planes of voxel centres a ray sees before voxel 0. */
K_HELPER int32_t slab_ray_least(int64_t model)
{
	return model == RAY_TRILINEAR ? -1 : 0;
}
#if !defined(__CUDACC__)
/* How many parts: depends on the volume, the image and what is asked for, not on the number of poses. */
K_API int64_t slab_ray_parts(const struct slab_ray_args *a);
/* Elements of `partial`; 0 where slab_ray_direct(). */
K_API int64_t slab_ray_partial(const struct slab_ray_args *a);
/* Poses that fit in one launch; 0 when not even one does. */
K_API int64_t slab_ray_poses_most(const struct slab_ray_args *a);
/* Renders and adds up; n_poses at most slab_ray_poses_most(). */
K_API int slab_ray(const struct device *d, const struct slab_ray_args *a);
/* What slab_ray() launches: one thread an element. */
#define SLAB_RAY_DECLARE(model)                                                                              \
	K_DECLARE_F32(slab_ray_##model##_i16, slab_ray_args);                                                \
	K_DECLARE_F32(slab_ray_##model##_f32, slab_ray_args);                                                \
	K_DECLARE_F32(slab_ray_##model##_3, slab_ray_args);                                                  \
	K_DECLARE_F32(slab_ray_##model##_4, slab_ray_args);                                                  \
	K_DECLARE_F32(slab_ray_##model##_i16_labels, slab_ray_args);                                         \
	K_DECLARE_F32(slab_ray_##model##_f32_labels, slab_ray_args);                                         \
	K_DECLARE_F32(slab_ray_##model##_i16_paths, slab_ray_args);                                          \
	K_DECLARE_F32(slab_ray_##model##_f32_paths, slab_ray_args)
SLAB_RAY_DECLARE(pwc);
SLAB_RAY_DECLARE(joseph);
SLAB_RAY_DECLARE(trilinear);
K_DECLARE_F32(slab_ray_total, slab_ray_args);
/* All poses on the CPU, on vectors of rays.  The same for any number of threads; instruction sets differ by rounding. */
K_API void slab_ray_cpu(const struct slab_ray_args *a);
/* Those layouts that slab_ray_cpu will read for these poses, model and size: bit k for rows side by side along axis k. */
K_API void slab_ray_cpu_layouts(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a);
#endif
#endif

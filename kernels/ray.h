/*
 * Line integrals of a volume along the rays of a detector, all quantities in one pass: map over poses x rows x cols.
 *
 * A model turns a ray into (voxel, weight in mm) pairs; each quantity is the sum of weight x a per-voxel value, so
 * the quantities of one model agree with each other exactly (labels add up to the whole, mass is kept).
 *
 * The ray is walked along the index axis w on which it moves fastest.  Along the other two, u and v, it then moves at
 * most one voxel per slab, so a slab holds at most one u- and one v-crossing and at most three pieces: no state is
 * carried from slab to slab, and no error grows along the ray.
 *	pwc        slab = one voxel layer; a piece lies in one voxel, its length is the weight
 *	trilinear  slab = between two layers of voxel centres; on a piece, inside one cell, the interpolant is a cubic,
 *	           which two-point Gauss integrates exactly: the eight corners' weights.  Corners outside the grid
 *	           are 0, so the volume ends in a ramp one voxel wide
 *	joseph     bilinear weights of four voxels on each layer x the step
 * A voxel is half open, [i-0.5, i+0.5): a ray along a face belongs to the higher index.  A cone's ray runs from the
 * source to the detector pixel, and voxels beyond either end do not count; a parallel ray is infinite.
 *
 * All arithmetic is double: this text is the reference for any faster variant.
 */
#ifndef KERNELS_RAY_H
#define KERNELS_RAY_H
#include "kernels/material_rule.h"
#include "kernels/ray_line.h"

/* A voxel's tag: its channel in the low bits, and whether it is bone. */
enum { RAY_CHANNELS = 32, RAY_NO_CHANNEL = 127, RAY_BONE = 128 };

struct ray_args {
	const float *values;         /* (n[2], n[1], n[0]) */
	const uint8_t *tags;         /* same shape; NULL = no channel, no bone */
	int64_t n[3];
	const struct ray_pose *poses; /* (n_poses) */
	int64_t cols, rows;
	int64_t model;               /* enum ray_model */
	int64_t n_channels;          /* <= RAY_CHANNELS */
	double hu_per_value, hu_offset;
	struct material_rule rule;
	float *integral;             /* (n_poses, rows, cols) value x mm, or NULL */
	float *materials;            /* (n_poses, MATERIAL_RULE_COUNT, rows, cols) g/cm2, or NULL */
	float *mineral;              /* (n_poses, n_channels, rows, cols) g/cm2 of values in mg/cm3, or NULL */
	float *path;                 /* (n_poses, n_channels, rows, cols) cm, or NULL */
};
K_DECLARE(ray);
#if !defined(__CUDACC__)
K_API void ray_pixel(const struct ray_args *a, int64_t i); /* one pixel of the map, on the CPU */
#endif
#endif

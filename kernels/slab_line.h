/*
 * One ray in a slab layout, in float, block of slabs by block: what the models of kernels/slab_ray.c share.
 *
 * Positions along u (rows of voxels) and v (across them) are fixed-point numbers of 2^-30 voxels, exact from
 * block to block; in a block their fractions fill 32 bits, so that one carries into the voxel as it passes a
 * face.  Inside [from, to) the ray is near enough to the grid that all it reads is voxels and their border of
 * zeros: nothing is tested on the way.
 */
#ifndef KERNELS_SLAB_LINE_H
#define KERNELS_SLAB_LINE_H
#include "kernels/slab_ray.h"

enum { SLAB_LINE_BITS = 30 };
#define SLAB_LINE_ONE                                                                                        \
	1073741824.0	      /* 2^SLAB_LINE_BITS: a thousand slabs add up to 5e-7 voxels of rounding        \
			       */
#define SLAB_LINE_FAR 1e8     /* voxels: where no ray meets the grid, and 2^-30 voxels still fit 64 bits */
#define SLAB_LINE_STILL 5e-10 /* slopes below are 0: a thousand slabs move 5e-7 voxels */
#define SLAB_LINE_NEAR                                                                                       \
	2.5F /* voxels outside the grid; one slab and one neighbour more stay in the border                  \
	      */

struct slab_line {
	int w;			/* axis along the ray */
	int32_t begin;		/* the first part's first slab */
	int32_t from, to;	/* slabs in which the ray may meet the volume */
	int64_t at[2];		/* 2^-30 voxels: u, v at `begin` */
	int32_t change[2];	/* per slab */
	float slope[2], per[2]; /* voxels per slab, and slabs per voxel; both 0 for a still coordinate */
	int32_t first, stride_s, stride_v; /* elements: voxel (0, 0, 0), and to the next slab and row */
};
/* The ray in the slabs of a block that it walks, from the first to the last. */
struct slab_block {
	int32_t slabs;	    /* to walk */
	int32_t at;	    /* element of the voxel at the beginning of a slab */
	uint32_t x[2];	    /* 2^-32 voxels past it along u, v */
	uint32_t change[2]; /* of x per slab */
	int32_t step;	    /* of `at` per slab, without carries */
	int32_t stride_s, stride_v;
	float slope[2], per[2]; /* as in slab_line */
};
#define SLAB_LINE_UNIT 2.3283064365386963e-10F /* 2^-32: voxels in a unit of slab_block.x */

/* The axis along rows of voxels (j = 0), and across them. */
K_FN int slab_line_other(int w, int j)
{
	return j ? (w == 2 ? 1 : 2) : w == 0;
}
K_FN double slab_line_pick(const double *of, int axis)
{
	return axis == 0 ? of[0] : axis == 1 ? of[1] : of[2];
}
K_FN int64_t slab_line_pick_int(const int64_t *of, int axis)
{
	return axis == 0 ? of[0] : axis == 1 ? of[1] : of[2];
}

/* Within [0, 1]. */
K_FN float slab_line_share(float x)
{
#if defined(__CUDACC__)
	return __saturatef(x);
#else
	return x > 0.0F ? x < 1.0F ? x : 1.0F : 0.0F;
#endif
}

/* at + n change, in one instruction. */
K_FN int64_t slab_line_ahead(int64_t at, int32_t n, int32_t change)
{
#if defined(__CUDACC__)
	int64_t sum;
	asm("mad.wide.s32 %0, %1, %2, %3;" : "=l"(sum) : "r"(n), "r"(change), "l"(at));
	return sum;
#else
	return at + (int64_t)n * change;
#endif
}

/* 1 / x to the last bit or two: a division in double is a long program on the GPU. */
K_FN double slab_line_reciprocal(double x)
{
	double r = (double)(1.0F / (float)x);
	r = fma(r, fma(-x, r, 1.0), r);
	return fma(r, fma(-x, r, 1.0), r);
}

/* Point of the detector and step of the ray of pixel (col, row), and the axis along which it is fastest. */
K_FN int slab_line_axis(
	const struct ray_pose *pose, int32_t col, int32_t row, double point[3], double step[3])
{
	for (int k = 0; k < 3; k++) {
		point[k] = pose->origin[k] + (double)col * pose->du[k] + (double)row * pose->dv[k];
		step[k] = pose->cone ? point[k] - pose->source[k] : pose->direction[k];
	}
	int w = fabs(step[1]) > fabs(step[0]);
	return fabs(step[2]) > fabs(slab_line_pick(step, w)) ? 2 : w;
}

/* The square root to the last bit or two, as slab_line_reciprocal; of 0 too. */
K_FN double slab_line_root(double x)
{
	const float near = sqrtf((float)x);
	const double half = near > 0.0F ? (double)(0.5F / near) : 0.0, r = (double)near;
	return fma(half, fma(-r, r, x), r);
}

/* mm of the ray of a pixel in one slab. */
K_FN double slab_line_mm(const struct ray_pose *pose, int32_t col, int32_t row)
{
	double point[3], step[3], mm2 = 0;
	int w = slab_line_axis(pose, col, row, point, step);
	for (int k = 0; k < 3; k++) {
		double mm = pose->to_mm[k][0] * step[0] + pose->to_mm[k][1] * step[1] +
			    pose->to_mm[k][2] * step[2];
		mm2 += mm * mm;
	}
	return slab_line_root(mm2) * slab_line_reciprocal(fabs(slab_line_pick(step, w)));
}

/* Narrows [from, to) to the slabs k where start + slope k is near the grid. */
K_FN void slab_line_clip(struct slab_line *line, int j, float start, int32_t n)
{
	float low = -SLAB_LINE_NEAR, high = (float)n - 1.0F + SLAB_LINE_NEAR, slope = line->slope[j];
	if (slope == 0.0F) {
		if (!(start >= low && start <= high))
			line->to = line->from;
		return;
	}
	float a = (low - start) * line->per[j], b = (high - start) * line->per[j];
	float enter = fmaxf(fminf(a, b), (float)line->from),
	      leave = fminf(fmaxf(a, b), (float)line->to - 1.0F);
	if (!(enter <= leave)) {
		line->to = line->from;
		return;
	}
	line->from = (int32_t)ceilf(enter);
	line->to = (int32_t)floorf(leave) + 1;
}

/*
 * The ray of a pixel in slabs begin .. end - 1.  A slab of the piecewise constant model begins half a voxel
 * below its centre, and floors there are voxels; of the trilinear model there is one more, from the border to
 * plane 0. Positions are counted in whole steps from the first slab of all, so they do not depend on where a
 * part begins.
 */
K_FN struct slab_line slab_line_of(const struct slab_ray_args *a, const struct ray_pose *pose, int32_t col,
	int32_t row, int32_t part, int model)
{
	struct slab_line line;
	double point[3], step[3], shift = model == RAY_PWC ? 0.5 : 0.0;
	const int w = slab_line_axis(pose, col, row, point, step);
	const struct slab_layout *layout = w == 0 ? &a->layout[SLAB_Y] : &a->layout[SLAB_X];
	line.w = w;
	line.first = (int32_t)layout->first;
	line.stride_s = (int32_t)slab_line_pick_int(layout->stride, w);
	line.stride_v = (int32_t)slab_line_pick_int(layout->stride, slab_line_other(w, 1));
	const int32_t n_w = (int32_t)slab_line_pick_int(a->n, w),
		      span = (int32_t)slab_line_pick_int(a->span, w);
	const int32_t least = slab_ray_least(model), skipped = part * span;
	line.begin = line.from = least + skipped;
	line.to = n_w - line.begin < span * (int32_t)a->group ? n_w : line.begin + span * (int32_t)a->group;

	double per_step = slab_line_reciprocal(slab_line_pick(step, w)), from = slab_line_pick(point, w);
	for (int j = 0; j < 2; j++) {
		const int axis = slab_line_other(w, j);
		double slope = slab_line_pick(step, axis) * per_step;
		if (fabs(slope) < SLAB_LINE_STILL)
			slope = 0.0;
		double start = slab_line_pick(point, axis) - slope * (from + shift) + shift;
		line.slope[j] = (float)slope;
		line.per[j] = slope == 0.0 ? 0.0F : 1.0F / line.slope[j];
		slab_line_clip(&line, j, (float)start, (int32_t)slab_line_pick_int(a->n, axis));
		start = fmin(fmax(start, -SLAB_LINE_FAR), SLAB_LINE_FAR);
		line.change[j] = (int32_t)rint(slope * SLAB_LINE_ONE);
		const int64_t at = (int64_t)floor((start + slope * (double)least) * SLAB_LINE_ONE);
		line.at[j] = slab_line_ahead(at, skipped, line.change[j]);
	}
	return line;
}

/* Block `blocks` after `begin`.  False when the ray passes it outside the volume. */
K_FN int slab_line_block(struct slab_block *b, const struct slab_line *line, int32_t blocks)
{
	const int32_t first = blocks * SLAB_RAY_BLOCK, from = line->from - line->begin,
		      to = line->to - line->begin;
	const int32_t low = from > first ? from : first;
	b->slabs = (to < first + SLAB_RAY_BLOCK ? to : first + SLAB_RAY_BLOCK) - low;
	int32_t voxel[2];
	for (int j = 0; j < 2; j++) {
		int64_t at = slab_line_ahead(line->at[j], low, line->change[j]);
		voxel[j] = (int32_t)(at >> SLAB_LINE_BITS);
		b->x[j] = (uint32_t)at << (32 - SLAB_LINE_BITS);
		b->change[j] = (uint32_t)line->change[j] << (32 - SLAB_LINE_BITS);
		b->slope[j] = line->slope[j];
		b->per[j] = line->per[j];
	}
	b->stride_s = line->stride_s;
	b->stride_v = line->stride_v;
	b->at = line->first + (line->begin + low) * line->stride_s + voxel[0] + voxel[1] * line->stride_v;
	b->step = line->stride_s + (line->change[0] >> SLAB_LINE_BITS) +
		  (line->change[1] >> SLAB_LINE_BITS) * line->stride_v;
	return b->slabs > 0;
}

/* To the beginning of the next slab. */
K_FN void slab_line_next(struct slab_block *b)
{
#if defined(__CUDACC__)
	asm("{\n\t.reg .s32 over;\n\t"
	    "add.cc.u32 %0, %0, %3;\n\taddc.s32 %2, %2, %5;\n\t"
	    "add.cc.u32 %1, %1, %4;\n\taddc.s32 over, 0, 0;\n\tmad.lo.s32 %2, over, %6, %2;\n\t}"
		: "+r"(b->x[0]), "+r"(b->x[1]), "+r"(b->at)
		: "r"(b->change[0]), "r"(b->change[1]), "r"(b->step), "r"(b->stride_v));
#else
	b->x[0] += b->change[0];
	b->x[1] += b->change[1];
	b->at += b->step + (b->x[0] < b->change[0]) + (b->x[1] < b->change[1] ? b->stride_v : 0);
#endif
}
#endif

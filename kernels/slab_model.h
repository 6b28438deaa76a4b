/*
 * The three models over a block of slabs (kernels/ray.h says what they are), one ray a thread; by label: slab_label.h.
 *
 * pwc: the ray passes at most one face of u and one of v in a slab: a first, a second and a last voxel, with
 * weights that are differences of the two crossing times.  A time is 1 when there is no crossing.
 *
 * joseph: four voxels on the plane, bilinear.
 *
 * trilinear: cell by cell; the next face of s, u or v ends a piece.  On it the interpolant is f, a sum of
 * products of linear functions, so with the middle m, length L and changes a, b, 1 a unit of time the
 * integral is L (f(m) + L^2 / 12 (a b f_uv + b f_vs + a f_us)), the mixed differences taken at m: exact.
 */
#ifndef KERNELS_SLAB_MODEL_H
#define KERNELS_SLAB_MODEL_H
#include "kernels/slab_take.h"

#define SLAB_MODEL_NEVER 1e9F
/* Whether a piece of the trilinear model is read ahead: on an A100 it would spill. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
enum { SLAB_MODEL_PAIRS = 0 };
#else
enum { SLAB_MODEL_PAIRS = 1 };
#endif
/* Slabs that are read ahead of the sums: memory is slow, and more would cost registers that hold other rays.
 */
enum { SLAB_PWC_AHEAD = 6, SLAB_JOSEPH_AHEAD = 4 };
#if defined(__CUDACC__)
#define SLAB_MODEL_PRAGMA(text) _Pragma(#text)
#define SLAB_MODEL_UNROLL(times) SLAB_MODEL_PRAGMA(unroll times)
#else
#define SLAB_MODEL_UNROLL(times)
#endif

/* A coordinate in which the ray passes faces: time until one is passed is (ahead - x) per. */
struct slab_face {
	float per, ahead; /* slabs per voxel; the face ahead, 0 or 1 */
	float step;	  /* -1, 0, 1 */
};
K_FN struct slab_face slab_model_face(float slope, float per)
{
	struct slab_face face;
	face.ahead = slope > 0.0F ? 1.0F : 0.0F;
	face.step = slope > 0.0F ? 1.0F : slope < 0.0F ? -1.0F : 0.0F;
	face.per = per;
	return face;
}
/* A whole block of one field is written out; anything else takes a loop. */
K_FN int slab_model_whole(const struct slab_block *b, const struct slab_kind kind)
{
	return kind.fields == 1 && b->slabs == SLAB_RAY_BLOCK;
}

/* ---- pwc ---- */
struct slab_pwc {
	float no_u, no_v;   /* time of a crossing from 0 */
	float per_u, per_v; /* time in a unit of slab_block.x */
	int32_t over_u, over_v;
};
/* The voxels of a slab: the first until `first`, the last from `second` on. */
struct slab_pwc_step {
	float first, second;
	struct slab_voxel voxel[SLAB_FIELDS][3];
};

K_FN struct slab_pwc slab_model_pwc_of(const struct slab_block *b)
{
	const struct slab_face u = slab_model_face(b->slope[0], b->per[0]),
			       v = slab_model_face(b->slope[1], b->per[1]);
	struct slab_pwc p;
	p.no_u = u.step == 0.0F ? 1.0F : u.ahead * u.per;
	p.no_v = v.step == 0.0F ? 1.0F : v.ahead * v.per;
	p.per_u = u.per * SLAB_LINE_UNIT;
	p.per_v = v.per * SLAB_LINE_UNIT;
	p.over_u = (int32_t)u.step;
	p.over_v = (int32_t)v.step * b->stride_v;
	return p;
}

/* The voxels of the slab that the block is at: elements at[], and the times at which each gives way to the next. */
K_FN void slab_model_pwc_pass(
	float *first, float *second, int32_t at[3], const struct slab_block *b, const struct slab_pwc *p)
{
	float turn_u = slab_line_share(fmaf(-(float)b->x[0], p->per_u, p->no_u));
	float turn_v = slab_line_share(fmaf(-(float)b->x[1], p->per_v, p->no_v));
	*first = fminf(turn_u, turn_v);
	*second = fmaxf(turn_u, turn_v);
	at[0] = b->at;
	at[1] = b->at + (turn_u < turn_v ? p->over_u : p->over_v);
	at[2] = b->at + (p->over_u + p->over_v);
}

/* Reads the slab that the block is at, and goes on to the next. */
K_FN struct slab_pwc_step slab_model_pwc_read(struct slab_block *b, const struct slab_kind kind,
	const struct slab_sums *s, const struct slab_pwc *p)
{
	struct slab_pwc_step step;
	int32_t at[3];
	slab_model_pwc_pass(&step.first, &step.second, at, b, p);
	for (int f = 0; f < kind.fields; f++)
		for (int t = 0; t < 3; t++)
			step.voxel[f][t] = slab_take_read(s->values[f], at[t], kind.type);
	slab_line_next(b);
	return step;
}

K_FN void slab_model_pwc_add(
	struct slab_sums *s, const struct slab_pwc_step *step, const struct slab_kind kind)
{
	for (int f = 0; f < kind.fields; f++) {
		const struct slab_voxel *voxel = step->voxel[f];
		slab_take_add(s, f, voxel[2], kind.type);
		s->block[f] = fmaf(step->first, slab_take_change(voxel[0], voxel[1], kind.type), s->block[f]);
		s->block[f] =
			fmaf(step->second, slab_take_change(voxel[1], voxel[2], kind.type), s->block[f]);
	}
}

/* Reads run SLAB_PWC_AHEAD slabs ahead of the sums: memory is slow. */
K_FN void slab_model_pwc_whole(
	struct slab_block *b, const struct slab_kind kind, struct slab_sums *s, const struct slab_pwc *p)
{
	struct slab_pwc_step step[SLAB_PWC_AHEAD];
	SLAB_MODEL_UNROLL(SLAB_RAY_BLOCK + SLAB_PWC_AHEAD)
	for (int i = 0; i < SLAB_RAY_BLOCK + SLAB_PWC_AHEAD; i++) {
		struct slab_pwc_step done = step[i % SLAB_PWC_AHEAD];
		if (i < SLAB_RAY_BLOCK)
			step[i % SLAB_PWC_AHEAD] = slab_model_pwc_read(b, kind, s, p);
		if (i >= SLAB_PWC_AHEAD)
			slab_model_pwc_add(s, &done, kind);
	}
}

K_FN void slab_model_pwc(struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	const struct slab_pwc p = slab_model_pwc_of(b);
	if (slab_model_whole(b, kind)) {
		slab_model_pwc_whole(b, kind, s, &p);
		return;
	}
	SLAB_MODEL_UNROLL(2)
	for (int32_t left = b->slabs; left > 0; left--) {
		const struct slab_pwc_step step = slab_model_pwc_read(b, kind, s, &p);
		slab_model_pwc_add(s, &step, kind);
	}
}

/* ---- joseph ---- */
/* The four voxels around a point of a plane: rows y, columns x of them. */
struct slab_joseph_step {
	uint32_t x, y; /* 2^-32 voxels */
	struct slab_voxel voxel[SLAB_FIELDS][4];
};

/* Reads the slab that the block is at, and goes on to the next. */
K_FN struct slab_joseph_step slab_model_joseph_read(
	struct slab_block *b, const struct slab_kind kind, const struct slab_sums *s)
{
	struct slab_joseph_step step;
	step.x = b->x[0];
	step.y = b->x[1];
	for (int t = 0; t < 4; t++) {
		const int32_t at = b->at + (t & 1) + (t >> 1) * b->stride_v;
		for (int f = 0; f < kind.fields; f++)
			step.voxel[f][t] = slab_take_read(s->values[f], at, kind.type);
	}
	slab_line_next(b);
	return step;
}

K_FN void slab_model_joseph_add(
	struct slab_sums *s, const struct slab_joseph_step *step, const struct slab_kind kind)
{
	const float x = slab_take_weight(step->x, kind.type), y = slab_take_weight(step->y, kind.type);
	for (int f = 0; f < kind.fields; f++) {
		const struct slab_voxel *c = step->voxel[f];
		float across = slab_take_slope(c[2], c[0], kind.type);
		across = fmaf(x, slab_take_twist(c[3], c[2], c[1], c[0], kind.type), across);
		slab_take_add(s, f, c[0], kind.type);
		s->block[f] = fmaf(x, slab_take_slope(c[1], c[0], kind.type), s->block[f]);
		s->block[f] = fmaf(y, across, s->block[f]);
	}
}

K_FN void slab_model_joseph_whole(struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	struct slab_joseph_step step[SLAB_JOSEPH_AHEAD];
	SLAB_MODEL_UNROLL(SLAB_RAY_BLOCK + SLAB_JOSEPH_AHEAD)
	for (int i = 0; i < SLAB_RAY_BLOCK + SLAB_JOSEPH_AHEAD; i++) {
		struct slab_joseph_step done = step[i % SLAB_JOSEPH_AHEAD];
		if (i < SLAB_RAY_BLOCK)
			step[i % SLAB_JOSEPH_AHEAD] = slab_model_joseph_read(b, kind, s);
		if (i >= SLAB_JOSEPH_AHEAD)
			slab_model_joseph_add(s, &done, kind);
	}
}

K_FN void slab_model_joseph(struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	if (slab_model_whole(b, kind)) {
		slab_model_joseph_whole(b, kind, s);
		return;
	}
	SLAB_MODEL_UNROLL(2)
	for (int32_t left = b->slabs; left > 0; left--) {
		const struct slab_joseph_step step = slab_model_joseph_read(b, kind, s);
		slab_model_joseph_add(s, &step, kind);
	}
}

/* ---- trilinear ---- */
/* A piece in its cell: the voxels at its corners [4 s + 2 v + u], and its middle, x, y, z in 0 .. 1. */
struct slab_piece {
	float length, x, y, z;
	int32_t at;
	struct slab_voxel corner[SLAB_FIELDS][8];
};
/* L^2 / 12 times the products of the changes in it */
struct slab_twists {
	float uv, vs, us;
};
/* Where a ray is between two pieces, and what never changes. */
struct slab_walk {
	float time, plane, turn_u, turn_v; /* now, and when the next faces are passed */
	float x, y;			   /* at time 0, in the cell of now */
	int32_t at;			   /* its first corner */
	float end, du, dv, period_u, period_v, step_u, step_v;
	int32_t over_u, over_v, stride_s, stride_v;
};

K_FN struct slab_walk slab_model_walk(const struct slab_block *b)
{
	const struct slab_face u = slab_model_face(b->slope[0], b->per[0]),
			       v = slab_model_face(b->slope[1], b->per[1]);
	struct slab_walk w;
	w.time = 0.0F;
	w.plane = 1.0F;
	w.end = (float)b->slabs;
	w.x = (float)b->x[0] * SLAB_LINE_UNIT;
	w.y = (float)b->x[1] * SLAB_LINE_UNIT;
	w.at = b->at;
	w.turn_u = u.step == 0.0F ? SLAB_MODEL_NEVER : (u.ahead - w.x) * u.per;
	w.turn_v = v.step == 0.0F ? SLAB_MODEL_NEVER : (v.ahead - w.y) * v.per;
	w.du = b->slope[0];
	w.dv = b->slope[1];
	w.period_u = fabsf(u.per);
	w.period_v = fabsf(v.per);
	w.step_u = u.step;
	w.step_v = v.step;
	w.over_u = (int32_t)u.step;
	w.over_v = (int32_t)v.step * b->stride_v;
	w.stride_s = b->stride_s;
	w.stride_v = b->stride_v;
	return w;
}

/* The next piece, all but its voxels. */
K_FN void slab_model_cut(struct slab_piece *p, struct slab_walk *w)
{
	const float next = fminf(w->plane, fminf(w->turn_u, w->turn_v));
	p->length = next - w->time;
	const float middle = fmaf(0.5F, p->length, w->time);
	p->x = fmaf(middle, w->du, w->x);
	p->y = fmaf(middle, w->dv, w->y);
	p->z = middle - (w->plane - 1.0F);
	p->at = w->at;
	w->time = next;
	if (next == w->turn_u) {
		w->at += w->over_u;
		w->x -= w->step_u;
		w->turn_u += w->period_u;
	}
	if (next == w->turn_v) {
		w->at += w->over_v;
		w->y -= w->step_v;
		w->turn_v += w->period_v;
	}
	if (next == w->plane) {
		w->at += w->stride_s;
		w->plane += 1.0F;
	}
}

/* The element of a corner of the cell that begins at `at`. */
K_FN int32_t slab_model_corner(const struct slab_walk *w, int32_t at, int c)
{
	return at + (c & 1) + (c >> 1 & 1) * w->stride_v + (c >> 2) * w->stride_s;
}

/* The next piece, read; false at the end of the block. */
K_FN int slab_model_next(
	struct slab_piece *p, struct slab_walk *w, const struct slab_kind kind, const struct slab_sums *s)
{
	if (!(w->plane <= w->end))
		return 0;
	const int32_t at = w->at;
	for (int f = 0; f < kind.fields; f++)
		for (int c = 0; c < 8; c++)
			p->corner[f][c] = slab_take_read(s->values[f], slab_model_corner(w, at, c), kind.type);
	slab_model_cut(p, w);
	return 1;
}

K_FN struct slab_twists slab_model_twists(const struct slab_piece *p, const struct slab_walk *w)
{
	const float square = p->length * p->length * (1.0F / 12);
	struct slab_twists t;
	t.vs = square * w->dv;
	t.us = square * w->du;
	t.uv = t.us * w->dv;
	return t;
}

/* The mean over the piece. */
K_FN float slab_model_cell(
	const struct slab_piece *p, const struct slab_twists *t, const struct slab_voxel corner[8], int type)
{
	float du[4], line[4];
	for (int r = 0; r < 4; r++) {
		du[r] = slab_take_change(corner[2 * r + 1], corner[2 * r], type);
		line[r] = fmaf(p->x, du[r], slab_take_value(corner[2 * r], type));
	}
	float dv_near = line[1] - line[0], dv_far = line[3] - line[2];
	float near = fmaf(p->y, dv_near, line[0]), far = fmaf(p->y, dv_far, line[2]);
	float duv_near = du[1] - du[0], duvs = (du[3] - du[2]) - duv_near;
	float f = fmaf(p->z, far - near, near);
	f = fmaf(t->uv, fmaf(p->z, duvs, duv_near), f);
	f = fmaf(t->vs, dv_far - dv_near, f);
	return fmaf(t->us, fmaf(p->y, duvs, du[2] - du[0]), f);
}

K_FN void slab_model_piece(struct slab_sums *s, const struct slab_piece *p, const struct slab_walk *w,
	const struct slab_kind kind)
{
	const struct slab_twists t = slab_model_twists(p, w);
	for (int f = 0; f < kind.fields; f++)
		s->block[f] = fmaf(p->length, slab_model_cell(p, &t, p->corner[f], kind.type), s->block[f]);
}

/* One piece is read while the one before it is summed; of several fields that would spill. */
K_FN void slab_model_trilinear(const struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	struct slab_walk walk = slab_model_walk(b);
	struct slab_piece piece[2];
	if (!SLAB_MODEL_PAIRS || kind.fields > 1) {
		while (slab_model_next(&piece[0], &walk, kind, s))
			slab_model_piece(s, &piece[0], &walk, kind);
		return;
	}
	int more = slab_model_next(&piece[0], &walk, kind, s);
	while (more) {
		more = slab_model_next(&piece[1], &walk, kind, s);
		slab_model_piece(s, &piece[0], &walk, kind);
		if (!more)
			break;
		more = slab_model_next(&piece[0], &walk, kind, s);
		slab_model_piece(s, &piece[1], &walk, kind);
	}
}
#endif

/*
 * The three models over a block of slabs (kernels/ray.h says what they are), one ray a thread.
 *
 *	pwc        the ray passes at most one face of u and one of v in a slab: first, second and last voxel,
 *with weights that are differences of the two crossing times.  A time is 1 when there is no crossing joseph
 *four voxels on the plane, bilinear trilinear  cell by cell: the next face of s, u or v ends a piece.  On it
 *the interpolant is f = sum of products of linear functions, so with the middle m, length L and changes a, b,
 *1 a unit of time integral = L (f(m) + L^2 / 12 (a b f_uv + b f_vs + a f_us)), the mixed differences taken at
 *m: exact
 */
#ifndef KERNELS_SLAB_MODEL_H
#define KERNELS_SLAB_MODEL_H
#include "kernels/slab_take.h"

#define SLAB_MODEL_NEVER 1e9F
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
/* Element of voxel (0, 0) of the block's plane `low` for biased indices. */
K_FN int32_t slab_model_start(const struct slab_block *b)
{
	return (int32_t)((uint32_t)(b->at + b->low * b->stride_s) -
			 SLAB_LINE_BIAS * (1U + (uint32_t)b->stride_v));
}
/* A whole block of one field is written out; anything else takes a loop. */
K_FN int slab_model_whole(const struct slab_block *b, const struct slab_kind kind)
{
	return !kind.labelled && kind.fields == 1 && b->low == 0 && b->high == SLAB_RAY_BLOCK;
}

/* ---- pwc ---- */
/* value: biased; sum: what the slab adds when it is of one channel. */
K_FN void slab_model_pwc_labels(struct slab_sums *s, const int32_t at[3], float first, float second,
	const float value[3], float sum, int type)
{
	int32_t tag[3], other = 0;
	for (int t = 0; t < 3; t++) {
		tag[t] = SLAB_TAKE_READ(s->tags + at[t]);
		other |= tag[t] ^ s->run;
	}
	if (!other) {
		s->block[0] += sum;
		s->block[1] += 1.0F;
		return;
	}
	const float weight[3] = { first, second - first, 1.0F - second };
	for (int t = 0; t < 3; t++)
		slab_take_labelled(s, tag[t], weight[t], slab_take_plain(value[t], type));
}

struct slab_pwc {
	float no_u, no_v; /* time of a crossing from 0 */
	int32_t over_u, over_v;
};
/* The slab from `time` on, whose voxel (0, 0) is element `slab`. */
K_FN void slab_model_pwc_slab(const struct slab_block *b, const struct slab_kind kind, struct slab_sums *s,
	const struct slab_pwc *p, float time, int32_t slab)
{
	uint32_t in_u, in_v;
	float x = fmaf(time, b->du, b->u), y = fmaf(time, b->dv, b->v);
	x -= slab_line_floor(x, &in_u);
	y -= slab_line_floor(y, &in_v);
	float turn_u = slab_line_share(fmaf(-x, b->per_du, p->no_u));
	float turn_v = slab_line_share(fmaf(-y, b->per_dv, p->no_v));
	float first = fminf(turn_u, turn_v), second = fmaxf(turn_u, turn_v);
	int32_t at[3];
	at[0] = (int32_t)((uint32_t)slab + in_u + in_v * (uint32_t)b->stride_v);
	at[1] = at[0] + (turn_u < turn_v ? p->over_u : p->over_v);
	at[2] = at[0] + (p->over_u + p->over_v);
	for (int f = 0; f < kind.fields; f++) {
		float value[3];
		for (int t = 0; t < 3; t++)
			value[t] = slab_take_biased(s->values[f], at[t], kind.type);
		float sum = slab_take_plain(value[2], kind.type);
		sum = fmaf(first, value[0] - value[1], kind.labelled ? sum : s->block[f] + sum);
		sum = fmaf(second, value[1] - value[2], sum);
		if (kind.labelled)
			slab_model_pwc_labels(s, at, first, second, value, sum, kind.type);
		else
			s->block[f] = sum;
	}
}

K_FN void slab_model_pwc(const struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	const struct slab_face u = slab_model_face(b->du, b->per_du), v = slab_model_face(b->dv, b->per_dv);
	struct slab_pwc p;
	p.no_u = u.step == 0.0F ? 1.0F : u.ahead * u.per;
	p.no_v = v.step == 0.0F ? 1.0F : v.ahead * v.per;
	p.over_u = (int32_t)u.step;
	p.over_v = (int32_t)v.step * b->stride_v;
	int32_t slab = slab_model_start(b);
	if (slab_model_whole(b, kind)) {
		SLAB_MODEL_UNROLL(16)
		for (int i = 0; i < SLAB_RAY_BLOCK; i++)
			slab_model_pwc_slab(b, kind, s, &p, (float)i, slab + i * b->stride_s);
		return;
	}
	SLAB_MODEL_UNROLL(2)
	for (int32_t i = b->low; i < b->high; i++, slab += b->stride_s)
		slab_model_pwc_slab(b, kind, s, &p, (float)i, slab);
}

/* ---- joseph ---- */
K_FN void slab_model_joseph_labels(struct slab_sums *s, int32_t at, int32_t stride_v, float x, float y,
	float value, const float corner[4], int type)
{
	const int32_t to[4] = { at, at + 1, at + stride_v, at + stride_v + 1 };
	int32_t tag[4], other = 0;
	for (int t = 0; t < 4; t++) {
		tag[t] = SLAB_TAKE_READ(s->tags + to[t]);
		other |= tag[t] ^ s->run;
	}
	if (!other) {
		s->block[0] += value;
		s->block[1] += 1.0F;
		return;
	}
	const float weight[4] = { (1.0F - x) * (1.0F - y), x * (1.0F - y), (1.0F - x) * y, x * y };
	for (int t = 0; t < 4; t++)
		slab_take_labelled(s, tag[t], weight[t], slab_take_plain(corner[t], type));
}

K_FN void slab_model_joseph_plane(const struct slab_block *b, const struct slab_kind kind,
	struct slab_sums *s, float time, int32_t slab)
{
	uint32_t in_u, in_v;
	float x = fmaf(time, b->du, b->u), y = fmaf(time, b->dv, b->v);
	x -= slab_line_floor(x, &in_u);
	y -= slab_line_floor(y, &in_v);
	int32_t at = (int32_t)((uint32_t)slab + in_u + in_v * (uint32_t)b->stride_v);
	for (int f = 0; f < kind.fields; f++) {
		float corner[4];
		for (int t = 0; t < 4; t++)
			corner[t] = slab_take_biased(
				s->values[f], at + (t & 1) + (t >> 1) * b->stride_v, kind.type);
		float near = fmaf(x, corner[1] - corner[0], slab_take_plain(corner[0], kind.type));
		float far = fmaf(x, corner[3] - corner[2], slab_take_plain(corner[2], kind.type));
		float value = fmaf(y, far - near, near);
		if (kind.labelled)
			slab_model_joseph_labels(s, at, b->stride_v, x, y, value, corner, kind.type);
		else
			s->block[f] += value;
	}
}

K_FN void slab_model_joseph(const struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	int32_t slab = slab_model_start(b);
	if (slab_model_whole(b, kind)) {
		SLAB_MODEL_UNROLL(16)
		for (int i = 0; i < SLAB_RAY_BLOCK; i++)
			slab_model_joseph_plane(b, kind, s, (float)i, slab + i * b->stride_s);
		return;
	}
	SLAB_MODEL_UNROLL(2)
	for (int32_t i = b->low; i < b->high; i++, slab += b->stride_s)
		slab_model_joseph_plane(b, kind, s, (float)i, slab);
}

/* ---- trilinear ---- */
/* The middle of a piece in its cell: x, y, z in 0 .. 1, and L^2 / 12 times the products of the changes. */
struct slab_piece {
	float length, x, y, z, uv, vs, us;
};

/* corner[4 s + 2 v + u], biased. */
K_FN float slab_model_cell(const struct slab_piece *p, const float corner[8], int type)
{
	float du[4], line[4];
	for (int r = 0; r < 4; r++) {
		du[r] = corner[2 * r + 1] - corner[2 * r];
		line[r] = fmaf(p->x, du[r], slab_take_plain(corner[2 * r], type));
	}
	float dv_near = line[1] - line[0], dv_far = line[3] - line[2];
	float near = fmaf(p->y, dv_near, line[0]), far = fmaf(p->y, dv_far, line[2]);
	float duv_near = du[1] - du[0], duvs = (du[3] - du[2]) - duv_near;
	float f = fmaf(p->z, far - near, near);
	f = fmaf(p->uv, fmaf(p->z, duvs, duv_near), f);
	f = fmaf(p->vs, dv_far - dv_near, f);
	return fmaf(p->us, fmaf(p->y, duvs, du[2] - du[0]), f);
}

K_FN void slab_model_cell_labels(struct slab_sums *s, const struct slab_piece *p, int32_t at,
	int32_t stride_s, int32_t stride_v, float value, const float corner[8], int type)
{
	int32_t tag[8], other = 0;
	for (int c = 0; c < 8; c++) {
		tag[c] = SLAB_TAKE_READ(
			s->tags + at + (c & 1) + (c >> 1 & 1) * stride_v + (c >> 2) * stride_s);
		other |= tag[c] ^ s->run;
	}
	if (!other) {
		s->block[0] = fmaf(p->length, value, s->block[0]);
		s->block[1] += p->length;
		return;
	}
	for (int c = 0; c < 8; c++) {
		float x = c & 1 ? p->x : 1.0F - p->x, y = c >> 1 & 1 ? p->y : 1.0F - p->y;
		float z = c >> 2 ? p->z : 1.0F - p->z;
		float uv = (c ^ c >> 1) & 1 ? -p->uv : p->uv, vs = (c >> 1 ^ c >> 2) & 1 ? -p->vs : p->vs;
		float us = (c ^ c >> 2) & 1 ? -p->us : p->us;
		float weight = fmaf(x, fmaf(y, z, vs), fmaf(y, us, z * uv));
		slab_take_labelled(s, tag[c], p->length * weight, slab_take_plain(corner[c], type));
	}
}

K_FN void slab_model_piece(const struct slab_block *b, const struct slab_kind kind, struct slab_sums *s,
	const struct slab_piece *p, int32_t at)
{
	for (int f = 0; f < kind.fields; f++) {
		float corner[8];
		for (int c = 0; c < 8; c++)
			corner[c] = slab_take_biased(s->values[f],
				at + (c & 1) + (c >> 1 & 1) * b->stride_v + (c >> 2) * b->stride_s,
				kind.type);
		float value = slab_model_cell(p, corner, kind.type);
		if (kind.labelled)
			slab_model_cell_labels(s, p, at, b->stride_s, b->stride_v, value, corner, kind.type);
		else
			s->block[f] = fmaf(p->length, value, s->block[f]);
	}
}

K_FN void slab_model_trilinear(const struct slab_block *b, const struct slab_kind kind, struct slab_sums *s)
{
	const struct slab_face u = slab_model_face(b->du, b->per_du), v = slab_model_face(b->dv, b->per_dv);
	const int32_t over_u = (int32_t)u.step, over_v = (int32_t)v.step * b->stride_v;
	const float uv = b->du * b->dv * (1.0F / 12), vs = b->dv * (1.0F / 12), us = b->du * (1.0F / 12);
	const float end = (float)b->high;
	float time = (float)b->low, plane = time + 1.0F;
	uint32_t in_u, in_v;
	float x = b->u - slab_line_floor(fmaf(time, b->du, b->u), &in_u); /* at time 0, in the cell of now */
	float y = b->v - slab_line_floor(fmaf(time, b->dv, b->v), &in_v);
	int32_t at = (int32_t)((uint32_t)slab_model_start(b) + in_u + in_v * (uint32_t)b->stride_v);
	float turn_u = u.step == 0.0F ? SLAB_MODEL_NEVER : (u.ahead - x) * u.per;
	float turn_v = v.step == 0.0F ? SLAB_MODEL_NEVER : (v.ahead - y) * v.per;
	while (plane <= end) {
		struct slab_piece p;
		float next = fminf(plane, fminf(turn_u, turn_v));
		p.length = next - time;
		float middle = fmaf(0.5F, p.length, time), square = p.length * p.length;
		p.x = fmaf(middle, b->du, x);
		p.y = fmaf(middle, b->dv, y);
		p.z = middle - (plane - 1.0F);
		p.uv = square * uv;
		p.vs = square * vs;
		p.us = square * us;
		slab_model_piece(b, kind, s, &p, at);
		time = next;
		if (next == turn_u) {
			at += over_u;
			x -= u.step;
			turn_u = (u.ahead - x) * u.per;
		}
		if (next == turn_v) {
			at += over_v;
			y -= v.step;
			turn_v = (v.ahead - y) * v.per;
		}
		if (next == plane) {
			at += b->stride_s;
			plane += 1.0F;
		}
	}
}
#endif

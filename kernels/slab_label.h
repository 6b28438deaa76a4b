/*
 * Sums by label channel over a block of slabs, in the models of slab_model.h.
 *
 * A voxel's value and mark come in one word (slab.h), so that by label a ray reads as often as without.  A thread has a
 * number for each channel, on the GPU in shared memory; it owns them, and nothing is atomic.  The sums of the channel
 * that a ray is in, its run, stay in registers.  All rays of a warp do the same: where every voxel that any of them takes
 * is of its ray's run they add as without labels; else each shares its voxels out between its run and one other
 * channel, to whose number the rest goes at once, and where nothing is left for the run the two change places.  Only
 * voxels of three channels or more in a slab are looked at one by one.
 *
 * So all lanes of a warp call these functions together, with as many slabs as the longest of them has: a lane that has
 * fewer goes on reading voxels of the border, which count for nothing.
 */
#ifndef KERNELS_SLAB_LABEL_H
#define KERNELS_SLAB_LABEL_H
#include "kernels/slab_model.h"

/* Slabs that are read while as many before them are summed. */
enum { SLAB_LABEL_AHEAD = 2 };
/* How far the numbers of a thread lie apart. */
#if defined(K_WARPS)
enum { SLAB_LABEL_STEP = K_LANES };
#else
enum { SLAB_LABEL_STEP = 1 };
#endif

/* ---- voxels ---- */
/* As read: the mark of an int16 voxel is its whole word, of which the lower half counts. */
struct slab_marked {
	uint32_t mark;
	float value; /* of float32 */
};
K_FN struct slab_marked slab_label_read(const struct slab_sums *s, int32_t at, int type)
{
	struct slab_marked voxel;
	if (type == SLAB_I16) {
		voxel.mark = SLAB_TAKE_READ((const slab_word_i16 *)s->values[0] + at);
		voxel.value = 0.0F;
	} else {
		const slab_word_f32 word = SLAB_TAKE_READ((const slab_word_f32 *)s->values[0] + at);
		const uint32_t value = (uint32_t)(word >> 32);
		voxel.mark = (uint32_t)word;
		memcpy(&voxel.value, &value, sizeof(voxel.value));
	}
	return voxel;
}
K_FN float slab_label_value(struct slab_marked voxel, int type)
{
	return type == SLAB_I16 ? slab_take_float((int32_t)voxel.mark >> 16, 1.0F) : voxel.value;
}
/* Of a mark, or of two with ^ between them: what counts. */
K_FN uint32_t slab_label_mark(uint32_t mark, int type)
{
	return type == SLAB_I16 ? mark & 0xFFFFU : mark;
}

/* ---- sums ---- */
/* A value and, where it is wanted, a length. */
struct slab_label_sum {
	float value, length;
};

/* Adds to the numbers of the channel of a mark; those of no channel have a place too, so that nothing branches. */
K_FN void slab_label_number(struct slab_sums *s, uint32_t mark, struct slab_label_sum sum, const struct slab_kind kind)
{
	const uint32_t n = (uint32_t)s->args->n_channels, channel = mark - (uint32_t)s->args->first_mark;
	float *to = s->number + (channel < n ? channel : n) * (uint32_t)(kind.labelled * SLAB_LABEL_STEP);
	to[0] += sum.value;
	if (kind.labelled > 1)
		to[SLAB_LABEL_STEP] += sum.length;
}

/* At the end of a block of slabs. */
K_FN void slab_label_settle(struct slab_sums *s, const struct slab_kind kind)
{
	const struct slab_label_sum sum = { s->block[0], s->block[1] };
	slab_label_number(s, s->run, sum, kind);
	s->block[0] = s->block[1] = 0.0F;
}

/* Voxels of one slab, and what they weigh in it: together `length`. */
struct slab_label_voxels {
	uint32_t mark[8];
	float value[8], weight[8], length;
};
K_FN struct slab_label_voxels slab_label_voxels_of(const struct slab_marked *voxel, int n, float length, int type)
{
	struct slab_label_voxels v;
	v.length = length;
	for (int t = 0; t < n; t++) {
		v.mark[t] = voxel[t].mark;
		v.value[t] = slab_label_value(voxel[t], type);
	}
	return v;
}

/* Whether any voxel of any ray is not of its run. */
K_FN int slab_label_apart(const struct slab_sums *s, const struct slab_label_voxels *v, int n, int type)
{
	uint32_t other = 0;
	for (int t = 0; t < n; t++)
		other |= v->mark[t] ^ s->run;
	other = slab_label_mark(other, type);
#if defined(K_WARPS)
	return __any_sync(0xFFFFFFFFU, other != 0);
#else
	return other != 0;
#endif
}

/* The rest is of several channels: each of its voxels to its own. */
K_FN void slab_label_scatter(
	struct slab_sums *s, const struct slab_label_voxels *v, uint32_t run, int n, const struct slab_kind kind)
{
	for (int t = 0; t < n; t++) {
		const int apart = slab_label_mark(v->mark[t] ^ run, kind.type) != 0;
		const float weight = apart ? v->weight[t] : 0.0F;
		const struct slab_label_sum sum = { weight * v->value[t], weight };
		slab_label_number(s, slab_label_mark(v->mark[t], kind.type), sum, kind);
	}
}

/* Shares n voxels out to the run and to one other channel. */
K_FN void slab_label_share(struct slab_sums *s, const struct slab_label_voxels *v, int n, const struct slab_kind kind)
{
	const uint32_t run = s->run;
	struct slab_label_sum own = { 0.0F, 0.0F }, rest = { 0.0F, 0.0F };
	uint32_t other = run, third = 0;
	int stays = 0;
	for (int t = 0; t < n; t++) {
		const int apart = slab_label_mark(v->mark[t] ^ run, kind.type) != 0;
		own.value = apart ? own.value : fmaf(v->weight[t], v->value[t], own.value);
		rest.value = apart ? fmaf(v->weight[t], v->value[t], rest.value) : rest.value;
		own.length = apart ? own.length : own.length + v->weight[t];
		other = apart ? v->mark[t] : other;
		stays |= !apart;
	}
	for (int t = 0; t < n; t++)
		third |= slab_label_mark(v->mark[t] ^ run, kind.type) ? v->mark[t] ^ other : 0;
	rest.length = v->length - own.length;
	if (slab_label_mark(third, kind.type)) {
		slab_label_scatter(s, v, run, n, kind);
		other = run;
		rest.value = rest.length = 0.0F;
	}
	other = slab_label_mark(other, kind.type);
	own.value += s->block[0];
	own.length += s->block[1];
	s->run = stays ? run : other;
	s->block[0] = stays ? own.value : rest.value;
	s->block[1] = stays ? own.length : rest.length;
	slab_label_number(s, stays ? other : run, stays ? rest : own, kind);
}

/* ---- pwc and joseph ---- */
struct slab_label_step {
	uint32_t x, y;	     /* joseph: as in slab_joseph_step */
	float first, second; /* pwc: as in slab_pwc_step */
	struct slab_marked voxel[4];
};

/* Reads the slab that the block is at, where the ray is, else voxels at `nothing`, and goes on to the next. */
K_FN struct slab_label_step slab_label_step_read(struct slab_block *b, const struct slab_sums *s,
	const struct slab_pwc *p, int there, int32_t nothing, int model, const struct slab_kind kind)
{
	struct slab_label_step step;
	int32_t at[4];
	const int32_t here = b->at;
	b->at = there ? here : nothing;
	step.x = b->x[0];
	step.y = b->x[1];
	step.first = step.second = step.voxel[3].value = 0.0F;
	step.voxel[3].mark = 0;
	if (model == RAY_PWC)
		slab_model_pwc_pass(&step.first, &step.second, at, b, p);
	for (int t = 0; t < (model == RAY_PWC ? 3 : 4); t++)
		step.voxel[t] = slab_label_read(
			s, model == RAY_PWC ? at[t] : b->at + (t & 1) + (t >> 1) * b->stride_v, kind.type);
	b->at = here;
	slab_line_next(b);
	return step;
}

K_FN void slab_label_pwc_add(struct slab_sums *s, const struct slab_label_step *step, const struct slab_kind kind)
{
	const struct slab_kind plain = { 1, SLAB_F32, 0 };
	struct slab_label_voxels v = slab_label_voxels_of(step->voxel, 3, 1.0F, kind.type);
	struct slab_pwc_step all;
	if (slab_label_apart(s, &v, 3, kind.type)) {
		v.weight[0] = step->first;
		v.weight[1] = step->second - step->first;
		v.weight[2] = 1.0F - step->second;
		slab_label_share(s, &v, 3, kind);
		return;
	}
	all.first = step->first;
	all.second = step->second;
	for (int t = 0; t < 3; t++)
		all.voxel[0][t].real = v.value[t];
	slab_model_pwc_add(s, &all, plain);
	s->block[1] += 1.0F;
}

K_FN void slab_label_joseph_add(struct slab_sums *s, const struct slab_label_step *step, const struct slab_kind kind)
{
	const struct slab_kind plain = { 1, SLAB_F32, 0 };
	struct slab_label_voxels v = slab_label_voxels_of(step->voxel, 4, 1.0F, kind.type);
	struct slab_joseph_step all;
	if (slab_label_apart(s, &v, 4, kind.type)) {
		const float x = slab_take_weight(step->x, SLAB_F32), y = slab_take_weight(step->y, SLAB_F32), xy = x * y;
		v.weight[0] = 1.0F - x - (y - xy);
		v.weight[1] = x - xy;
		v.weight[2] = y - xy;
		v.weight[3] = xy;
		slab_label_share(s, &v, 4, kind);
		return;
	}
	all.x = step->x;
	all.y = step->y;
	for (int t = 0; t < 4; t++)
		all.voxel[0][t].real = v.value[t];
	slab_model_joseph_add(s, &all, plain);
	s->block[1] += 1.0F;
}

K_FN void slab_label_add(struct slab_sums *s, const struct slab_label_step *step, int model, const struct slab_kind kind)
{
	if (model == RAY_PWC)
		slab_label_pwc_add(s, step, kind);
	else
		slab_label_joseph_add(s, step, kind);
}

/* Two groups of slabs take turns: one is read while the other is summed. */
K_FN void slab_label_slabs(
	struct slab_block *b, struct slab_sums *s, int32_t nothing, int model, const struct slab_kind kind)
{
	enum { AHEAD = SLAB_LABEL_AHEAD };
	struct slab_label_step one[AHEAD], two[AHEAD];
	const struct slab_pwc p = slab_model_pwc_of(b);
	int32_t left = b->slabs, most = slab_take_most(left); /* of this ray and of any, from the first of `one` on */
	if (most == 0)
		return;
	for (int k = 0; k < AHEAD; k++)
		one[k] = slab_label_step_read(b, s, &p, k < left, nothing, model, kind);
	SLAB_MODEL_UNROLL(1)
	for (; most > 0; most -= 2 * AHEAD) {
		for (int k = 0; k < AHEAD; k++)
			two[k] = slab_label_step_read(b, s, &p, AHEAD + k < left, nothing, model, kind);
		for (int k = 0; k < AHEAD; k++)
			slab_label_add(s, &one[k], model, kind);
		left -= 2 * AHEAD;
		for (int k = 0; k < AHEAD && most > 2 * AHEAD; k++)
			one[k] = slab_label_step_read(b, s, &p, k < left, nothing, model, kind);
		for (int k = 0; k < AHEAD; k++)
			slab_label_add(s, &two[k], model, kind);
	}
}

/* ---- trilinear ---- */
struct slab_label_piece {
	struct slab_piece piece;
	struct slab_marked voxel[8];
};

/* The next piece, of nothing where the ray has no more; false where no ray has. */
K_FN int slab_label_next(
	struct slab_label_piece *p, struct slab_walk *w, const struct slab_sums *s, int32_t nothing,
	const struct slab_kind kind)
{
	const int32_t at = w->plane <= w->end ? w->at : nothing;
	const int more = slab_take_most(w->plane <= w->end);
	for (int c = 0; c < 8 && more; c++)
		p->voxel[c] = slab_label_read(s, slab_model_corner(w, at, c), kind.type);
	slab_model_cut(&p->piece, w);
	return more;
}

/* What corner c of the cell weighs in the integral over the piece. */
K_FN float slab_label_corner(const struct slab_piece *p, const struct slab_twists *t, int c)
{
	const float x = c & 1 ? p->x : 1.0F - p->x, y = c >> 1 & 1 ? p->y : 1.0F - p->y;
	const float z = c >> 2 ? p->z : 1.0F - p->z;
	const float uv = (c ^ c >> 1) & 1 ? -t->uv : t->uv, vs = (c >> 1 ^ c >> 2) & 1 ? -t->vs : t->vs;
	const float us = (c ^ c >> 2) & 1 ? -t->us : t->us;
	return p->length * fmaf(x, fmaf(y, z, vs), fmaf(y, us, z * uv));
}

K_FN void slab_label_piece_add(
	struct slab_sums *s, const struct slab_label_piece *p, const struct slab_walk *w, const struct slab_kind kind)
{
	const struct slab_twists twists = slab_model_twists(&p->piece, w);
	struct slab_label_voxels v = slab_label_voxels_of(p->voxel, 8, p->piece.length, kind.type);
	struct slab_voxel all[8];
	if (slab_label_apart(s, &v, 8, kind.type)) {
		for (int c = 0; c < 8; c++)
			v.weight[c] = slab_label_corner(&p->piece, &twists, c);
		slab_label_share(s, &v, 8, kind);
		return;
	}
	for (int c = 0; c < 8; c++)
		all[c].real = v.value[c];
	s->block[0] = fmaf(p->piece.length, slab_model_cell(&p->piece, &twists, all, SLAB_F32), s->block[0]);
	s->block[1] += p->piece.length;
}

K_FN void slab_label_pieces(const struct slab_block *b, struct slab_sums *s, int32_t nothing, const struct slab_kind kind)
{
	struct slab_walk walk = slab_model_walk(b);
	struct slab_label_piece one, two;
	int more = slab_label_next(&one, &walk, s, nothing, kind);
	while (more) {
		more = slab_label_next(&two, &walk, s, nothing, kind);
		slab_label_piece_add(s, &one, &walk, kind);
		if (!more)
			break;
		more = slab_label_next(&one, &walk, s, nothing, kind);
		slab_label_piece_add(s, &two, &walk, kind);
	}
}

/* The slabs of a block, of which a ray may have none.  nothing: an element whose neighbours too are border. */
K_FN void slab_label_walk(struct slab_block *b, struct slab_sums *s, int32_t nothing, int model, const struct slab_kind kind)
{
	if (model == RAY_TRILINEAR)
		slab_label_pieces(b, s, nothing, kind);
	else
		slab_label_slabs(b, s, nothing, model, kind);
	slab_label_settle(s, kind);
}
#endif

#include "drr/resident.h"

#include <math.h>

#include "drr/slab_fill.h"
#include "host/run/err.h"
#include "kernels/material_rule.h"
#include "kernels/ray.h"

_Static_assert((int)PROJECTOR_CHANNELS == (int)RAY_CHANNELS && (int)PROJECTOR_CHANNELS == (int)SLAB_CHANNELS,
	"the kernels and the projector agree on channels");

static int check_channels(int n_channels)
{
	if (n_channels < 0 || n_channels > PROJECTOR_CHANNELS)
		return ERR_INVALID("%d label channels in one pass: at most %d", n_channels, PROJECTOR_CHANNELS);
	return 0;
}

int resident_open(struct resident *r, const struct device *device, const struct projector_source *source)
{
	*r = (struct resident){ .device = device, .source = *source, .partial_bytes_most = INT64_C(1) << 30 };
	const struct volume *values = source->values, *labels = source->labels;
	if (check_channels(source->n_channels) != 0)
		return -1;
	if (!source->laid)
		(void)volume_f32(values);
	for (int k = 0; labels && k < 3; k++)
		if (labels->n[k] != values->n[k])
			return ERR_INVALID("labels have %lld voxels on axis %d, the volume %lld",
				(long long)labels->n[k], k, (long long)values->n[k]);
	for (int which = 0; which < SLAB_LAYOUTS; which++)
		r->layout[which] = slab_layout_of(values->n, which);
	return 0;
}

static void tags_free(struct resident *r)
{
	for (int which = 0; which < SLAB_LAYOUTS; which++) {
		memory_free(&r->tags[which]);
		memory_free(&r->words[which]);
		for (int k = 0; k < 3; k++)
			memory_free(&r->spans[which][k]);
	}
	memory_free(&r->tag_bricks);
	memory_free(&r->voxel_tags);
}

void resident_close(struct resident *r)
{
	for (int f = 0; f < RESIDENT_FIELDS; f++) {
		for (int which = 0; which < SLAB_LAYOUTS; which++)
			memory_free(&r->field[f].values[which]);
		memory_free(&r->field[f].bricks);
		r->field[f].known = false;
	}
	tags_free(r);
	for (int b = 0; b < RESIDENT_BUFFERS; b++)
		memory_free(&r->buffer[b]);
	memory_free(&r->poses_sent);
}

int resident_buffer(struct memory **buffer, struct resident *r, int which, size_t bytes)
{
	*buffer = &r->buffer[which];
	if ((*buffer)->bytes >= bytes)
		return 0;
	memory_free(*buffer);
	return memory_alloc(*buffer, r->device, bytes, "rendering");
}

/* Moves a block that was filled on the host to where renders read it. */
static int settle(struct memory *m, const struct resident *r, const char *what)
{
	struct memory there = { 0 };
	if (r->device->kind == DEVICE_CPU || !m->data)
		return 0;
	if (memory_alloc(&there, r->device, m->bytes, what) != 0 || memory_copy(&there, 0, m, 0, m->bytes) != 0) {
		memory_free(&there);
		memory_free(m);
		return -1;
	}
	memory_free(m);
	*m = there;
	return 0;
}

int resident_channels(struct resident *r, const uint8_t *channel_of_label, int n_channels)
{
	if (check_channels(n_channels) != 0)
		return -1;
	tags_free(r);
	r->source.channel_of_label = channel_of_label;
	r->source.n_channels = n_channels;
	return 0;
}

/* ---- fields ---- */

/* A material's partial density (g/cm3) at every voxel; true when it is nowhere. */
static bool material_fill(float *to, const struct projector_source *s, int material)
{
	struct material_rule rule;
	const int64_t n = volume_count(s->values);
	const float *value = volume_f32(s->values);
	const uint8_t *u8 = s->labels && s->labels->type == VOLUME_U8 ? volume_u8(s->labels) : NULL;
	const uint16_t *u16 = s->labels && s->labels->type != VOLUME_U8 ? volume_u16(s->labels) : NULL;
	material_model_rule(&s->materials, &rule);
	int some = 0;
#pragma omp parallel for schedule(static) reduction(| : some)
	for (int64_t i = 0; i < n; i++) {
		int label = u8 ? u8[i] : u16 ? u16[i] : 0;
		int bone = (u8 || u16) && s->bone_of_label && s->bone_of_label[label];
		double hu = s->hu_per_value * (double)value[i] + s->hu_offset;
		const struct material_line *line =
			&rule.line[bone][material_rule_piece(rule.knot_hu[bone], hu)][material];
		to[i] = (float)(line->at_zero + line->per_hu * hu);
		some |= to[i] != 0;
	}
	return !some;
}

/* The values of a field and how they lie: the volume's own, known ones, or a material's into `made`. */
static int field_values(const float **values, struct slab_layout *lie, struct memory *made, bool *empty,
	struct resident *r, int which)
{
	const struct projector_source *s = &r->source;
	if (s->laid) {
		*values = which == RESIDENT_VALUE ? NULL : s->laid->g_cm3[which - RESIDENT_MATERIAL];
		*lie = r->layout[s->laid->which];
		*empty = !*values;
		return 0;
	}
	*values = volume_f32(s->values);
	*lie = slab_layout_plain(s->values->n);
	*empty = false;
	if (which == RESIDENT_VALUE)
		return 0;
	if (material_model_check(&s->materials) != 0 ||
		memory_alloc(made, NULL, (size_t)volume_count(s->values) * sizeof(float), "a material") != 0)
		return -1;
	*empty = material_fill(made->data, s, which - RESIDENT_MATERIAL);
	*values = made->data;
	return 0;
}

static int field_look(struct resident_field *f, const float *values, const struct slab_layout *lie,
	const struct resident *r, int which)
{
	const int64_t *n = r->source.values->n;
	if (r->source.laid && r->source.laid->where) { /* not looked at: no brick is known to be constant */
		f->type = SLAB_F32;
		return 0;
	}
	f->type = which == RESIDENT_VALUE && slab_fits_int16(values, volume_count(r->source.values)) ? SLAB_I16
													    : SLAB_F32;
	if (memory_alloc(&f->bricks, NULL, (size_t)slab_brick_count(n) * sizeof(float), "bricks") != 0)
		return -1;
	f->bricked = slab_bricks(f->bricks.data, values, lie, n);
	return settle(&f->bricks, r, "bricks");
}

static int field_fill(struct resident_field *f, const float *values, const struct slab_layout *lie,
	const struct resident *r, int layout)
{
	const struct slab_layout *l = &r->layout[layout];
	size_t each = f->type == SLAB_I16 ? sizeof(int16_t) : sizeof(float);
	if (r->source.laid && r->source.laid->where)
		return ERR_INVALID("materials laid out on %s for rays along other axes", r->device->name);
	if (memory_alloc(&f->values[layout], NULL, (size_t)l->elements * each, "resident volume") != 0)
		return -1;
	if (f->type == SLAB_I16)
		slab_fill_i16(f->values[layout].data, l, values, lie, r->source.values->n);
	else
		slab_fill_f32(f->values[layout].data, l, values, lie, r->source.values->n);
	return settle(&f->values[layout], r, "resident volume");
}

/* A field that rays of that layout read where it was laid. */
static const float *field_laid(const struct resident *r, int which, int layout)
{
	const struct laid_materials *laid = r->source.laid;
	const bool here = laid && (laid->where != NULL) == (r->device->kind == DEVICE_CUDA);
	return here && laid->which == layout && which != RESIDENT_VALUE
		       ? laid->g_cm3[which - RESIDENT_MATERIAL]
		       : NULL;
}

int resident_field(struct slab_field *field, struct resident *r, int which, const int layouts[SLAB_LAYOUTS])
{
	struct resident_field *f = &r->field[which];
	struct memory made = { 0 };
	struct slab_layout lie;
	const float *values = NULL;
	int rc = -1;
	bool missing = !f->known;
	for (int l = 0; l < SLAB_LAYOUTS; l++)
		missing |= layouts[l] && !f->values[l].data && !field_laid(r, which, l);
	if (missing && !(f->known && f->empty)) {
		TRY(field_values(&values, &lie, &made, &f->empty, r, which));
		if (!f->known && !f->empty)
			TRY(field_look(f, values, &lie, r, which));
		f->known = true;
		for (int l = 0; l < SLAB_LAYOUTS && !f->empty; l++)
			if (layouts[l] && !f->values[l].data && !field_laid(r, which, l))
				TRY(field_fill(f, values, &lie, r, l));
	}
	*field = (struct slab_field){ .type = f->type, .scale = 1, .bricks = f->bricked ? f->bricks.data : NULL };
	for (int l = 0; l < SLAB_LAYOUTS; l++)
		field->values[l] = f->values[l].data ? f->values[l].data : field_laid(r, which, l);
	rc = 0;
cleanup:
	memory_free(&made);
	return rc;
}

/* ---- tags ---- */

/* One byte a voxel of channel and bone, so that the kernel looks nothing up. */
static uint8_t tag_of(const struct projector_source *s, uint16_t label)
{
	uint8_t channel = s->channel_of_label ? s->channel_of_label[label] : PROJECTOR_NO_CHANNEL;
	if (channel != PROJECTOR_NO_CHANNEL && channel >= s->n_channels)
		BUG("channel_of_label has a channel beyond n_channels = %d", s->n_channels);
	int tag = channel == PROJECTOR_NO_CHANNEL ? RAY_NO_CHANNEL : channel;
	return (uint8_t)(tag | (s->bone_of_label && s->bone_of_label[label] ? RAY_BONE : 0));
}

int resident_voxel_tags(const uint8_t **tags, struct resident *r)
{
	const struct projector_source *s = &r->source;
	*tags = NULL;
	if (!s->labels && s->n_channels == 0)
		return 0;
	if (!r->voxel_tags.data) {
		const int64_t n = volume_count(s->values);
		if (memory_alloc(&r->voxel_tags, NULL, (size_t)n, "label tags") != 0)
			return -1;
		uint8_t *tag = r->voxel_tags.data; /* without labels all are channel 0 */
		if (s->labels && s->labels->type == VOLUME_U8)
			for (int64_t i = 0; i < n; i++)
				tag[i] = tag_of(s, volume_u8(s->labels)[i]);
		else if (s->labels)
			for (int64_t i = 0; i < n; i++)
				tag[i] = tag_of(s, volume_u16(s->labels)[i]);
	}
	*tags = r->voxel_tags.data;
	return 0;
}

/* The channel of each voxel, `none` for those without, in the volume's order; plus `shift`. */
static int channels_make(struct memory *channels, struct resident *r, uint8_t none, uint8_t shift)
{
	const uint8_t *voxel_tags;
	const int64_t voxels = volume_count(r->source.values);
	if (resident_voxel_tags(&voxel_tags, r) != 0 ||
		memory_alloc(channels, NULL, (size_t)voxels, "label tags") != 0)
		return -1;
	uint8_t *to = channels->data;
	for (int64_t i = 0; i < voxels; i++) {
		uint8_t channel = voxel_tags[i] & RAY_NO_CHANNEL;
		to[i] = channel == RAY_NO_CHANNEL ? none : (uint8_t)(channel + shift);
	}
	return 0;
}

static int tag_bricks_make(struct resident *r, const struct memory *channels, uint8_t none)
{
	const int64_t *n = r->source.values->n;
	if (r->tag_bricks.data)
		return 0;
	if (memory_alloc(&r->tag_bricks, NULL, (size_t)slab_brick_count(n) * sizeof(float), "bricks") != 0)
		return -1;
	if (!slab_brick_tags(r->tag_bricks.data, channels->data, none, n))
		memory_free(&r->tag_bricks);
	return settle(&r->tag_bricks, r, "bricks");
}

static int spans_make(struct resident *r, int which, int axes)
{
	const struct slab_layout *layout = &r->layout[which];
	for (int k = 0; k < 3; k++) {
		struct memory *spans = &r->spans[which][k];
		if (spans->data || !(k == which || (axes >> k & 1)))
			continue;
		if (memory_alloc(spans, NULL, (size_t)layout->elements, "label tags") != 0)
			return -1;
		slab_spans(spans->data, r->tags[which].data, layout->elements, k == which ? 0 : layout->stride[k]);
	}
	return 0;
}

int resident_tags(struct slab_field *field, const uint8_t *tags[SLAB_LAYOUTS], const uint8_t *spans[SLAB_LAYOUTS][3],
	struct resident *r, const int layouts[SLAB_LAYOUTS])
{
	const int64_t *n = r->source.values->n;
	const struct slab_layout lie = slab_layout_plain(n);
	struct memory channels = { 0 };
	int rc = -1;
	TRY(resident_field(field, r, RESIDENT_VALUE, layouts));
	for (int l = 0; l < SLAB_LAYOUTS; l++) {
		struct memory *made = &r->tags[l];
		if (layouts[l] && !made->data) {
			if (!channels.data)
				TRY(channels_make(&channels, r, SLAB_CHANNELS, 0));
			TRY(memory_alloc(made, NULL, (size_t)r->layout[l].elements, "label tags"));
			memset(made->data, SLAB_CHANNELS, made->bytes);
			slab_fill_u8(made->data, &r->layout[l], channels.data, &lie, n);
			TRY(tag_bricks_make(r, &channels, SLAB_CHANNELS));
		}
		if (layouts[l])
			TRY(spans_make(r, l, layouts[l]));
		tags[l] = made->data;
		for (int k = 0; k < 3; k++)
			spans[l][k] = r->spans[l][k].data;
	}
	field->bricks = r->tag_bricks.data;
	rc = 0;
cleanup:
	memory_free(&channels);
	return rc;
}

int resident_words(struct slab_field *field, const void *words[SLAB_LAYOUTS], struct resident *r,
	const int layouts[SLAB_LAYOUTS])
{
	static const int none[SLAB_LAYOUTS] = { 0 };
	struct memory marks = { 0 };
	int rc = -1;
	TRY(resident_field(field, r, RESIDENT_VALUE, none));
	const size_t each = field->type == SLAB_I16 ? sizeof(slab_word_i16) : sizeof(slab_word_f32);
	for (int l = 0; l < SLAB_LAYOUTS; l++) {
		struct memory *made = &r->words[l];
		if (layouts[l] && !made->data) {
			if (!marks.data)
				TRY(channels_make(&marks, r, 0, 1));
			TRY(memory_alloc(made, NULL, (size_t)r->layout[l].elements * each, "labelled volume"));
			slab_fill_words(made->data, (enum slab_type)field->type, &r->layout[l],
				volume_f32(r->source.values), marks.data, r->source.values->n);
			TRY(settle(made, r, "labelled volume"));
			TRY(tag_bricks_make(r, &marks, 0));
		}
		words[l] = made->data;
	}
	field->bricks = r->tag_bricks.data;
	rc = 0;
cleanup:
	memory_free(&marks);
	return rc;
}

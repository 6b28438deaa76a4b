#include "host/files/nifti.h"

#include <inttypes.h>
#include <math.h>
#include <nifti/nifti2_io.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "host/files/alloc.h"
#include "host/files/nifti_header.h"
#include "host/run/err.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "voxels are written in the machine's byte order, which is taken to be little-endian"
#endif

enum { PIECE = 1 << 15 }; /* voxels converted at once */

#define DECODE(type)                                                                                         \
	for (size_t i = 0; i < count; i++)                                                                   \
		values[i] = (double)((const type *)raw)[i];                                                  \
	break

/* values[count] = slope * stored + inter; raw (8-byte aligned) is swapped in place if need be. */
static void decode(double *values, void *raw, size_t count, const struct nifti_layout *layout)
{
	if (layout->swapped && layout->voxel_bytes > 1)
		nifti_swap_Nbytes((int64_t)count, (int)layout->voxel_bytes, raw);
	switch (layout->datatype) {
	case NIFTI_TYPE_UINT8:
		DECODE(uint8_t);
	case NIFTI_TYPE_INT8:
		DECODE(int8_t);
	case NIFTI_TYPE_INT16:
		DECODE(int16_t);
	case NIFTI_TYPE_UINT16:
		DECODE(uint16_t);
	case NIFTI_TYPE_INT32:
		DECODE(int32_t);
	case NIFTI_TYPE_UINT32:
		DECODE(uint32_t);
	case NIFTI_TYPE_INT64:
		DECODE(int64_t);
	case NIFTI_TYPE_UINT64:
		DECODE(uint64_t);
	case NIFTI_TYPE_FLOAT32:
		DECODE(float);
	case NIFTI_TYPE_FLOAT64:
		DECODE(double);
	default:
		BUG("NIfTI datatype %d passed the header's check", layout->datatype);
	}
	if (layout->slope == 1 && layout->inter == 0)
		return;
	for (size_t i = 0; i < count; i++)
		values[i] = values[i] * layout->slope + layout->inter;
}

/* Voxels that cannot be kept: the first, and how many. */
struct refused {
	size_t first, count;
	double value; /* of the first */
};

static void refuse(struct refused *r, size_t at, double value)
{
	if (r->count++ == 0) {
		r->first = at;
		r->value = value;
	}
}

static int refuse_voxels(const char *path, const struct volume *v, const struct refused *r)
{
	int64_t i = (int64_t)r->first;
	char others[64] = "";
	if (r->count > 1)
		snprintf(others, sizeof(others), "; %zu voxels are like it", r->count);
	return ERR_INVALID("'%s': voxel (%" PRId64 ", %" PRId64 ", %" PRId64 ") is %.9g, %s%s", path,
		i % v->n[0], i / v->n[0] % v->n[1], i / (v->n[0] * v->n[1]), r->value,
		v->type == VOLUME_F32 ? "no finite float32" : "no label (a whole number from 0 to 65535)",
		others);
}

/* Puts `count` values at voxel `first` into the volume, and notes those it cannot hold. */
static void store(struct volume *v, size_t first, const double *values, size_t count, struct refused *refused)
{
	if (v->type == VOLUME_F32) {
		float *out = volume_f32(v) + first;
		for (size_t i = 0; i < count; i++) {
			out[i] = (float)values[i];
			if (!isfinite(out[i]))
				refuse(refused, first + i, values[i]);
		}
		return;
	}
	uint16_t *out = volume_u16(v) + first;
	for (size_t i = 0; i < count; i++) {
		bool good = values[i] >= 0 && values[i] <= 65535 && values[i] == floor(values[i]);
		out[i] = good ? (uint16_t)values[i] : 0;
		if (!good)
			refuse(refused, first + i, values[i]);
	}
}

static int read_voxels(struct volume *v, struct nifti_source *s, const struct nifti_layout *layout)
{
	int rc = -1;
	size_t total = (size_t)volume_count(v);
	struct refused refused = { 0 };
	double *values = alloc_grow(NULL, PIECE, sizeof *values);
	void *raw = alloc_grow(NULL, PIECE, sizeof(double));
	for (size_t first = 0; first < total; first += PIECE) {
		size_t count = total - first < PIECE ? total - first : PIECE;
		TRY(nifti_source_read(s, raw, count * layout->voxel_bytes, "the voxels"));
		decode(values, raw, count, layout);
		store(v, first, values, count, &refused);
	}
	/* What a damaged stream holds is not worth a word. */
	TRY(nifti_source_finish(s));
	rc = refused.count > 0 ? refuse_voxels(s->path, v, &refused) : 0;
cleanup:
	free(values);
	free(raw);
	return rc;
}

/* A true header may still describe more than this machine has. */
static int check_memory(const struct nifti_layout *layout, enum volume_type type, const char *path)
{
	double have = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	double need = (double)layout->n[0] * (double)layout->n[1] * (double)layout->n[2] *
		      (double)volume_type_bytes(type);
	if (need > have)
		return ERR_RESOURCE(
			"'%s' needs %.0f bytes of memory, this machine has %.0f", path, need, have);
	return 0;
}

static int read_as(struct volume *v, const char *path, enum volume_type type)
{
	int rc = -1;
	struct nifti_source source;
	struct nifti_layout layout;
	struct volume fresh = { 0 };
	TRY(nifti_source_open(&source, path));
	TRY(nifti_header_read(&source, &layout));
	TRY(check_memory(&layout, type, path));
	TRY(volume_init(&fresh, layout.n, AFFINE(layout.to_world), type));
	TRY(read_voxels(&fresh, &source, &layout));
	*v = fresh;
	fresh = (struct volume){ 0 };
	rc = 0;
cleanup:
	volume_free(&fresh);
	nifti_source_close(&source);
	return rc;
}

int nifti_read_image(struct volume *v, const char *path)
{
	return read_as(v, path, VOLUME_F32);
}

int nifti_read_labels(struct volume *v, const char *path)
{
	return read_as(v, path, VOLUME_U16);
}

#include "gan/nn/storage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"

/* bfloat16 is the upper half of a float, rounded to nearest even; NaN stays NaN. */
static uint16_t to_bf16(float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	if (value != value)
		return (uint16_t)(bits >> 16 | 0x40);
	return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static float from_bf16(uint16_t half)
{
	uint32_t bits = (uint32_t)half << 16;
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void pack_bf16(uint16_t *restrict to, const float *restrict values, int64_t count)
{
	enum { SERIAL = 1 << 16 }; /* fewer are not worth a second thread */
#pragma omp parallel for simd schedule(static) if (count > SERIAL)
	for (int64_t i = 0; i < count; i++)
		to[i] = to_bf16(values[i]);
}

void storage_pack(void *to, enum device_elem elem, const float *values, int64_t count)
{
	if (elem == DEVICE_F32)
		memcpy(to, values, (size_t)count * sizeof(float));
	for (int64_t i = 0; elem == DEVICE_F64 && i < count; i++)
		((double *)to)[i] = (double)values[i];
	if (elem == DEVICE_BF16)
		pack_bf16(to, values, count);
}

void storage_unpack(float *values, const void *from, enum device_elem elem, int64_t count)
{
	if (elem == DEVICE_F32)
		memcpy(values, from, (size_t)count * sizeof(float));
	for (int64_t i = 0; elem == DEVICE_F64 && i < count; i++)
		values[i] = (float)((const double *)from)[i];
	for (int64_t i = 0; elem == DEVICE_BF16 && i < count; i++)
		values[i] = from_bf16(((const uint16_t *)from)[i]);
}

/* Room for numbers on their way: of a few, as a loss is, without an allocation. */
enum { FEW = 64 };
struct room {
	float narrow_few[FEW];
	union {
		float wide[FEW];
		uint16_t half[FEW];
	} packed_few;
	float *narrow;
	void *packed;
};

static void open_room(struct room *r, int64_t count)
{
	const bool few = count <= FEW;
	r->narrow = few ? r->narrow_few : alloc_grow(NULL, (size_t)count, sizeof(float));
	r->packed = few ? &r->packed_few : alloc_grow(NULL, (size_t)count, sizeof(float));
}

static void close_room(struct room *r)
{
	if (r->narrow == r->narrow_few)
		return;
	free(r->narrow);
	free(r->packed);
}

int storage_write(
	struct memory *to, size_t offset, enum device_elem elem, const double *values, int64_t count)
{
	const size_t bytes = (size_t)count * device_elem_bytes(elem);
	if (elem == DEVICE_F64)
		return memory_write(to, offset, values, bytes);
	struct room r;
	open_room(&r, count);
	for (int64_t i = 0; i < count; i++)
		r.narrow[i] = (float)values[i];
	storage_pack(r.packed, elem, r.narrow, count);
	int rc = memory_write(to, offset, r.packed, bytes);
	close_room(&r);
	return rc;
}

int storage_read(
	double *values, const struct memory *from, size_t offset, enum device_elem elem, int64_t count)
{
	const size_t bytes = (size_t)count * device_elem_bytes(elem);
	if (elem == DEVICE_F64)
		return memory_read(values, from, offset, bytes);
	struct room r;
	open_room(&r, count);
	int rc = memory_read(r.packed, from, offset, bytes);
	if (rc == 0)
		storage_unpack(r.narrow, r.packed, elem, count);
	for (int64_t i = 0; rc == 0 && i < count; i++)
		values[i] = (double)r.narrow[i];
	close_room(&r);
	return rc;
}

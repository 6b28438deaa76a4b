#include "host/files/protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "floats are little-endian on the wire and are copied as they are"
#endif

enum wire { WIRE_VARINT = 0, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

static void append(struct protobuf *m, const void *data, size_t bytes)
{
	if (bytes == 0)
		return;
	if (m->bytes + bytes > m->capacity) {
		m->capacity = 2 * (m->bytes + bytes);
		m->data = alloc_grow(m->data, m->capacity, 1);
	}
	memcpy(m->data + m->bytes, data, bytes);
	m->bytes += bytes;
}

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static void append_varint(struct protobuf *m, uint64_t value)
{
	unsigned char bytes[10];
	size_t n = 0;
	do {
		bytes[n] = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
		value >>= 7;
		n++;
	} while (value > 0);
	append(m, bytes, n);
}

static void append_key(struct protobuf *m, unsigned field, enum wire wire)
{
	append_varint(m, (uint64_t)field << 3 | wire);
}

void protobuf_integer(struct protobuf *m, unsigned field, int64_t value)
{
	append_key(m, field, WIRE_VARINT);
	append_varint(m, (uint64_t)value);
}

void protobuf_float(struct protobuf *m, unsigned field, float value)
{
	append_key(m, field, WIRE_FIXED32);
	append(m, &value, sizeof(value));
}

void protobuf_bytes(struct protobuf *m, unsigned field, const void *data, size_t bytes)
{
	append_key(m, field, WIRE_BYTES);
	append_varint(m, bytes);
	append(m, data, bytes);
}

void protobuf_text(struct protobuf *m, unsigned field, const char *text)
{
	protobuf_bytes(m, field, text, strlen(text));
}

void protobuf_message(struct protobuf *m, unsigned field, struct protobuf *inner)
{
	protobuf_bytes(m, field, inner->data, inner->bytes);
	protobuf_free(inner);
}

void protobuf_join(struct protobuf *m, struct protobuf *fields)
{
	append(m, fields->data, fields->bytes);
	protobuf_free(fields);
}

void protobuf_free(struct protobuf *m)
{
	free(m->data);
	*m = (struct protobuf){ 0 };
}

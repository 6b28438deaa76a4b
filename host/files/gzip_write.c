#include "host/files/gzip_write.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include "host/files/alloc.h"
#include "host/run/err.h"

enum { LEVEL = 1, /* of a noisy CT higher ones are slower and make no less */ WINDOW = -15 /* no header of its own */ };

static int deflate_part(struct gzip_part *part, const unsigned char *bytes, bool last)
{
	z_stream z = { 0 };
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	const size_t most = deflateBound(&z, (uLong)part->bytes) + 16; /* and the flush's empty block */
	part->deflated = malloc(most);
	int state = Z_MEM_ERROR;
	if (part->deflated) {
		z.next_in = bytes;
		z.avail_in = (uInt)part->bytes;
		z.next_out = part->deflated;
		z.avail_out = (uInt)most;
		state = deflate(&z, last ? Z_FINISH : Z_FULL_FLUSH);
		if (state != Z_MEM_ERROR && (z.avail_in > 0 || z.avail_out == 0))
			BUG("%zu bytes do not fit into %zu deflated", part->bytes, most);
		part->n = most - z.avail_out;
	}
	part->crc = (uint32_t)crc32(0, bytes, (uInt)part->bytes);
	deflateEnd(&z);
	return state == Z_MEM_ERROR ? -1 : 0;
}

int gzip_write_make(struct gzip_write *g, const void *bytes, size_t n, const char *what)
{
	int failed = 0;
	g->n = n > 0 ? (n + GZIP_PART - 1) / GZIP_PART : 1;
	g->parts = alloc_grow(NULL, g->n, sizeof(*g->parts));
	memset(g->parts, 0, g->n * sizeof(*g->parts));
#pragma omp parallel for schedule(dynamic) reduction(| : failed)
	for (size_t i = 0; i < g->n; i++) {
		const size_t first = i * GZIP_PART;
		g->parts[i].bytes = n - first < GZIP_PART ? n - first : GZIP_PART;
		failed |= deflate_part(&g->parts[i], (const unsigned char *)bytes + first, i + 1 == g->n) != 0;
	}
	if (!failed)
		return 0;
	gzip_write_free(g);
	return ERR_RESOURCE("no memory to compress '%s'", what);
}

void gzip_write_free(struct gzip_write *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->parts[i].deflated);
	free(g->parts);
	*g = (struct gzip_write){ 0 };
}

static void put_le(unsigned char *to, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

static int put_bytes(FILE *file, const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, file) == n ? 0 : -1;
}

int gzip_write_put(FILE *file, const void *start, size_t start_bytes, const struct gzip_write *g)
{
	static const unsigned char magic[10] = { 0x1f, 0x8b, 8, [9] = 3 };
	unsigned char stored[5] = { 0 }, trailer[8];
	uint32_t crc = (uint32_t)crc32(0, start, (uInt)start_bytes), length = (uint32_t)start_bytes;
	/* A stored block ends on a byte, so that nothing is copied behind it. */
	put_le(stored + 1, (uint32_t)start_bytes, 2);
	put_le(stored + 3, ~(uint32_t)start_bytes, 2);
	if (put_bytes(file, magic, sizeof(magic)) != 0 || put_bytes(file, stored, sizeof(stored)) != 0 ||
		put_bytes(file, start, start_bytes) != 0)
		return -1;
	for (size_t i = 0; i < g->n; i++) {
		const struct gzip_part *part = &g->parts[i];
		if (put_bytes(file, part->deflated, part->n) != 0)
			return -1;
		crc = (uint32_t)crc32_combine(crc, part->crc, (z_off_t)part->bytes);
		length += (uint32_t)part->bytes;
	}
	put_le(trailer, crc, 4);
	put_le(trailer + 4, length, 4);
	return put_bytes(file, trailer, sizeof(trailer));
}

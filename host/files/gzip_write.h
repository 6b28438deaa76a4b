/*
 * Bytes as one gzip member (RFC 1952) without name and date, deflated in parts of GZIP_PART bytes by all threads.  Each part
 * but the last ends with a full flush (zlib), so that the parts one after the other are one deflate stream (RFC 1951); equal
 * bytes give equal files on any number of threads.
 */
#ifndef HOST_FILES_GZIP_WRITE_H
#define HOST_FILES_GZIP_WRITE_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { GZIP_PART = 1 << 20 };
struct gzip_part {
	unsigned char *deflated;
	size_t bytes, n; /* before and after */
	uint32_t crc;
};
struct gzip_write {
	struct gzip_part *parts;
	size_t n;
};
/* ERR_RESOURCE; `what` (a path) for the message. */
int gzip_write_make(struct gzip_write *g, const void *bytes, size_t n, const char *what);
void gzip_write_free(struct gzip_write *g);
/* The member: `start` as it is (a header, fewer than 65536 bytes), then the parts.  -1 with errno set when a write fails. */
int gzip_write_put(FILE *file, const void *start, size_t start_bytes, const struct gzip_write *g);
#ifdef __cplusplus
}
#endif
#endif

/*
 * HDF5 files of our own making (through libhdf5): groups, arrays whose chunk is one item of the first axis, and
 * attributes.  Never used on foreign files.  Whole or absent: h5_close() with commit renames the temporary file.
 */
#ifndef HOST_FILES_H5_H
#define HOST_FILES_H5_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/path.h"
#ifdef __cplusplus
extern "C" {
#endif
enum h5_type { H5_F32, H5_F64, H5_I16, H5_U8, H5_I64 };
struct h5 {
	int64_t file; /* library handle, 0 = closed */
	struct path_output output;
	bool writing;
	char path[PATH_BYTES];
};
int h5_create(struct h5 *h, const char *path);
int h5_open(struct h5 *h, const char *path); /* read only; ERR_INPUT, ERR_INVALID */
int h5_close(struct h5 *h, bool commit);     /* commit: keep what was written; safe on {0} and twice */
int h5_group(struct h5 *h, const char *name);
/* An array of 0 items that grows: dims[0] is unlimited, dims[1..] fixed; one chunk an item, shuffle + deflate 1. */
int h5_array_create(struct h5 *h, const char *name, enum h5_type type, const int64_t *dims, int n_dims);
int h5_array_append(struct h5 *h, const char *name, enum h5_type type, const void *item);
/* n_dims in: room in dims; out: the array's. */
int h5_array_shape(struct h5 *h, const char *name, int64_t *dims, int *n_dims);
int h5_array_read(struct h5 *h, const char *name, enum h5_type type, int64_t item, void *out);
/* A whole array at once, chunked as one piece (volumes of differing size). */
int h5_block_write(struct h5 *h, const char *name, enum h5_type type, const int64_t *dims, int n_dims, const void *data);
int h5_block_read(struct h5 *h, const char *name, enum h5_type type, void *out);
/* Attributes of an object ("/" = the file). */
int h5_put_text(struct h5 *h, const char *object, const char *key, const char *text);
int h5_put_number(struct h5 *h, const char *object, const char *key, double number);
int h5_get_text(struct h5 *h, const char *object, const char *key, char *text, size_t bytes);
int h5_get_number(struct h5 *h, const char *object, const char *key, double *number);
/* Columns of text beside the samples. */
int h5_texts_write(struct h5 *h, const char *name, const char *const *texts, int64_t n);
int h5_texts_read(struct h5 *h, const char *name, char ***texts, int64_t *n); /* free each and the list */
bool h5_exists(struct h5 *h, const char *name);
#ifdef __cplusplus
}
#endif
#endif

/*
 * safetensors files: u64 little-endian header length, JSON header (space-padded to 8 bytes), raw little-endian data
 * without holes.  Written to a temporary name, fsync, rename.  The reader trusts nothing: lengths, holes, overlaps,
 * dtypes, duplicate names and a header above 100 MB are ERR_MODEL with file and tensor.
 */
#ifndef HOST_FILES_SAFETENSORS_H
#define HOST_FILES_SAFETENSORS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum safetensors_type { SAFETENSORS_F32, SAFETENSORS_F64, SAFETENSORS_I64, SAFETENSORS_U8 };
struct safetensors_entry {
	char name[128];
	enum safetensors_type type;
	int64_t shape[8];
	int n_dims;
	const void *data; /* borrowed when writing; inside the file's buffer after reading */
	size_t bytes;
};
struct safetensors {
	struct safetensors_entry *entries;
	int64_t n_entries;
	char **meta; /* 2 n_meta texts: key, value, ... of "__metadata__" */
	int64_t n_meta;
	void *buffer; /* the file's data after reading */
};
void safetensors_add(struct safetensors *s, const char *name, enum safetensors_type type, const int64_t *shape,
	int n_dims, const void *data);
void safetensors_add_meta(struct safetensors *s, const char *key, const char *value);
int safetensors_write(const struct safetensors *s, const char *path);
int safetensors_read(struct safetensors *s, const char *path);
const struct safetensors_entry *safetensors_find(const struct safetensors *s, const char *name); /* or NULL */
const char *safetensors_meta(const struct safetensors *s, const char *key);                      /* or NULL */
void safetensors_free(struct safetensors *s);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Reading: the header is checked whole - every key, type, shape and offset, and that the tensors cover the
 * data without hole or overlap - before memory is taken for the data, whose size the file itself has proved.
 */
#include "host/files/safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/files/alloc.h"
#include "host/files/json.h"
#include "host/files/safetensors_type.h"
#include "host/run/err.h"

enum {
	MOST_HEADER_BYTES = 100000000, /* the format's own limit */
	MOST_NAMES = 20000,	       /* of tensors, of metadata: far above any network of ours */
};

/* While reading, an entry's place in the data is kept here. */
struct span {
	uint64_t begin, end;
	int64_t entry;
};

/* A whole number that a double holds exactly; -1 without message. */
static int whole_number(const struct json *node, uint64_t *value)
{
	double number;
	if (json_number(node, &number) != 0 || !(number >= 0 && number <= 0x1p53) || number != floor(number))
		return -1;
	*value = (uint64_t)number;
	return 0;
}

static int read_shape(const struct json *node, const char *path, struct safetensors_entry *entry)
{
	const struct json *shape = json_member(node, "shape");
	size_t n_dims = json_size(shape);
	uint64_t bytes = safetensors_type_bytes(entry->type);
	if (!shape || n_dims > 8)
		return ERR_MODEL("'%s': tensor '%s' has no shape of 0 to 8 dimensions", path, entry->name);
	bool empty = false;
	for (size_t i = 0; i < n_dims; i++) {
		uint64_t size;
		if (whole_number(json_at(shape, i), &size) != 0)
			return ERR_MODEL("'%s': tensor '%s': dimension %zu of its shape is no size", path,
				entry->name, i);
		entry->shape[i] = (int64_t)size;
		empty = empty || size == 0;
	}
	for (size_t i = 0; i < n_dims && !empty; i++)
		if (__builtin_mul_overflow(bytes, (uint64_t)entry->shape[i], &bytes) || bytes > UINT64_C(1)
													<< 56)
			return ERR_MODEL("'%s': tensor '%s': its shape overflows", path, entry->name);
	entry->n_dims = (int)n_dims;
	entry->bytes = empty ? 0 : (size_t)bytes;
	return 0;
}

static int read_offsets(const struct json *node, const char *path, const struct safetensors_entry *entry,
	uint64_t data_bytes, struct span *span)
{
	const struct json *offsets = json_member(node, "data_offsets");
	if (json_size(offsets) != 2 || whole_number(json_at(offsets, 0), &span->begin) != 0 ||
		whole_number(json_at(offsets, 1), &span->end) != 0 || span->end < span->begin)
		return ERR_MODEL("'%s': tensor '%s' has no data_offsets [begin, end]", path, entry->name);
	if (span->end > data_bytes)
		return ERR_MODEL("'%s': tensor '%s' ends at byte %" PRIu64 "; the file holds %" PRIu64
				 " bytes of data",
			path, entry->name, span->end, data_bytes);
	if (span->end - span->begin != entry->bytes)
		return ERR_MODEL("'%s': tensor '%s' takes %" PRIu64 " bytes of data, its shape needs %zu",
			path, entry->name, span->end - span->begin, entry->bytes);
	if (span->begin % safetensors_type_bytes(entry->type) != 0)
		return ERR_MODEL("'%s': tensor '%s' begins at byte %" PRIu64 ", not aligned to its type",
			path, entry->name, span->begin);
	return 0;
}

static int read_entry(struct safetensors *s, const char *name, const struct json *node, const char *path,
	uint64_t data_bytes, struct span *span)
{
	struct safetensors_entry *entry = &s->entries[s->n_entries];
	memset(entry, 0, sizeof *entry);
	if (strlen(name) >= sizeof entry->name)
		return ERR_MODEL("'%s': the tensor name '%.60s...' is longer than %zu bytes", path, name,
			sizeof entry->name - 1);
	memcpy(entry->name, name, strlen(name));
	if (json_only_keys(node, "dtype shape data_offsets", path) != 0)
		return ERR_MODEL(
			"'%s': tensor '%s' needs dtype, shape, data_offsets and nothing else", path, name);
	const char *type = json_string(json_member(node, "dtype"));
	if (!type || safetensors_type_find(type, &entry->type) != 0)
		return ERR_MODEL("'%s': tensor '%s' has dtype %.20s; F32, F64, I64 and U8 are read", path,
			name, type ? type : "none");
	if (read_shape(node, path, entry) != 0 || read_offsets(node, path, entry, data_bytes, span) != 0)
		return -1;
	span->entry = s->n_entries++;
	return 0;
}

static int read_meta(struct safetensors *s, const struct json *node, const char *path)
{
	if (json_key_count(node) > MOST_NAMES)
		return ERR_MODEL("'%s': __metadata__ holds %zu texts; %d are read", path,
			json_key_count(node), MOST_NAMES);
	for (size_t i = 0; i < json_key_count(node); i++) {
		const char *key = json_key(node, i), *value = json_string(json_member(node, key));
		if (!value)
			return ERR_MODEL("'%s': __metadata__ '%.60s' is no text", path, key);
		safetensors_add_meta(s, key, value);
	}
	return 0;
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

/* The tensors one behind the other must be exactly the data. */
static int check_cover(const struct safetensors *s, struct span *spans, uint64_t data_bytes, const char *path)
{
	uint64_t at = 0;
	if (s->n_entries > 0)
		qsort(spans, (size_t)s->n_entries, sizeof *spans, compare_spans);
	for (int64_t i = 0; i < s->n_entries; i++) {
		if (spans[i].begin != at)
			return ERR_MODEL("'%s': tensor '%s' %s (byte %" PRIu64 ", not %" PRIu64 ")", path,
				s->entries[spans[i].entry].name,
				spans[i].begin > at ? "leaves a hole before it" : "overlaps another",
				spans[i].begin, at);
		at = spans[i].end;
	}
	if (at != data_bytes)
		return ERR_MODEL("'%s': %" PRIu64 " bytes follow the last tensor", path, data_bytes - at);
	return 0;
}

/* Checks the header and lays the entries over s->buffer, which is still NULL: offsets go to *spans. */
static int read_header(struct safetensors *s, struct span **spans, const char *text, size_t bytes,
	const char *path, uint64_t data_bytes)
{
	int rc = -1;
	struct json *root = NULL;
	if (bytes == 0 || text[0] != '{' || json_parse(&root, text, bytes, path) != 0)
		return ERR_MODEL("'%s': the header is no JSON object with different keys", path);
	size_t n = json_key_count(root);
	if (n > MOST_NAMES) {
		(void)ERR_MODEL("'%s' holds %zu tensors; at most %d are read", path, n, MOST_NAMES);
		goto cleanup;
	}
	s->entries = alloc_grow(NULL, n, sizeof *s->entries);
	*spans = alloc_grow(NULL, n, sizeof **spans);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_key(root, i);
		const struct json *node = json_member(root, name);
		if (strcmp(name, "__metadata__") == 0)
			TRY(read_meta(s, node, path));
		else
			TRY(read_entry(s, name, node, path, data_bytes, &(*spans)[s->n_entries]));
	}
	rc = check_cover(s, *spans, data_bytes, path);
cleanup:
	json_free(root);
	return rc;
}

/* The two lengths, from the file's size and its first 8 bytes. */
static int read_lengths(FILE *file, const char *path, uint64_t *header_bytes, uint64_t *data_bytes)
{
	struct stat status;
	if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode))
		return ERR_MODEL("cannot read '%s': it is no regular file", path);
	uint64_t bytes = (uint64_t)status.st_size;
	if (bytes < 8 || fread(header_bytes, 8, 1, file) != 1)
		return ERR_MODEL("'%s' is cut short: %" PRIu64 " bytes are no safetensors file", path, bytes);
	if (*header_bytes > MOST_HEADER_BYTES)
		return ERR_MODEL("'%s': a header of %" PRIu64 " bytes is above the limit of %d", path,
			*header_bytes, MOST_HEADER_BYTES);
	if (*header_bytes > bytes - 8)
		return ERR_MODEL("'%s' is cut short: a header of %" PRIu64 " bytes in a file of %" PRIu64,
			path, *header_bytes, bytes);
	*data_bytes = bytes - 8 - *header_bytes;
	return 0;
}

int safetensors_read(struct safetensors *s, const char *path)
{
	int rc = -1;
	char *text = NULL;
	struct span *spans = NULL;
	uint64_t header_bytes = 0, data_bytes = 0;
	memset(s, 0, sizeof *s);
	FILE *file = fopen(path, "rb");
	if (!file)
		return ERR_MODEL("cannot open '%s': %s", path, strerror(errno));
	TRY(read_lengths(file, path, &header_bytes, &data_bytes));
	text = alloc_grow(NULL, header_bytes + 1, 1);
	if (fread(text, 1, header_bytes, file) != header_bytes) {
		(void)ERR_MODEL("cannot read the header of '%s'", path);
		goto cleanup;
	}
	TRY(read_header(s, &spans, text, header_bytes, path, data_bytes));
	s->buffer = malloc(data_bytes > 0 ? data_bytes : 1);
	if (!s->buffer) {
		(void)ERR_RESOURCE("no memory for '%s' (%" PRIu64 " bytes)", path, data_bytes);
		goto cleanup;
	}
	if (fread(s->buffer, 1, data_bytes, file) != data_bytes) {
		(void)ERR_MODEL("cannot read the %" PRIu64 " bytes of data of '%s'", data_bytes, path);
		goto cleanup;
	}
	for (int64_t i = 0; i < s->n_entries; i++)
		s->entries[spans[i].entry].data = (const char *)s->buffer + spans[i].begin;
	rc = 0;
cleanup:
	fclose(file);
	free(text);
	free(spans);
	if (rc != 0)
		safetensors_free(s);
	return rc;
}

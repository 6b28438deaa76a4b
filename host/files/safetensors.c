/* The tensors in memory and their writer; the reader, which trusts nothing, is safetensors_read.c. */
#include "host/files/safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/files/safetensors_type.h"
#include "host/run/err.h"

void safetensors_add(struct safetensors *s, const char *name, enum safetensors_type type,
	const int64_t *shape, int n_dims, const void *data)
{
	struct safetensors_entry entry = { .type = type, .n_dims = n_dims, .data = data };
	int64_t count = 1;
	if (strlen(name) >= sizeof entry.name || n_dims < 0 || n_dims > 8 ||
		strcmp(name, "__metadata__") == 0)
		BUG("tensor '%s' with %d dimensions", name, n_dims);
	if (safetensors_find(s, name))
		BUG("tensor '%s' is there already", name);
	memcpy(entry.name, name, strlen(name));
	for (int i = 0; i < n_dims; i++) {
		if (shape[i] < 0)
			BUG("tensor '%s': dimension %" PRId64, name, shape[i]);
		entry.shape[i] = shape[i];
		count *= shape[i];
	}
	entry.bytes = (size_t)count * safetensors_type_bytes(type);
	s->entries = alloc_grow(s->entries, (size_t)s->n_entries + 1, sizeof *s->entries);
	s->entries[s->n_entries++] = entry;
}

void safetensors_add_meta(struct safetensors *s, const char *key, const char *value)
{
	s->meta = alloc_grow(s->meta, 2 * (size_t)s->n_meta + 2, sizeof *s->meta);
	s->meta[2 * s->n_meta] = alloc_text(key);
	s->meta[2 * s->n_meta + 1] = alloc_text(value);
	s->n_meta++;
}

const struct safetensors_entry *safetensors_find(const struct safetensors *s, const char *name)
{
	for (int64_t i = 0; i < s->n_entries; i++)
		if (strcmp(s->entries[i].name, name) == 0)
			return &s->entries[i];
	return NULL;
}

const char *safetensors_meta(const struct safetensors *s, const char *key)
{
	for (int64_t i = 0; i < s->n_meta; i++)
		if (strcmp(s->meta[2 * i], key) == 0)
			return s->meta[2 * i + 1];
	return NULL;
}

void safetensors_free(struct safetensors *s)
{
	for (int64_t i = 0; i < 2 * s->n_meta; i++)
		free(s->meta[i]);
	free(s->meta);
	free(s->entries);
	free(s->buffer);
	memset(s, 0, sizeof *s);
}

/* Wide types first, so that every tensor is aligned to its type (as the format's own writers do it). */
static const size_t WIDTHS[] = { 8, 4, 1 };
enum { N_WIDTHS = sizeof WIDTHS / sizeof WIDTHS[0] };

static struct json *entry_json(const struct safetensors_entry *entry, size_t begin)
{
	struct json *object = json_object(), *shape = json_array(), *offsets = json_array();
	for (int i = 0; i < entry->n_dims; i++)
		json_push_integer(shape, entry->shape[i]);
	json_push_integer(offsets, (int64_t)begin);
	json_push_integer(offsets, (int64_t)(begin + entry->bytes));
	json_put_text(object, "dtype", safetensors_type_name(entry->type));
	json_put(object, "shape", shape);
	json_put(object, "data_offsets", offsets);
	return object;
}

static char *header_text(const struct safetensors *s)
{
	struct json *header = json_object();
	size_t begin = 0;
	if (s->n_meta > 0) {
		struct json *meta = json_object();
		for (int64_t i = 0; i < s->n_meta; i++)
			json_put_text(meta, s->meta[2 * i], s->meta[2 * i + 1]);
		json_put(header, "__metadata__", meta);
	}
	for (int w = 0; w < N_WIDTHS; w++) {
		for (int64_t i = 0; i < s->n_entries; i++) {
			const struct safetensors_entry *entry = &s->entries[i];
			if (safetensors_type_bytes(entry->type) != WIDTHS[w])
				continue;
			json_put(header, entry->name, entry_json(entry, begin));
			begin += entry->bytes;
		}
	}
	char *text = json_text(header);
	json_free(header);
	return text;
}

int safetensors_write(const struct safetensors *s, const char *path)
{
	int rc = -1;
	struct path_output output = { 0 };
	char *text = header_text(s);
	uint64_t used = strlen(text), padded = (used + 7) / 8 * 8;
	TRY(path_output_open(&output, path));
	fwrite(&padded, sizeof padded, 1, output.file); /* commit looks at the stream's error flag */
	fprintf(output.file, "%s%*s", text, (int)(padded - used), "");
	for (int w = 0; w < N_WIDTHS; w++)
		for (int64_t i = 0; i < s->n_entries; i++)
			if (safetensors_type_bytes(s->entries[i].type) == WIDTHS[w] &&
				s->entries[i].bytes > 0)
				fwrite(s->entries[i].data, 1, s->entries[i].bytes, output.file);
	rc = path_output_commit(&output);
cleanup:
	path_output_abort(&output);
	free(text);
	return rc;
}

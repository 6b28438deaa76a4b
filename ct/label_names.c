#include "ct/label_names.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

static int add(struct label_map *map, int64_t id, const char *name, const char *where)
{
	if (id < 1 || id > UINT16_MAX)
		return ERR_INVALID("%s: label %lld of '%.40s' is not in 1..65535", where, (long long)id, name);
	if (name[0] == '\0' || strlen(name) > 63)
		return ERR_INVALID("%s: name '%.70s' of label %lld must have 1 to 63 characters", where, name,
			(long long)id);
	if (label_map_by_id(map, (uint16_t)id))
		return ERR_INVALID("%s: label %lld appears twice", where, (long long)id);
	map->labels = alloc_grow(map->labels, (size_t)map->n + 1, sizeof *map->labels);
	struct label *label = &map->labels[map->n++];
	*label = (struct label){ .id = (uint16_t)id };
	snprintf(label->name, sizeof label->name, "%s", name);
	return 0;
}

/* Both directions that nnU-Net has had; regions (lists of numbers) are no labels. */
static int read_nnunet(struct label_map *map, const char *path)
{
	struct json *root = NULL;
	int rc = -1;
	TRY(json_read(&root, path));
	const struct json *labels = json_member(root, "labels");
	if (!labels || json_key_count(labels) == 0) {
		ERR_INVALID("'%s' has no 'labels'", path);
		goto cleanup;
	}
	for (size_t i = 0; i < json_key_count(labels); i++) {
		const char *key = json_key(labels, i), *name = json_string(json_member(labels, key));
		double number;
		char *end = NULL;
		int64_t id;
		if (name) {
			id = strtoll(key, &end, 10);
			if (end == key || *end) {
				ERR_INVALID("'%s': labels: key '%.40s' is no number", path, key);
				goto cleanup;
			}
		} else {
			name = key;
			if (json_number(json_member(labels, key), &number) != 0 || number != (double)(int64_t)number) {
				ERR_INVALID("'%s': labels.%.40s is no whole number (regions are not read)", path, key);
				goto cleanup;
			}
			id = (int64_t)number;
		}
		if (id != 0)
			TRY(add(map, id, name, path));
	}
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

static int read_colour_table(struct label_map *map, const char *path)
{
	char *text = NULL, *rest = NULL;
	size_t bytes;
	int rc = -1, number = 0;
	TRY(path_read_text(&text, &bytes, path));
	for (char *line = text; line; line = rest) {
		char name[128], where[PATH_BYTES + 32];
		long long id;
		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		number++;
		line += strspn(line, " \t\r");
		if (line[0] == '#' || line[0] == '\0')
			continue;
		snprintf(where, sizeof where, "'%s' line %d", path, number);
		if (sscanf(line, "%lld %127s", &id, name) != 2) {
			ERR_INVALID("%s: '%.40s' is no number and name", where, line);
			goto cleanup;
		}
		if (id != 0)
			TRY(add(map, id, name, where));
	}
	if (map->n == 0) {
		ERR_INVALID("'%s' names no label", path);
		goto cleanup;
	}
	rc = 0;
cleanup:
	free(text);
	return rc;
}

int label_names_load(struct label_map *map, const char *name_or_path)
{
	const bool nnunet = ends_with(name_or_path, ".json"),
		   colours = ends_with(name_or_path, ".ctbl") || ends_with(name_or_path, ".txt");
	if (!nnunet && !colours)
		return label_map_load(map, name_or_path);
	*map = (struct label_map){ 0 };
	snprintf(map->name, sizeof map->name, "%s", nnunet ? "nnunet" : "colour table");
	int rc = nnunet ? read_nnunet(map, name_or_path) : read_colour_table(map, name_or_path);
	if (rc != 0)
		label_map_free(map);
	return rc;
}

int label_names_of_segments(struct label_map *map, const struct nrrd_segments *segments, const char *path)
{
	*map = (struct label_map){ .name = "segments" };
	for (int i = 0; i < segments->n; i++)
		if (segments->list[i].name[0] &&
			add(map, segments->list[i].value, segments->list[i].name, path) != 0) {
			label_map_free(map);
			return -1;
		}
	if (map->n == 0)
		return ERR_INVALID("'%s' names no segments: say what its numbers mean (--from)", path);
	return 0;
}

/* Lower case, one underscore between words; the word of the side is cut out and given back (0, 'l' or 'r'). */
static char canonical(char out[64], const char *name)
{
	char side = 0;
	size_t n = 0, start = 0;
	for (const char *at = name;; at++) {
		const bool letter = isalnum((unsigned char)*at) != 0;
		if (letter && n < 62) {
			out[n++] = (char)tolower((unsigned char)*at);
			continue;
		}
		const size_t length = n - start;
		out[n] = '\0';
		const char *word = out + start;
		if ((length == 1 && (word[0] == 'l' || word[0] == 'r')) || strcmp(word, "left") == 0 ||
			strcmp(word, "right") == 0) {
			side = word[0];
			n = start;
		} else if (length > 0) {
			out[n++] = '_';
		}
		start = n;
		if (*at == '\0')
			break;
	}
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
	return side;
}

const struct label *label_names_find(const struct label_map *map, const char *name)
{
	char wanted[64], known[64];
	const struct label *exact = label_map_by_name(map, name);
	if (exact)
		return exact;
	const char side = canonical(wanted, name);
	for (int64_t i = 0; i < map->n; i++)
		if (canonical(known, map->labels[i].name) == side && strcmp(wanted, known) == 0)
			return &map->labels[i];
	return NULL;
}

#include "ct/labels.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/path.h"
#include "host/files/yaml.h"
#include "host/run/embed.h"
#include "host/run/err.h"

EMBED(labels_totalseg_yaml, "ct/label_maps/totalseg.yaml");
EMBED(labels_painted_yaml, "ct/label_maps/painted.yaml");

static const struct {
	const char *name;
	const unsigned char *text, *end;
} builtin[] = {
	{ "totalseg", labels_totalseg_yaml, labels_totalseg_yaml_end },
	{ "painted", labels_painted_yaml, labels_painted_yaml_end },
};
enum { BUILTINS = sizeof builtin / sizeof builtin[0] };

/* A name of the file fits the field, else ERR_USAGE. */
static int read_name(char name[64], const struct json *object, const char *where)
{
	const char *text;
	if (json_get_text(object, "name", where, &text) != 0)
		return -1;
	if (text[0] == '\0' || strlen(text) > 63)
		return ERR_USAGE("%s: name '%.70s' must have 1 to 63 characters", where, text);
	snprintf(name, 64, "%s", text);
	return 0;
}

/* The word's place in words[], default_value when the key is absent. */
static int read_word(int *value, const struct json *object, const char *key, const char *const words[],
	int default_value, const char *where)
{
	const struct json *node = json_member(object, key);
	*value = default_value;
	if (!node)
		return 0;
	const char *text = json_string(node);
	for (int i = 0; text && words[i]; i++)
		if (strcmp(text, words[i]) == 0) {
			*value = i;
			return 0;
		}
	return ERR_USAGE("%s: %s must be one of %s, %s, %s", where, key, words[0], words[1], words[2]);
}

static int read_label(struct label *label, const struct json *object, const char *map_where, size_t i)
{
	static const char *const kinds[] = { "other", "bone", "muscle", NULL };
	static const char *const sides[] = { "midline", "left", "right", NULL };
	char where[PATH_BYTES + 32];
	int64_t id;
	int kind, side;
	snprintf(where, sizeof where, "%s: labels[%zu]", map_where, i);
	if (json_only_keys(object, "id name kind side", where) != 0 ||
		json_get_integer(object, "id", where, &id) != 0 ||
		read_name(label->name, object, where) != 0 ||
		read_word(&kind, object, "kind", kinds, LABEL_OTHER, where) != 0 ||
		read_word(&side, object, "side", sides, LABEL_MIDLINE, where) != 0)
		return -1;
	if (id < 1 || id > UINT16_MAX)
		return ERR_USAGE("%s: id %lld is not in 1..65535", where, (long long)id);
	label->id = (uint16_t)id;
	label->kind = (enum label_kind)kind;
	label->side = (enum label_side)side;
	return 0;
}

static int read_map(struct label_map *map, const struct json *root, const char *where)
{
	if (json_only_keys(root, "name labels", where) != 0 || read_name(map->name, root, where) != 0)
		return -1;
	const struct json *list = json_member(root, "labels");
	size_t n = list ? json_size(list) : 0;
	if (n == 0)
		return ERR_USAGE("%s: needs a list 'labels'", where);
	map->labels = calloc(n, sizeof *map->labels);
	if (!map->labels)
		return ERR_RESOURCE("%s: no memory for %zu labels", where, n);
	for (size_t i = 0; i < n; i++) {
		struct label label = { 0 };
		if (read_label(&label, json_at(list, i), where, i) != 0)
			return -1;
		if (label_map_by_id(map, label.id) || label_map_by_name(map, label.name))
			return ERR_USAGE("%s: labels[%zu]: id %u or name '%s' appears twice", where, i,
				label.id, label.name);
		map->labels[map->n++] = label;
	}
	return 0;
}

int label_map_load(struct label_map *map, const char *name_or_path)
{
	struct json *root = NULL;
	int rc = -1, known = -1;
	*map = (struct label_map){ 0 };
	for (int i = 0; i < BUILTINS; i++)
		if (strcmp(builtin[i].name, name_or_path) == 0)
			known = i;
	if (known >= 0) {
		size_t bytes = (size_t)(builtin[known].end - builtin[known].text);
		TRY(yaml_parse(&root, (const char *)builtin[known].text, bytes, name_or_path));
	} else if (!path_exists(name_or_path)) {
		ERR_USAGE("label map '%s' is neither built in (totalseg, painted) nor a file", name_or_path);
		goto cleanup;
	} else {
		TRY(yaml_read(&root, name_or_path));
	}
	TRY(read_map(map, root, name_or_path));
	rc = 0;
cleanup:
	json_free(root);
	if (rc != 0)
		label_map_free(map);
	return rc;
}

const char *label_side_name(enum label_side side)
{
	return side == LABEL_RIGHT ? "right" : side == LABEL_LEFT ? "left" : "middle";
}

void label_map_free(struct label_map *map)
{
	free(map->labels);
	*map = (struct label_map){ 0 };
}

const struct label *label_map_by_id(const struct label_map *map, uint16_t id)
{
	for (int64_t i = 0; i < map->n; i++)
		if (map->labels[i].id == id)
			return &map->labels[i];
	return NULL;
}

const struct label *label_map_by_name(const struct label_map *map, const char *name)
{
	for (int64_t i = 0; i < map->n; i++)
		if (strcmp(map->labels[i].name, name) == 0)
			return &map->labels[i];
	return NULL;
}

int label_map_require(const struct label_map *map, const char *name, const struct label **label)
{
	char bones[1024] = "";
	*label = label_map_by_name(map, name);
	if (*label)
		return 0;
	for (int64_t i = 0; i < map->n; i++) {
		size_t used = strlen(bones);
		if (map->labels[i].kind == LABEL_BONE)
			snprintf(bones + used, sizeof bones - used, "%s%s", used ? ", " : "",
				map->labels[i].name);
	}
	return ERR_USAGE("label map '%s' has no '%s'; its bones: %s", map->name, name, bones);
}

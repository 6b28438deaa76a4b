#include "drr/bone_selection.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"

enum { LABEL_IDS = 65536 };

static void find_present(bool present[LABEL_IDS], const struct volume *labels)
{
	const uint16_t *label = volume_u16(labels);
	int64_t n = volume_count(labels);
	memset(present, 0, LABEL_IDS * sizeof(*present));
	for (int64_t i = 0; i < n; i++)
		present[label[i]] = true;
}

static int add_named(struct bone_selection *s, const struct label_map *map, const bool *present,
	const struct calibration *calibration, const char *name)
{
	const struct label *bone;
	if (label_map_require(map, name, &bone) != 0)
		return err_prefix("--bones");
	if (bone->kind != LABEL_BONE)
		return ERR_USAGE("--bones: '%s' of label map '%s' is no bone", name, map->name);
	for (int64_t i = 0; i < s->n; i++)
		if (s->bones[i] == bone)
			return ERR_USAGE("--bones: '%s' is named twice", name);
	if (!present[bone->id])
		return ERR_INVALID("the labels contain no '%s' (label %d)", name, bone->id);
	const struct calibration_flag *flag = calibration_flag_of(calibration, name);
	if (flag)
		return ERR_INVALID("'%s' is refused: %s", name, flag->reason);
	s->bones[s->n++] = bone;
	return 0;
}

static int add_all_named(struct bone_selection *s, const struct label_map *map, const bool *present,
	const struct calibration *calibration, const char *names)
{
	char *copy = strdup(names), *rest = NULL;
	int rc = -1;
	if (!copy)
		return ERR_RESOURCE("out of memory for --bones");
	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		TRY(add_named(s, map, present, calibration, name));
	if (s->n == 0) {
		ERR_USAGE("--bones: no names in '%s'", names);
		goto cleanup;
	}
	rc = 0;
cleanup:
	free(copy);
	return rc;
}

static int add_all_present(struct bone_selection *s, const struct label_map *map, const bool *present,
	const struct calibration *calibration)
{
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *label = &map->labels[i];
		if (label->kind != LABEL_BONE || !present[label->id])
			continue;
		const struct calibration_flag *flag = calibration_flag_of(calibration, label->name);
		if (flag)
			s->excluded[s->n_excluded++] = (struct bone_exclusion){ label->name, flag->reason };
		else
			s->bones[s->n++] = label;
	}
	if (s->n == 0 && s->n_excluded > 0)
		return ERR_INVALID(
			"no bone is left: '%s' is refused: %s", s->excluded[0].name, s->excluded[0].reason);
	if (s->n == 0)
		return ERR_INVALID("the labels contain no bone of label map '%s'", map->name);
	return 0;
}

int bone_selection_make(struct bone_selection *s, const struct label_map *map, const struct volume *labels,
	const struct calibration *calibration, const char *names)
{
	int rc = -1;
	*s = (struct bone_selection){ 0 };
	bool *present = malloc(LABEL_IDS * sizeof(*present));
	s->bones = calloc((size_t)map->n + 1, sizeof(*s->bones));
	s->excluded = calloc((size_t)map->n + 1, sizeof(*s->excluded));
	if (!present || !s->bones || !s->excluded) {
		ERR_RESOURCE("out of memory for the list of bones");
		goto cleanup;
	}
	find_present(present, labels);
	if (names)
		TRY(add_all_named(s, map, present, calibration, names));
	else
		TRY(add_all_present(s, map, present, calibration));
	rc = 0;
cleanup:
	free(present);
	if (rc != 0)
		bone_selection_free(s);
	return rc;
}

void bone_selection_free(struct bone_selection *s)
{
	free(s->bones);
	free(s->excluded);
	*s = (struct bone_selection){ 0 };
}

struct json *bone_selection_excluded(const struct bone_selection *s)
{
	struct json *list = json_array();
	for (int64_t i = 0; i < s->n_excluded; i++) {
		struct json *entry = json_object();
		json_put_text(entry, "name", s->excluded[i].name);
		json_put_text(entry, "reason", s->excluded[i].reason);
		json_push(list, entry);
	}
	return list;
}

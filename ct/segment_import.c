#include "ct/segment_import.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ct/label_names.h"
#include "host/files/nifti.h"
#include "host/files/nrrd.h"
#include "host/run/err.h"
#include "host/run/log.h"

#define BONE_HU 50.0
enum { BONE_VOXELS = 500, ALL = UINT16_MAX + 1 };

static bool is_nrrd(const char *path)
{
	const char *dot = strrchr(path, '.');
	return dot && strcmp(dot, ".nrrd") == 0;
}

static int read_labels(struct volume *labels, struct label_map *from, const struct segment_settings *s, const char *path)
{
	struct nrrd_segments segments = { 0 };
	int rc;
	if (!is_nrrd(path)) {
		rc = nifti_read_labels(labels, path);
		return rc != 0 ? -1 : label_names_load(from, s->from ? s->from : "totalseg");
	}
	if (nrrd_read_labels(labels, &segments, path) != 0)
		return -1;
	rc = s->from ? label_names_load(from, s->from) : label_names_of_segments(from, &segments, path);
	nrrd_segments_free(&segments);
	return rc;
}

static struct json *row(int64_t from, const char *name, const struct label *to, int64_t voxels)
{
	struct json *object = json_object();
	json_put_integer(object, "from", from);
	json_put_text(object, "name", name);
	json_put_text(object, "to_name", to ? to->name : NULL);
	json_put_integer(object, "to", to ? to->id : 0);
	json_put_integer(object, "voxels", voxels);
	return object;
}

/* Numbers of `from` become numbers of `to`; what has no name in `to` becomes background, with a warning. */
static int renumber(struct volume *labels, struct json *table, const struct label_map *from, const struct label_map *to,
	const char *path)
{
	uint16_t *label = volume_u16(labels), *number = calloc(ALL, sizeof *number);
	int64_t *voxels = calloc(ALL, sizeof *voxels), known = 0;
	char lost[200] = "";
	int rc = -1;
	if (!number || !voxels) {
		ERR_RESOURCE("no memory for the table of labels");
		goto cleanup;
	}
	for (int64_t i = 0; i < volume_count(labels); i++)
		voxels[label[i]]++;
	for (int l = 1; l < ALL; l++) {
		if (voxels[l] == 0)
			continue;
		const struct label *named = label_map_by_id(from, (uint16_t)l);
		const struct label *target = named ? label_names_find(to, named->name) : NULL;
		const size_t used = strlen(lost);
		json_push(table, row(l, named ? named->name : NULL, target, voxels[l]));
		if (target) {
			number[l] = target->id;
			known++;
		} else {
			snprintf(lost + used, sizeof lost - used, "%s%d %s", used ? ", " : "", l,
				named ? named->name : "(no name)");
		}
	}
	if (lost[0])
		log_warn("'%s': not in label map %s, left out: %s", path, to->name, lost);
	if (known == 0) {
		ERR_INVALID("'%s': none of its labels is in label map %s", path, to->name);
		goto cleanup;
	}
	for (int64_t i = 0; i < volume_count(labels); i++)
		label[i] = number[label[i]];
	rc = 0;
cleanup:
	free(number);
	free(voxels);
	return rc;
}

static int check_required(const struct volume *labels, const struct label_map *map, const char *names, const char *path)
{
	char list[512], *rest = NULL;
	const uint16_t *label = volume_u16(labels);
	if (!names)
		return 0;
	if (strlen(names) >= sizeof list)
		return ERR_USAGE("--require is longer than %zu characters", sizeof list - 1);
	snprintf(list, sizeof list, "%s", names);
	for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		const struct label *wanted;
		bool found = false;
		if (label_map_require(map, name, &wanted) != 0)
			return -1;
		for (int64_t i = 0; i < volume_count(labels) && !found; i++)
			found = label[i] == wanted->id;
		if (!found)
			return ERR_INVALID("'%s': label '%s' is missing", path, name);
	}
	return 0;
}

/* A bone's label lies on bone, or the labels are mirrored, shifted or of another patient. */
static int check_bones(const struct volume *labels, const struct label_map *map, const struct segment_settings *s,
	const char *path)
{
	struct volume ct = { 0 };
	double *sum = NULL;
	int64_t *n = NULL;
	int rc = -1;
	TRY(nifti_read_image(&ct, s->ct));
	TRY(volume_same_grid(&ct, s->ct, labels, path));
	sum = calloc(ALL, sizeof *sum);
	n = calloc(ALL, sizeof *n);
	if (!sum || !n) {
		ERR_RESOURCE("no memory for the table of labels");
		goto cleanup;
	}
	for (int64_t i = 0; i < volume_count(labels); i++) {
		n[volume_u16(labels)[i]]++;
		sum[volume_u16(labels)[i]] += (double)volume_f32(&ct)[i];
	}
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *l = &map->labels[i];
		const double mean = n[l->id] ? sum[l->id] / (double)n[l->id] : 0;
		if (l->kind == LABEL_BONE && n[l->id] >= BONE_VOXELS && !(mean >= BONE_HU)) {
			ERR_INVALID("'%s': label %s reads %.0f HU on average in '%s', no bone: the labels are mirrored, "
				    "shifted or of another scan",
				path, l->name, mean, s->ct);
			goto cleanup;
		}
	}
	rc = 0;
cleanup:
	volume_free(&ct);
	free(sum);
	free(n);
	return rc;
}

static int check_sides(struct volume *labels, struct json *report, const struct label_map *map, bool exchange,
	const char *path)
{
	enum side_verdict verdict;
	char reason[256];
	if (side_check(&verdict, reason, labels, map) != 0)
		return -1;
	const bool exchanged = verdict == SIDE_SWAPPED && exchange;
	json_put_text(report, "sides",
		exchanged ? "exchanged" : verdict == SIDE_RIGHT ? "as labelled" : verdict == SIDE_UNKNOWN ? "not known" : "bad");
	if (verdict == SIDE_RIGHT)
		return 0;
	if (verdict == SIDE_UNKNOWN) {
		log_warn("'%s': %s", path, reason);
		return 0;
	}
	if (exchanged) {
		log_warn("'%s': left and right exchanged: %s", path, reason);
		return side_exchange(labels, map);
	}
	if (verdict == SIDE_SWAPPED)
		return ERR_INVALID("'%s': left and right are swapped: %s; --sides exchange puts them right", path,
			reason);
	return ERR_INVALID("'%s': %s: %s", path,
		verdict == SIDE_MIXED ? "some labels are on the wrong side" : "the image is mirrored", reason);
}

int segment_import(struct volume *labels, struct json **report, const struct segment_settings *s, const char *path)
{
	struct label_map from = { 0 }, to = { 0 };
	struct json *table = json_array();
	int rc = -1;
	*labels = (struct volume){ 0 };
	*report = json_object();
	json_put(*report, "labels", table);
	TRY(label_map_load(&to, s->to));
	TRY(read_labels(labels, &from, s, path));
	json_put_text(*report, "label_map", to.name);
	TRY(renumber(labels, table, &from, &to, path));
	TRY(check_required(labels, &to, s->require, path));
	if (s->ct)
		TRY(check_bones(labels, &to, s, path));
	TRY(check_sides(labels, *report, &to, s->exchange, path));
	rc = 0;
cleanup:
	label_map_free(&from);
	label_map_free(&to);
	if (rc != 0) {
		volume_free(labels);
		json_free(*report);
		*report = NULL;
	}
	return rc;
}

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "eval/study_findings.h"
#include "host/files/dicom.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/xray.h"
#include "host/run/err.h"
#include "host/run/memory.h"

struct film {
	const char *participant, *file;
	uint64_t hash; /* of the pixels */
};

/* FNV-1a, Fowler, Noll and Vo. */
static uint64_t hash_of(const void *data, size_t bytes)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (const unsigned char *p = data; bytes > 0; bytes--)
		hash = (hash ^ *p++) * 0x100000001b3u;
	return hash;
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), part = strlen(end);
	return length > part && strcmp(name + length - part, end) == 0;
}

/* The value of an entity such as "_view-AP_" in the file's name; its length, 0 when the name does not say. */
static size_t entity(const char **value, const char *file, const char *key)
{
	const char *at = strstr(file, key);
	*value = at ? at + strlen(key) : "";
	return strcspn(*value, "_./");
}

/* What the tags say against the file's name. */
static void check_tags(struct table *findings, const struct xray_film *x, const char *file)
{
	const char *view, *side;
	size_t length = entity(&view, file, "_view-");
	if (length > 0 && x->view[0] && (strlen(x->view) != length || strncmp(x->view, view, length) != 0))
		study_findings_add(findings, "error", "other_view", file, 0, "View Position is %s", x->view);
	if (entity(&side, file, "_side-") > 0 && x->laterality && x->laterality != side[0])
		study_findings_add(findings, "error", "other_side", file, 0, "Laterality is %c", x->laterality);
}

static int read_dicom(struct table *findings, struct volume *image, const char *path, const char *file)
{
	struct xray_film x = { 0 };
	if (xray_film_read(&x, path) != 0)
		return -1;
	check_tags(findings, &x, file);
	*image = x.image;
	x.image = (struct volume){ 0 };
	xray_film_free(&x);
	return 0;
}

/* The JSON beside the image, if there is one, is JSON. */
static void check_sidecar(struct table *findings, const struct film *film, const char *root)
{
	char path[PATH_BYTES], sidecar[PATH_BYTES];
	struct json *json = NULL;
	if (path_format(path, "%s/%s", root, film->file) == 0 && path_sidecar(sidecar, path) == 0 &&
		path_exists(sidecar) && json_read(&json, sidecar) != 0)
		study_findings_add(findings, "error", "unreadable", film->file, 0, "%s", err_message());
	json_free(json);
}

/* 1 = read and hashed, 0 = a finding instead. */
static int read_film(struct table *findings, struct film *film, const char *root)
{
	char path[PATH_BYTES];
	struct volume v = { 0 };
	const bool dicom = ends_in(film->file, ".dcm");
	if (dicom && !dicom_available()) {
		study_findings_add(findings, "warning", "not_read", film->file, 0, "this build reads no DICOM");
		return 0;
	}
	if (path_format(path, "%s/%s", root, film->file) != 0 ||
		(dicom ? read_dicom(findings, &v, path, film->file) : nifti_read_image(&v, path)) != 0) {
		study_findings_add(findings, "error", "unreadable", film->file, 0, "%s", err_message());
		return 0;
	}
	check_sidecar(findings, film, root);
	film->hash = hash_of(v.voxels.data, v.voxels.bytes);
	volume_free(&v);
	return 1;
}

static int by_hash(const void *left, const void *right)
{
	const struct film *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return strcmp(a->file, b->file);
}

static int check_films(struct table *findings, const struct study *s, const struct table *films)
{
	struct memory block = { 0 };
	int64_t participant = table_find_column(films, "participant_id"),
		file = table_find_column(films, "file"), n = 0;
	if (memory_alloc(&block, NULL, (size_t)films->n_rows * sizeof(struct film), "films") != 0)
		return -1;
	struct film *film = block.data;
	for (int64_t i = 0; i < films->n_rows; i++) {
		film[n] = (struct film){ table_cell(films, i, participant), table_cell(films, i, file), 0 };
		n += read_film(findings, &film[n], s->root);
	}
	if (n > 0)
		qsort(film, (size_t)n, sizeof(*film), by_hash);
	for (int64_t i = 1; i < n; i++)
		if (film[i].hash == film[i - 1].hash &&
			strcmp(film[i].participant, film[i - 1].participant) != 0)
			study_findings_add(findings, "error", "same_film", film[i].file, 0,
				"the same pixels as '%s'", film[i - 1].file);
	memory_free(&block);
	return 0;
}

/* Below the study's root, for a finding. */
static const char *below(const char *path, const char *root)
{
	size_t length = strlen(root);
	return strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static int check_ct(struct table *findings, const struct study *s, const struct study_session *session)
{
	char ct_path[PATH_BYTES], label_path[PATH_BYTES];
	struct volume ct = { 0 }, labels = { 0 };
	if (study_path(ct_path, s->root, session, STUDY_CT) != 0 ||
		study_path(label_path, s->root, session, STUDY_LABELS) != 0)
		return -1;
	bool has_ct = path_exists(ct_path), has_labels = path_exists(label_path);
	bool read = has_ct && nifti_read_image(&ct, ct_path) == 0;
	if (has_ct && !read)
		study_findings_add(
			findings, "error", "unreadable", below(ct_path, s->root), 0, "%s", err_message());
	bool labelled = has_labels && nifti_read_labels(&labels, label_path) == 0;
	if (has_labels && !labelled)
		study_findings_add(
			findings, "error", "unreadable", below(label_path, s->root), 0, "%s", err_message());
	if (read && labelled && volume_same_grid(&ct, ct_path, &labels, label_path) != 0)
		study_findings_add(
			findings, "error", "other_grid", below(label_path, s->root), 0, "%s", err_message());
	volume_free(&ct);
	volume_free(&labels);
	return 0;
}

int study_check_images(struct table *findings, const struct study *s, const struct table *films)
{
	if (check_films(findings, s, films) != 0)
		return -1;
	for (int64_t i = 0; i < s->n_sessions; i++)
		if (check_ct(findings, s, &s->sessions[i]) != 0)
			return -1;
	return 0;
}

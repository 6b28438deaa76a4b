#include "host/files/study.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/json.h"
#include "host/run/err.h"

/* A participant's word: its site or its split.  Both are borrowed. */
struct word {
	const char *participant, *text;
};
struct words {
	struct word *list; /* sorted by participant */
	size_t n;
};

static int compare_words(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->participant, ((const struct word *)b)->participant);
}

static void words_add(struct words *w, const char *participant, const char *text)
{
	if ((w->n & (w->n - 1)) == 0)
		w->list = alloc_grow(w->list, w->n ? 2 * w->n : 1, sizeof *w->list);
	w->list[w->n++] = (struct word){ participant, text };
}

/* Sorts; a participant that is there twice is refused. */
static int words_finish(struct words *w, const char *path)
{
	if (w->n > 0)
		qsort(w->list, w->n, sizeof *w->list, compare_words);
	for (size_t i = 1; i < w->n; i++)
		if (strcmp(w->list[i - 1].participant, w->list[i].participant) == 0)
			return ERR_INVALID(
				"'%s': participant '%s' is listed twice", path, w->list[i].participant);
	return 0;
}

static const char *words_find(const struct words *w, const char *participant, const char *absent)
{
	struct word key = { participant, NULL };
	const struct word *found =
		w->n > 0 ? bsearch(&key, w->list, w->n, sizeof *w->list, compare_words) : NULL;
	return found ? found->text : absent;
}

static int read_sites(struct words *sites, const struct table *participants)
{
	int64_t id, site = table_find_column(participants, "site");
	if (table_column(participants, "participant_id", &id) != 0)
		return -1;
	for (int64_t row = 0; row < participants->n_rows; row++) {
		const char *name = table_cell(participants, row, id);
		const char *text = site >= 0 ? table_cell(participants, row, site) : "n/a";
		if (strncmp(name, "sub-", 4) != 0)
			return ERR_INVALID("'%s' line %" PRId64
					   ": participant_id '%s' does not begin with 'sub-'",
				participants->path, row + 2, name);
		words_add(sites, name, table_is_missing(text) ? "n/a" : text);
	}
	return words_finish(sites, participants->path);
}

/* root stays with the caller: the words are borrowed from it. */
static int read_splits(struct words *splits, struct json **root, const char *path)
{
	if (!path_exists(path))
		return 0;
	if (json_read(root, path) != 0)
		return -1;
	const struct json *lists = json_member(*root, "splits");
	if (!lists)
		return ERR_INVALID("'%s': \"splits\" is missing", path);
	for (size_t i = 0; i < json_key_count(lists); i++) {
		const char *split = json_key(lists, i);
		const struct json *list = json_member(lists, split);
		for (size_t k = 0; k < json_size(list); k++) {
			const char *participant = json_string(json_at(list, k));
			if (!participant)
				return ERR_INVALID("'%s': \"%s\" holds something that is no participant_id",
					path, split);
			words_add(splits, participant, split);
		}
	}
	return words_finish(splits, path);
}

/* The folders below `root` whose names begin with prefix, sorted; free each and the list. */
static int list_folders(char ***names, size_t *n, const char *root, const char *prefix)
{
	struct dirent **entries;
	*names = NULL;
	*n = 0;
	int count = scandir(root, &entries, NULL, NULL);
	if (count < 0)
		return ERR_INPUT("cannot list the folder '%s': %s", root, strerror(errno));
	*names = alloc_grow(NULL, (size_t)count, sizeof **names);
	for (int i = 0; i < count; i++) {
		char path[PATH_BYTES];
		const char *name = entries[i]->d_name;
		if (strncmp(name, prefix, strlen(prefix)) == 0 &&
			path_format(path, "%s/%s", root, name) == 0 && path_is_folder(path))
			(*names)[(*n)++] = alloc_text(name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int copy_name(char *out, size_t bytes, const char *name, const char *what, const char *root)
{
	int length = snprintf(out, bytes, "%s", name);
	if (length < 0 || (size_t)length >= bytes)
		return ERR_INVALID(
			"study '%s': the %s '%.100s' is longer than %zu bytes", root, what, name, bytes - 1);
	return 0;
}

static int add_session(
	struct study *s, const char *participant, const char *session, const char *site, const char *split)
{
	size_t n = (size_t)s->n_sessions;
	if ((n & (n - 1)) == 0)
		s->sessions = alloc_grow(s->sessions, n ? 2 * n : 1, sizeof *s->sessions);
	struct study_session *added = &s->sessions[n];
	if (copy_name(added->participant, sizeof added->participant, participant, "participant", s->root) !=
			0 ||
		copy_name(added->session, sizeof added->session, session, "session", s->root) != 0 ||
		copy_name(added->site, sizeof added->site, site, "site", s->root) != 0 ||
		copy_name(added->split, sizeof added->split, split, "split", s->root) != 0)
		return -1;
	s->n_sessions++;
	return 0;
}

static int add_sessions(struct study *s, const char *participant, const char *site, const char *split)
{
	int rc = -1;
	char folder[PATH_BYTES], **names = NULL;
	size_t n = 0;
	TRY(path_format(folder, "%s/%s", s->root, participant));
	TRY(list_folders(&names, &n, folder, "ses-"));
	for (size_t i = 0; i < n; i++)
		TRY(add_session(s, participant, names[i], site, split));
	rc = 0;
cleanup:
	free_names(names, n);
	return rc;
}

static int compare_sessions(const void *a, const void *b)
{
	const struct study_session *x = a, *y = b;
	int order = strcmp(x->participant, y->participant);
	return order != 0 ? order : strcmp(x->session, y->session);
}

int study_open(struct study *s, const char *root)
{
	int rc = -1;
	char path[PATH_BYTES], **names = NULL;
	size_t n = 0;
	struct words sites = { 0 }, splits = { 0 };
	struct json *splits_root = NULL;
	memset(s, 0, sizeof *s);
	TRY(path_format(s->root, "%s", root));
	TRY(path_format(path, "%s/participants.tsv", root));
	if (!path_exists(path)) {
		(void)ERR_INPUT("'%s' is no study: it has no participants.tsv", root);
		goto cleanup;
	}
	TRY(table_read(&s->participants, path));
	TRY(read_sites(&sites, &s->participants));
	TRY(path_format(path, "%s/splits.json", root));
	TRY(read_splits(&splits, &splits_root, path));
	TRY(list_folders(&names, &n, root, "sub-"));
	for (size_t i = 0; i < n; i++)
		TRY(add_sessions(
			s, names[i], words_find(&sites, names[i], "n/a"), words_find(&splits, names[i], "")));
	if (s->n_sessions > 0)
		qsort(s->sessions, (size_t)s->n_sessions, sizeof *s->sessions, compare_sessions);
	rc = 0;
cleanup:
	free_names(names, n);
	free(sites.list);
	free(splits.list);
	json_free(splits_root);
	if (rc != 0)
		study_free(s);
	return rc;
}

void study_free(struct study *s)
{
	table_free(&s->participants);
	free(s->sessions);
	memset(s, 0, sizeof *s);
}

int study_path(
	char path[PATH_BYTES], const char *root, const struct study_session *session, enum study_file file)
{
	static const struct {
		const char *root, *folder, *name;
	} files[] = {
		[STUDY_CT] = { "", "ct", "ct.nii.gz" },
		[STUDY_LABELS] = { "", "ct", "dseg.nii.gz" },
		[STUDY_XRAY] = { "", "xr", "view-AP_xr.nii.gz" },
		[STUDY_XRAY_JSON] = { "", "xr", "view-AP_xr.json" },
		[STUDY_DENSITY] = { "/derivatives/xbmd", "ct", "desc-density_ct.nii.gz" },
	};
	return path_format(path, "%s%s/%s/%s/%s/%s_%s_%s", root, files[file].root, session->participant,
		session->session, files[file].folder, session->participant, session->session,
		files[file].name);
}

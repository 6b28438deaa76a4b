#include "eval/study_films.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/run/err.h"

static bool is_film(const char *name)
{
	static const char *const endings[] = { "_xr.nii.gz", "_xr.nii", "_xr.dcm" };
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t part = strlen(endings[i]);
		if (length > part && strcmp(name + length - part, endings[i]) == 0)
			return true;
	}
	return false;
}

struct names {
	char **list;
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A folder that is not there has no film. */
static void list_films(struct names *names, const char *folder)
{
	DIR *directory = opendir(folder);
	if (!directory)
		return;
	for (struct dirent *entry; (entry = readdir(directory));)
		if (is_film(entry->d_name)) {
			names->list = alloc_grow(names->list, names->n + 1, sizeof(*names->list));
			names->list[names->n++] = alloc_text(entry->d_name);
		}
	closedir(directory);
	if (names->n > 0)
		qsort(names->list, names->n, sizeof(*names->list), by_name);
}

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
}

/* The cell of the film in scans.tsv, "n/a" when it is not listed. */
static int days_of(const char **days, const struct table *scans, const char *below_participant)
{
	int64_t file, column;
	*days = "n/a";
	if (table_column(scans, "filename", &file) != 0 ||
		table_column(scans, "days_from_index", &column) != 0)
		return -1;
	for (int64_t i = 0; i < scans->n_rows; i++)
		if (strcmp(table_cell(scans, i, file), below_participant) == 0)
			*days = table_cell(scans, i, column);
	return 0;
}

static int add_film(
	struct table *t, const struct study_session *s, const char *name, const struct table *scans)
{
	char path[PATH_BYTES];
	const char *days = "0";
	if (path_format(path, "%s/xr/%s", s->session, name) != 0 ||
		(scans && days_of(&days, scans, path) != 0) ||
		path_format(path, "%s/%s/xr/%s", s->participant, s->session, name) != 0)
		return -1;
	int64_t row = table_add_row(t);
	table_set(t, row, "participant_id", s->participant);
	table_set(t, row, "session", s->session);
	table_set(t, row, "site", s->site);
	if (s->split[0])
		table_set(t, row, "split", s->split);
	table_set(t, row, "file", path);
	table_set(t, row, "days_from_index", days);
	table_set(t, row, "days_source", scans ? "scans.tsv" : "index exam");
	return 0;
}

static int add_session(struct table *t, const struct study *study, const struct study_session *s)
{
	int rc = -1;
	char folder[PATH_BYTES], listing[PATH_BYTES];
	struct names names = { NULL, 0 };
	struct table scans = { 0 };
	TRY(path_format(folder, "%s/%s/%s/xr", study->root, s->participant, s->session));
	TRY(path_format(listing, "%s/%s/%s_scans.tsv", study->root, s->participant, s->participant));
	const bool listed = path_exists(listing);
	if (listed)
		TRY(table_read(&scans, listing));
	list_films(&names, folder);
	for (size_t i = 0; i < names.n; i++)
		TRY(add_film(t, s, names.list[i], listed ? &scans : NULL));
	rc = 0;
cleanup:
	free_names(&names);
	table_free(&scans);
	return rc;
}

int study_films_read(struct table *t, const struct study *s)
{
	static const char *const columns[] = { "participant_id", "session", "site", "split", "file",
		"days_from_index", "days_source" };
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_add_column(t, columns[i]);
	for (int64_t i = 0; i < s->n_sessions; i++)
		if (add_session(t, s, &s->sessions[i]) != 0)
			return -1;
	return 0;
}

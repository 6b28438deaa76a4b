/* The folder of a study: what may be in it, and the mark of one that is not finished. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drr/cohort/synth.h"
#include "host/files/path.h"
#include "host/run/err.h"

static bool is_wanted(const char *folder, const struct synth_options *o)
{
	/* "sub-A0001": the number says which participant it could be. */
	const struct cohort cohort = synth_cohort(o);
	long number = strlen(folder) > 5 ? strtol(folder + 5, NULL, 10) : 0;
	return number >= 1 && number <= o->subjects &&
	       strcmp(cohort_person(&cohort, number - 1).id, folder) == 0;
}

/* stranger: a sub- folder this study will not have; busy: there is anything at all. */
static int look_into(const struct synth_options *o, bool *busy, char stranger[256])
{
	DIR *folder = opendir(o->out);
	*busy = false;
	stranger[0] = 0;
	if (!folder)
		return errno == ENOENT
			       ? 0
			       : ERR_OUTPUT("cannot open the folder '%s': %s", o->out, strerror(errno));
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		*busy = true;
		if (strncmp(entry->d_name, "sub-", 4) == 0 && !stranger[0] && !is_wanted(entry->d_name, o)) {
			size_t length = strlen(entry->d_name);
			memcpy(stranger, entry->d_name, length < 255 ? length + 1 : 255);
			stranger[255] = 0;
		}
	}
	closedir(folder);
	return 0;
}

int folder_remove(const char *path)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return ERR_OUTPUT("cannot remove '%s': %s", path, strerror(errno));
	return 0;
}

int folder_record(char path[PATH_BYTES], const char *root, const struct person *p, int visit)
{
	char session[64];
	record_session(session, visit);
	return path_format(path, "%s/truth/records/%s_%s.json", root, p->id, session);
}

/* "NAME.tmp-PROCESS-..." (host/files/path.h) of a process that is gone. */
static bool is_left_behind(const char *name)
{
	const char *at = strstr(name, ".tmp-");
	long process = at ? strtol(at + strlen(".tmp-"), NULL, 10) : 0;
	return process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

static bool is_half_written(const char *name)
{
	return strstr(name, ".tmp-") != NULL;
}

/* Removes those files whose name starts so and `which` holds for. */
static int sweep(const char *path, const char *start, bool (*which)(const char *name))
{
	DIR *folder = opendir(path);
	int rc = 0;
	if (!folder)
		return errno == ENOENT ? 0
				       : ERR_OUTPUT("cannot open the folder '%s': %s", path, strerror(errno));
	for (struct dirent *entry; rc == 0 && (entry = readdir(folder));) {
		char file[PATH_BYTES];
		if (strncmp(entry->d_name, start, strlen(start)) == 0 && which(entry->d_name))
			rc = path_format(file, "%s/%s", path, entry->d_name) == 0 ? folder_remove(file) : -1;
	}
	closedir(folder);
	return rc;
}

int folder_sweep(const char *root, const struct person *p, int visit)
{
	static const char *const kinds[] = { "ct", "xr" };
	char session[64], path[PATH_BYTES], start[96];
	record_session(session, visit);
	snprintf(start, sizeof(start), "%s_%s", p->id, session);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (path_format(path, "%s/%s/%s/%s", root, p->id, session, kinds[i]) != 0 ||
			sweep(path, start, is_half_written) != 0)
			return -1;
	return path_format(path, "%s/truth/records", root) == 0 ? sweep(path, start, is_half_written) : -1;
}

/* Options a run began with, so that a later one may go on with it. */
static int mark_path(char path[PATH_BYTES], const char *root)
{
	return path_format(path, "%s/truth/unfinished.json", root);
}

int folder_prepare(const struct synth_options *o)
{
	char participants[PATH_BYTES], mark[PATH_BYTES], record[PATH_BYTES], stranger[256];
	const struct cohort cohort = synth_cohort(o);
	bool busy;
	int rc = -1;
	TRY(path_format(participants, "%s/participants.tsv", o->out));
	TRY(mark_path(mark, o->out));
	TRY(look_into(o, &busy, stranger));
	if (stranger[0]) {
		ERR_OUTPUT("'%s' holds %s, which this study would not have; choose another folder", o->out,
			stranger);
		goto cleanup;
	}
	bool unfinished = path_exists(mark); /* with all tables when it was killed at the very end */
	if (busy && !unfinished && !o->force) {
		ERR_OUTPUT("'%s' is not empty; choose another folder or use --force", o->out);
		goto cleanup;
	}
	TRY(folder_remove(participants));
	for (int64_t i = 0; o->force && i < o->subjects; i++) {
		struct person p = cohort_person(&cohort, i);
		for (int visit = 0; visit < COHORT_VISITS_MOST; visit++) {
			TRY(folder_record(record, o->out, &p, visit));
			TRY(folder_remove(record));
		}
	}
	TRY(path_make_parent(mark));
	if (!unfinished)
		TRY(path_write_text(mark, "{\"unfinished\": true}\n"));
	rc = 0;
cleanup:
	return rc;
}

int folder_finish(const struct synth_options *o)
{
	static const char *const folders[] = { ".", "phenotype", "truth" };
	char mark[PATH_BYTES], path[PATH_BYTES];
	/* A shard that is writing the same tables at this moment keeps its files. */
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (path_format(path, "%s/%s", o->out, folders[i]) != 0 || sweep(path, "", is_left_behind) != 0)
			return -1;
	return mark_path(mark, o->out) == 0 ? folder_remove(mark) : -1;
}

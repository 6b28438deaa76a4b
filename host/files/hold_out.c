#include "host/files/hold_out.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host/run/err.h"

/* The participant's only row. */
static int find_row(const struct table *folds, int64_t id, const char *participant, int64_t *row)
{
	*row = -1;
	for (int64_t i = 0; i < folds->n_rows; i++) {
		if (strcmp(table_cell(folds, i, id), participant) != 0)
			continue;
		if (*row >= 0)
			return ERR_INVALID("'%s' line %lld: participant '%s' is listed twice", folds->path,
				(long long)(i + 2), participant);
		*row = i;
	}
	return *row >= 0 ? 0 : ERR_INVALID("'%s': participant '%s' has no fold", folds->path, participant);
}

static void set_split(struct study_session *session, bool held_out)
{
	snprintf(session->split, sizeof(session->split), held_out ? "test" : "train");
}

static int by_fold(struct study *s, const char *fold)
{
	int rc = -1;
	char path[PATH_BYTES];
	struct table folds = { 0 };
	int64_t id, column, row;
	TRY(path_format(path, "%s/folds.tsv", s->root));
	TRY(table_read(&folds, path));
	TRY(table_column(&folds, "participant_id", &id));
	TRY(table_column(&folds, "fold", &column));
	for (int64_t i = 0; i < s->n_sessions; i++) {
		TRY(find_row(&folds, id, s->sessions[i].participant, &row));
		set_split(&s->sessions[i], strcmp(table_cell(&folds, row, column), fold) == 0);
	}
	rc = 0;
cleanup:
	table_free(&folds);
	return rc;
}

int hold_out(struct study *s, const char *which)
{
	int64_t held_out = 0;
	if (!which)
		return 0;
	if (strncmp(which, "fold=", 5) == 0) {
		if (by_fold(s, which + 5) != 0)
			return -1;
	} else if (strncmp(which, "site=", 5) == 0) {
		for (int64_t i = 0; i < s->n_sessions; i++)
			set_split(&s->sessions[i], strcmp(s->sessions[i].site, which + 5) == 0);
	} else {
		return ERR_USAGE("--hold-out is fold=K or site=NAME, got '%s'", which);
	}
	for (int64_t i = 0; i < s->n_sessions; i++)
		held_out += strcmp(s->sessions[i].split, "test") == 0;
	if (held_out == 0 || held_out == s->n_sessions)
		return ERR_INVALID("study '%s': %s holds out %s", s->root, which,
			held_out == 0 ? "no session" : "every session");
	return 0;
}

#include "eval/cmd_index.h"

#include <stdbool.h>

#include "eval/database.h"
#include "eval/folds.h"
#include "eval/pairing.h"
#include "eval/study_films.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

struct request {
	const char *study, *out;
	double window_days;
	int64_t folds, seed;
};
struct index {
	struct study study;
	struct table films, dxa, pairs, excluded, folds;
};

static void free_index(struct index *i)
{
	table_free(&i->films);
	table_free(&i->dxa);
	table_free(&i->pairs);
	table_free(&i->excluded);
	table_free(&i->folds);
	study_free(&i->study);
}

/* A file of folds that is there is somebody's choice: it is read, not made again. */
static int read_or_make_folds(struct index *i, const struct request *q)
{
	char path[PATH_BYTES];
	int64_t column;
	if (path_format(path, "%s/folds.tsv", q->study) != 0)
		return -1;
	if (!path_exists(path))
		return folds_make(&i->folds, &i->study.participants, &i->dxa, q->folds, (uint64_t)q->seed) !=
				       0
			       ? -1
			       : table_write(&i->folds, path);
	log_info("folds: those of '%s'", path);
	if (table_read(&i->folds, path) != 0)
		return -1;
	return table_column(&i->folds, "participant_id", &column) != 0
		       ? -1
		       : table_column(&i->folds, "fold", &column);
}

static int read_study(struct index *i, const struct request *q)
{
	char path[PATH_BYTES];
	if (study_open(&i->study, q->study) != 0 ||
		path_format(path, "%s/phenotype/dxa.tsv", q->study) != 0 || table_read(&i->dxa, path) != 0 ||
		study_films_read(&i->films, &i->study) != 0 ||
		pairing_run(&i->pairs, &i->excluded, &i->films, &i->dxa, q->window_days) != 0)
		return -1;
	if (i->study.participants.n_rows == 0)
		return ERR_INVALID("'%s/participants.tsv' lists nobody", q->study);
	return read_or_make_folds(i, q);
}

static int write_index(const struct index *i, const char *path)
{
	struct database d;
	if (database_create(&d, path) != 0)
		return -1;
	if (database_add(&d, "participants", &i->study.participants) != 0 ||
		database_add(&d, "films", &i->films) != 0 || database_add(&d, "dxa", &i->dxa) != 0 ||
		database_add(&d, "pairs", &i->pairs) != 0 ||
		database_add(&d, "excluded", &i->excluded) != 0 ||
		database_add(&d, "folds", &i->folds) != 0) {
		database_abort(&d);
		return -1;
	}
	return database_commit(&d);
}

int cmd_index(int argc, char **argv)
{
	struct request q = { .window_days = PAIRING_WINDOW_DAYS, .folds = 5, .seed = 1 };
	char path[PATH_BYTES];
	const struct opt table[] = {
		OPT_TEXT("study", q.study, OPT_REQUIRED, "STUDY", "folder of the study"),
		OPT_TEXT("out", q.out, 0, "FILE",
			"index to write, else STUDY/derivatives/xbmd/index.sqlite; an older one is replaced"),
		OPT_DOUBLE("window-days", q.window_days, 0, "a film's DXA is no further away"),
		OPT_INT("folds", q.folds, 0, "of folds.tsv, where the study has none yet"),
		OPT_INT("seed", q.seed, 0, "of those folds"),
		OPT_END,
	};
	int go = opt_parse(argc, argv,
		"films, DXA, their pairs, exclusions and folds of a study as an SQLite file", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (!(q.window_days >= 0))
		return ERR_USAGE("--window-days wants a number of days, not below 0");
	int rc = -1;
	struct index index = { 0 };
	if (q.out)
		TRY(path_format(path, "%s", q.out));
	else
		TRY(path_format(path, "%s/derivatives/xbmd/index.sqlite", q.study));
	TRY(database_check_output(path, "pairs"));
	TRY(path_make_parent(path));
	TRY(read_study(&index, &q));
	TRY(write_index(&index, path));
	log_info("%lld films, %lld pairs with DXA, %lld exclusions: %s", (long long)index.films.n_rows,
		(long long)index.pairs.n_rows, (long long)index.excluded.n_rows, path);
	rc = 0;
cleanup:
	free_index(&index);
	return rc;
}

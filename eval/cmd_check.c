#include "eval/cmd_check.h"

#include <stdio.h>
#include <string.h>

#include "eval/study_check.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

static void print(const struct table *t)
{
	for (int64_t c = 0; c < t->n_columns; c++)
		printf("%s%s", c ? "\t" : "", t->columns[c]);
	putchar('\n');
	for (int64_t i = 0; i < t->n_rows; i++) {
		for (int64_t c = 0; c < t->n_columns; c++)
			printf("%s%s", c ? "\t" : "", table_cell(t, i, c));
		putchar('\n');
	}
}

static int64_t count_errors(const struct table *findings)
{
	int64_t n = 0, severity = table_find_column(findings, "severity");
	for (int64_t i = 0; i < findings->n_rows; i++)
		n += strcmp(table_cell(findings, i, severity), "error") == 0;
	return n;
}

int cmd_check(int argc, char **argv)
{
	const char *root = NULL;
	bool tables_only = false;
	const struct opt table[] = {
		OPT_TEXT("study", root, OPT_REQUIRED, "STUDY", "folder of the study"),
		OPT_FLAG("tables-only", tables_only, "open no image"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "everything that is wrong with a study, as a table", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	int rc = -1;
	struct study study = { 0 };
	struct table findings = { 0 };
	TRY(study_open(&study, root));
	TRY(study_check(&findings, &study, !tables_only));
	print(&findings);
	int64_t errors = count_errors(&findings);
	log_info("%lld errors, %lld warnings", (long long)errors, (long long)(findings.n_rows - errors));
	rc = errors == 0 ? 0 : ERR_INVALID("'%s': %lld errors", root, (long long)errors);
cleanup:
	table_free(&findings);
	study_free(&study);
	return rc;
}

#include "gan/dxa.h"

#include <math.h>
#include <string.h>

#include "host/files/path.h"

int dxa_read(struct table *dxa, const char *study_root)
{
	static const char *const needed[] = { "participant_id", "side", "region", "bmd_g_cm2" };
	char path[PATH_BYTES];
	int64_t column = 0;
	double number;
	memset(dxa, 0, sizeof(*dxa));
	if (path_format(path, "%s/phenotype/dxa.tsv", study_root) != 0)
		return -1;
	if (!path_exists(path))
		return 0;
	if (table_read(dxa, path) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (table_column(dxa, needed[i], &column) != 0)
			return -1;
	for (int64_t row = 0; row < dxa->n_rows; row++)
		if (table_number(dxa, row, column, &number) != 0)
			return -1;
	return 0;
}

static bool cell_is(const struct table *t, int64_t row, const char *column, const char *text)
{
	int64_t c = table_find_column(t, column);
	return c >= 0 && strcmp(table_cell(t, row, c), text) == 0;
}

double dxa_find(const struct table *dxa, const char *participant, const char *session, const char *side)
{
	int64_t best = -1;
	double number = NAN;
	for (int64_t row = 0; row < dxa->n_rows; row++) {
		bool hip = cell_is(dxa, row, "participant_id", participant) && cell_is(dxa, row, "side", side) &&
			cell_is(dxa, row, "region", "total_hip");
		if (hip && (best < 0 || cell_is(dxa, row, "visit", session)))
			best = row;
	}
	if (best < 0 || table_number(dxa, best, table_find_column(dxa, "bmd_g_cm2"), &number) != 0)
		return NAN;
	return number;
}

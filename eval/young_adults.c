#include "eval/young_adults.h"

#include <stdlib.h>
#include <strings.h>

#include "host/files/alloc.h"
#include "host/run/err.h"

struct columns {
	int64_t sex, device, mean, sd, source;
};

static int find_columns(struct columns *at, const struct table *t)
{
	return table_column(t, "sex", &at->sex) != 0 || table_column(t, "device", &at->device) != 0 ||
			       table_column(t, "mean", &at->mean) != 0 ||
			       table_column(t, "sd", &at->sd) != 0 ||
			       table_column(t, "source", &at->source) != 0
		       ? -1
		       : 0;
}

static int read_row(struct young_adult *y, const struct table *t, int64_t i, const struct columns *at)
{
	*y = (struct young_adult){ table_cell(t, i, at->sex), table_cell(t, i, at->device),
		table_cell(t, i, at->source), 0, 0 };
	if (table_number(t, i, at->mean, &y->mean) != 0 || table_number(t, i, at->sd, &y->sd) != 0)
		return -1;
	if (!(y->mean > 0) || !(y->sd > 0))
		return ERR_INVALID(
			"'%s' line %lld: mean and sd must be positive", t->path, (long long)(i + 2));
	if (table_is_missing(y->source))
		return ERR_INVALID("'%s' line %lld, column 'source': say where these numbers are from",
			t->path, (long long)(i + 2));
	return 0;
}

static const struct young_adult *find_exact(const struct young_adults *y, const char *sex, const char *device)
{
	for (int64_t i = 0; i < y->n; i++)
		if (strcasecmp(y->row[i].sex, sex) == 0 && strcasecmp(y->row[i].device, device) == 0)
			return &y->row[i];
	return NULL;
}

int young_adults_read(struct young_adults *y, const char *path)
{
	struct columns at;
	*y = (struct young_adults){ 0 };
	TRY(table_read(&y->table, path));
	TRY(find_columns(&at, &y->table));
	y->row = alloc_grow(NULL, (size_t)y->table.n_rows + 1, sizeof(*y->row));
	for (int64_t i = 0; i < y->table.n_rows; i++) {
		struct young_adult row;
		TRY(read_row(&row, &y->table, i, &at));
		if (find_exact(y, row.sex, row.device)) {
			(void)ERR_INVALID("'%s' line %lld: sex '%s' with device '%s' is repeated", path,
				(long long)(i + 2), row.sex, row.device);
			goto cleanup;
		}
		y->row[y->n++] = row;
	}
	return 0;
cleanup:
	young_adults_free(y);
	return -1;
}

void young_adults_free(struct young_adults *y)
{
	free(y->row);
	table_free(&y->table);
	*y = (struct young_adults){ 0 };
}

const struct young_adult *young_adults_find(const struct young_adults *y, const char *sex, const char *device)
{
	const struct young_adult *found = find_exact(y, sex, device);
	return found ? found : find_exact(y, sex, "*");
}

#include "eval/filter.h"

#include <string.h>

#include "host/run/err.h"

int filter_init(struct filter *f, const struct table *t, const char *where)
{
	*f = (struct filter){ 0 };
	if (name_list_init(&f->pairs, where) != 0)
		return -1;
	for (int i = 0; i < f->pairs.n; i++) {
		char *column = f->pairs.name[i], *equals = strchr(column, '=');
		if (!equals || equals == column) {
			(void)ERR_USAGE("--where wants column=value[,column=value...], got '%s'", column);
			goto cleanup;
		}
		*equals = '\0';
		f->value[i] = equals + 1;
		TRY(table_column(t, column, &f->column[i]));
	}
	return 0;
cleanup:
	filter_free(f);
	return -1;
}

void filter_free(struct filter *f)
{
	name_list_free(&f->pairs);
	*f = (struct filter){ 0 };
}

bool filter_passes(const struct filter *f, const struct table *t, int64_t row)
{
	for (int i = 0; i < f->pairs.n; i++)
		if (strcmp(table_cell(t, row, f->column[i]), f->value[i]) != 0)
			return false;
	return true;
}

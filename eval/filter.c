#include "eval/filter.h"

#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"

static int add_pair(struct filter *f, const struct table *t, char *pair)
{
	char *equals = strchr(pair, '=');
	if (!equals || equals == pair)
		return ERR_USAGE("--where wants column=value[,column=value...], got '%s'", pair);
	if (f->n == FILTER_LIMIT)
		return ERR_USAGE("--where takes at most %d conditions", FILTER_LIMIT);
	*equals = '\0';
	if (table_column(t, pair, &f->column[f->n]) != 0)
		return -1;
	f->value[f->n++] = equals + 1;
	return 0;
}

int filter_init(struct filter *f, const struct table *t, const char *where)
{
	*f = (struct filter){ 0 };
	if (!where)
		return 0;
	f->text = strdup(where);
	if (!f->text)
		return ERR_RESOURCE("no memory for --where");
	for (char *pair = f->text, *next = NULL; pair; pair = next) {
		next = strchr(pair, ',');
		if (next)
			*next++ = '\0';
		if (add_pair(f, t, pair) != 0) {
			filter_free(f);
			return -1;
		}
	}
	return 0;
}

void filter_free(struct filter *f)
{
	free(f->text);
	*f = (struct filter){ 0 };
}

bool filter_passes(const struct filter *f, const struct table *t, int64_t row)
{
	for (int i = 0; i < f->n; i++)
		if (strcmp(table_cell(t, row, f->column[i]), f->value[i]) != 0)
			return false;
	return true;
}

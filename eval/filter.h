/* Which rows of a table count: "column=value,column=value", all of them fulfilled, values compared as text. */
#ifndef EVAL_FILTER_H
#define EVAL_FILTER_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { FILTER_LIMIT = 16 };
struct filter {
	char *text; /* own copy, cut into the values */
	int n;
	int64_t column[FILTER_LIMIT];
	const char *value[FILTER_LIMIT];
};
/* where NULL = every row.  ERR_USAGE for text that is no list of pairs, ERR_INVALID for an unknown column. */
int filter_init(struct filter *f, const struct table *t, const char *where);
void filter_free(struct filter *f);
bool filter_passes(const struct filter *f, const struct table *t, int64_t row);
#ifdef __cplusplus
}
#endif
#endif

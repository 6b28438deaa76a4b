/* Which rows of a table count: "column=value,column=value", all of them fulfilled, values compared as text. */
#ifndef EVAL_FILTER_H
#define EVAL_FILTER_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/name_list.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct filter {
	struct name_list pairs; /* each cut at its '=' */
	int64_t column[NAME_LIST_LIMIT];
	const char *value[NAME_LIST_LIMIT];
};
/* where NULL = every row.  ERR_USAGE for text that is no list of pairs, ERR_INVALID for an unknown column. */
int filter_init(struct filter *f, const struct table *t, const char *where);
void filter_free(struct filter *f);
bool filter_passes(const struct filter *f, const struct table *t, int64_t row);
#ifdef __cplusplus
}
#endif
#endif

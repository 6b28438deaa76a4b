/*
 * Subgroups of the cases by other columns: "sex" makes one of each text in the column, "age:65:75" those below 65, from
 * 65 to below 75, and from 75.  Rows where the column is missing are in none.
 */
#ifndef EVAL_SUBGROUPS_H
#define EVAL_SUBGROUPS_H
#include <stdint.h>
#include "eval/cases.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
struct subgroup {
	char *name;       /* "sex = F", "age < 65" */
	int64_t first, n; /* its rows of the cases are subgroups.row[first ...] */
	int column;       /* of the text, from 0: which column made it */
};
struct subgroups {
	struct subgroup *group; /* (n) in the order of the columns, then of values */
	int64_t n;
	int64_t *row; /* (n_rows) of the cases, group by group */
	int64_t n_rows;
};
/* text: "sex,age:65:75"; NULL = none.  ERR_USAGE for bounds that do not ascend, ERR_INVALID as table_number. */
int subgroups_init(struct subgroups *s, const struct cases *c, const char *text);
void subgroups_free(struct subgroups *s);
#ifdef __cplusplus
}
#endif
#endif

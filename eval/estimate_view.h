/* estimates.csv read back: figures by level, group and statistic. */
#ifndef EVAL_ESTIMATE_VIEW_H
#define EVAL_ESTIMATE_VIEW_H
#include <stdint.h>
#include "eval/stats/interval.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct estimate {
	const char *level, *group, *statistic, *method, *reason; /* borrowed; "n/a" = none */
	double value;                                            /* NaN = n/a */
	struct interval ci;
	int64_t n;
};
struct estimate_view {
	struct table table;
	struct estimate *row; /* (n) */
	int64_t n;
};
/* ERR_INPUT, ERR_INVALID as table_read and table_number. */
int estimate_view_read(struct estimate_view *v, const char *path);
void estimate_view_free(struct estimate_view *v);
/* NULL when absent.  group NULL = any, the first. */
const struct estimate *estimate_view_find(const struct estimate_view *v, const char *level, const char *group,
	const char *statistic);
/* The row of the next group of a level after `after` (-1 = the first), a group being met once; -1 = no more. */
int64_t estimate_view_next_group(const struct estimate_view *v, const char *level, int64_t after);
#ifdef __cplusplus
}
#endif
#endif

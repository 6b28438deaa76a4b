/* Which tables a report has: their rows, columns and words. */
#ifndef EVAL_SHEET_SPECIFICATIONS_H
#define EVAL_SHEET_SPECIFICATIONS_H
#include "eval/sheet.h"
#ifdef __cplusplus
extern "C" {
#endif
enum sheet_shows { SHEET_NUMBER, SHEET_WITH_INTERVAL, SHEET_RANGE, SHEET_WITH_SD };
enum sheet_scale { SHEET_COUNT, SHEET_PLAIN, SHEET_IN_UNIT, SHEET_PERCENT, SHEET_P_VALUE };

struct sheet_column {
	const char *heading, *statistic, *second; /* second: the SD's */
	enum sheet_shows shows;
	enum sheet_scale scale;
};
struct sheet_specification {
	const char *file, *title, *caption;
	const char *levels[2]; /* rows: the groups of these levels */
	struct sheet_column column[SHEET_COLUMNS]; /* to the first without a heading */
};
/* The level of a meta-analysis: its rows are figures, whose names stand in front of the columns' statistics. */
#define SHEET_META "meta"
extern const struct sheet_specification sheet_specifications[];
int sheet_specifications_count(void);
#ifdef __cplusplus
}
#endif
#endif

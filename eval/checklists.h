/*
 * Reporting checklists, filled where the program knows where an item stands, AUTHOR where it does not: STARD 2015,
 * TRIPOD+AI 2024, CLAIM in its update of 2024.  Topics are in short words; the wording is in the papers.
 */
#ifndef EVAL_CHECKLISTS_H
#define EVAL_CHECKLISTS_H
#include "eval/report.h"
#ifdef __cplusplus
extern "C" {
#endif
int checklists_count(void);
const char *checklists_name(int which); /* "stard" */
/* item, topic, where; t is empty before. */
int checklists_fill(struct table *t, const struct report *r, int which);
#ifdef __cplusplus
}
#endif
#endif

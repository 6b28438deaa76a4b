/* The tables of a report, made from estimates.csv: which there are, and one of them. */
#ifndef EVAL_SHEETS_H
#define EVAL_SHEETS_H
#include "eval/report.h"
#include "eval/sheet.h"
#ifdef __cplusplus
extern "C" {
#endif
int sheets_count(void);
/* Table `which`, 0 .. sheets_count() - 1; no rows when the evaluation has none of it. */
void sheets_make(struct sheet *s, const struct report *r, int which);
#ifdef __cplusplus
}
#endif
#endif

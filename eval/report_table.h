/* The HTML tables of a report: pooled and per site; what is not defined reads "n/a" with a numbered reason. */
#ifndef EVAL_REPORT_TABLE_H
#define EVAL_REPORT_TABLE_H
#include <stdio.h>
#include "eval/report.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Opens a table and its caption, which the caller goes on with ... */
void report_table_begin(FILE *out, const struct report *r);
/* ... before one of these closes the caption and writes the rest. */
void report_table_agreement(FILE *out, const struct report *r);
void report_table_diagnosis(FILE *out, const struct report *r);
#ifdef __cplusplus
}
#endif
#endif

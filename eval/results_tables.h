/* The CSV files of an evaluation. */
#ifndef EVAL_RESULTS_TABLES_H
#define EVAL_RESULTS_TABLES_H
#include "eval/results.h"
#ifdef __cplusplus
extern "C" {
#endif
int results_tables_write(const struct results *r, const char *folder, bool aggregate);
#ifdef __cplusplus
}
#endif
#endif

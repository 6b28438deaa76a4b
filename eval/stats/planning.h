/*
 * How many rows a study needs, and what its intervals will be: independent rows, two-sided 5 %, by the formulas that
 * the evaluation itself uses.
 */
#ifndef EVAL_STATS_PLANNING_H
#define EVAL_STATS_PLANNING_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PLANNING_MOST = 10000000 }; /* rows; beyond it a wish cannot be met: -1 */
/* Fisher's interval of a correlation r in n rows. */
struct interval planning_r_interval(double r, int64_t n);
/* Rows for that interval's wider half to be at most `half`; -1 = none. */
int64_t planning_r_rows(double r, double half);
/* Power to find r different from r0 with n rows (Fisher's z), and the rows for a power; -1 = none. */
double planning_r_power(double r, double r0, int64_t n);
int64_t planning_r_power_rows(double r, double r0, double power);
/* Standard error of an AUC, n rows of which the share `prevalence` is diseased (Hanley and McNeil 1982). */
double planning_auc_se(double auc, double prevalence, int64_t n);
int64_t planning_auc_rows(double auc, double prevalence, double half); /* 1.96 SE <= half */
double planning_auc_power(double auc, double auc0, double prevalence, int64_t n);
int64_t planning_auc_power_rows(double auc, double auc0, double prevalence, double power);
/* Half the interval of a limit of agreement, and the rows for it; sd: of the differences (Bland and Altman 1999). */
double planning_loa_half(double sd, int64_t n);
int64_t planning_loa_rows(double sd, double half);
/* Rows in clusters of m with intraclass correlation icc count for less: n / (1 + (m - 1) icc). */
double planning_design_effect(double m, double icc);
#ifdef __cplusplus
}
#endif
#endif

/* Order statistics of an array that may be rearranged. */
#ifndef EVAL_STATS_ORDER_H
#define EVAL_STATS_ORDER_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* The k-th smallest, 0 <= k < n; no NaN.  O(n). */
double order_select(double *x, int64_t n, int64_t k);
/* NaN for n = 0. */
double order_median(double *x, int64_t n);
/* The p-quantile, interpolated between the order statistics around (n - 1) p (R's type 7); NaN for n = 0. */
double order_quantile(double *x, int64_t n, double p);
#ifdef __cplusplus
}
#endif
#endif

/* Numbers of two classes, each class sorted by itself, in O(n). */
#ifndef EVAL_STATS_SORT_CLASSES_H
#define EVAL_STATS_SORT_CLASSES_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/*
 * sorted[n + 2]: sign * x of the rows with is_one, ascending, then infinity; from n_ones + 1 on those of the
 * others, then infinity.  x[n] finite, is_one[n] 0 or 1, sign 1 or -1; spare[n + 2]: work space.  -0 becomes
 * 0.
 */
int sort_classes(double *sorted, double *spare, const double *x, const uint8_t *is_one, int64_t n,
	int64_t n_ones, double sign);
#ifdef __cplusplus
}
#endif
#endif

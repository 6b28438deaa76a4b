/* Percentiles of many values, from a fine histogram. */
#ifndef DRR_PERCENTILE_H
#define DRR_PERCENTILE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/*
 * result[k]: the value that percent[k] (0 .. 100) of the values above `floor` do not exceed; good to 1/16384
 * of their range.  values: (n); NaN is left out.  Returns how many values count; 0 leaves result alone.
 */
int64_t percentile_above(
	double *result, const double *percent, int n_percent, const float *values, int64_t n, double floor);
#ifdef __cplusplus
}
#endif
#endif

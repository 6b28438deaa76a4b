/*
 * Numbers with a label of one bit each, sorted in O(n) as words of 64 bits that hold both: above the label a
 * number's bits, of a negative one inverted, so that words compare like their numbers.  The sign bit does not
 * fit in; the negative numbers come first, and their count takes its place.
 */
#ifndef EVAL_STATS_SORT_LABELS_H
#define EVAL_STATS_SORT_LABELS_H
#include <stdint.h>
#include <string.h>
#ifdef __cplusplus
extern "C" {
#endif
/*
 * word[n] by ascending sign * x, equal ones in any order; *n_negative of them are below 0.  x[n] finite, -0
 * becomes 0; label[n] 0 or 1; sign 1 or -1; n < 2^32.
 */
int sort_labels(
	uint64_t *word, int64_t *n_negative, const double *x, const uint8_t *label, int64_t n, double sign);

static inline double sort_labels_number(uint64_t word, int is_negative)
{
	uint64_t bits = is_negative ? ~(word >> 1) : word >> 1;
	double number;
	memcpy(&number, &bits, sizeof(number));
	return number;
}
#ifdef __cplusplus
}
#endif
#endif

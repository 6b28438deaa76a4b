/* Rows sorted by a number, in O(n). */
#ifndef EVAL_STATS_SORT_H
#define EVAL_STATS_SORT_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct sort_item {
	double key;
	int64_t row;
};
/* Ascending and stable; keys finite, -0 equals 0. */
int sort_items(struct sort_item *item, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

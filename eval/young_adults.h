/*
 * Young adults' BMD, for T-scores and % of the young adult mean: a table of the user's with columns sex, device, mean,
 * sd and source (every row says where its numbers are from).  Device "*" stands for any other.
 */
#ifndef EVAL_YOUNG_ADULTS_H
#define EVAL_YOUNG_ADULTS_H
#include <stdint.h>
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct young_adult {
	const char *sex, *device, *source; /* borrowed from the table */
	double mean, sd;                   /* in the unit of the evaluated columns */
};
struct young_adults {
	struct table table;
	struct young_adult *row; /* (n) */
	int64_t n;
};
/* ERR_INVALID for a missing source, a mean or SD that is not positive, a repeated pair of sex and device. */
int young_adults_read(struct young_adults *y, const char *path);
void young_adults_free(struct young_adults *y);
/* NULL when there is none.  Texts are compared without regard to case. */
const struct young_adult *young_adults_find(const struct young_adults *y, const char *sex, const char *device);
#ifdef __cplusplus
}
#endif
#endif

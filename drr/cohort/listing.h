/* The tables and texts that make a folder of synthetic participants a study. */
#ifndef DRR_COHORT_LISTING_H
#define DRR_COHORT_LISTING_H
#include "drr/cohort/record.h"
#ifdef __cplusplus
extern "C" {
#endif
/* dxa.tsv, truth/, splits.json, descriptions; participants.tsv comes last: with it the study is whole. */
int listing_write(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
/*
 * 1 for a test participant: in each site the first round(0.3 n) participants in the order of a hash of the seed, so
 * the same person stays on its side when only the other sites' numbers change.
 */
void listing_split(uint8_t *test, const struct record *records, int64_t n, const struct record_origin *origin);
#ifdef __cplusplus
}
#endif
#endif

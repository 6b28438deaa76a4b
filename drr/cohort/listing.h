/* The tables and texts that make a folder of synthetic participants a study. */
#ifndef DRR_COHORT_LISTING_H
#define DRR_COHORT_LISTING_H
#include "drr/cohort/record.h"
#ifdef __cplusplus
extern "C" {
#endif
/* dxa.tsv, truth/, splits.json, descriptions; participants.tsv comes last: with it the study is whole. */
int listing_write(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
/* A DXA reading on the Hologic scale, which is the unbiased one. */
double listing_unbiased_g_cm2(const struct record *r, enum anatomy_side side, enum areal_region region,
	const struct record_origin *origin);
int64_t listing_hips(const struct record *records, int64_t n); /* measured: not excluded for metal */
/*
 * r of true mineral and that reading over all hips of n visits: the most that knowing the mineral is worth against this
 * DXA.  NaN with fewer than 8 hips.  It stands in every table with densities ("ceiling_r").
 */
double listing_ceiling(const struct record *records, int64_t n, enum areal_region region,
	const struct record_origin *origin);
/*
 * 1 for a test participant: in each site the first round(0.3 n) participants in the order of a hash of the seed, so
 * the same person stays on its side when only the other sites' numbers change.
 */
void listing_split(uint8_t *test, const struct record *records, int64_t n, const struct record_origin *origin);
#ifdef __cplusplus
}
#endif
#endif

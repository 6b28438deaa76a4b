/* The parts of a study's listing, one file a table, and what they share. */
#ifndef DRR_COHORT_LISTING_PART_H
#define DRR_COHORT_LISTING_PART_H
#include "drr/cohort/listing.h"
/* listing_write.c: files below the study's root; json is freed. */
int listing_table(const struct table *t, const char *root, const char *name);
int listing_json(struct json *json, const char *root, const char *name);
int listing_text(const char *text, const char *root, const char *name);
void listing_columns(struct table *t, const char *const *names); /* NULL-terminated */
/* An entry of a data dictionary; units may be NULL. */
void listing_describe(struct json *dictionary, const char *column, const char *description, const char *units);
void listing_describe_ceiling(struct json *dictionary);
const char *listing_side(enum anatomy_side side); /* "R", "L" */
/* participants.tsv with its dictionary, and truth/participants.tsv. */
int listing_participants(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
int listing_truth_participants(const char *root, const struct record *records, int64_t n,
	const struct record_origin *origin);
/* phenotype/dxa.tsv; truth/abmd.tsv; truth/swap.tsv; manifest.tsv; splits.json */
int listing_dxa(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
int listing_truth(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
int listing_swap(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
int listing_manifest(const char *root, const struct record *records, int64_t n);
int listing_splits(const char *root, const struct record *records, int64_t n, const struct record_origin *origin);
#endif

/*
 * The rows of a table that are evaluated: filtered, without missing values, sorted by site, patient, reference and
 * prediction, so that nothing downstream depends on the table's row order.  Rows left out are counted, never lost.
 */
#ifndef EVAL_CASES_H
#define EVAL_CASES_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/table.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
struct cases_request {
	const char *table;                  /* CSV or TSV file */
	const char *reference, *prediction; /* column names */
	const char *unit;                   /* of both; NULL = unknown */
	const char *where;                  /* "column=value,column=value", NULL = all rows */
	const char *site, *patient;         /* column names, NULL = none */
	bool site_optional, patient_optional; /* a missing column is no error, then */
	const char *key;                    /* columns that tell rows apart; NULL = all, checked where there are patients */
	bool has_threshold;
	double threshold;                   /* diseased = reference <= threshold */
	const char *positive;               /* column of 1/0, yes/no or true/false, NULL */
	const char *criterion;              /* criterion.h; NULL; one of threshold, positive and criterion at most */
	const char *milder;                 /* a criterion on the same scale, for three classes; NULL */
	const char *young_adults;           /* young_adults.h; for T-scores and %YAM */
	const char *sex, *device;           /* columns that choose the young adults; the device's may be absent */
	const char *sbmd_region;            /* sbmd.h: both values become standardized BMD; NULL = as they are */
	const char *prediction_device;      /* whose BMD the prediction is, for that */
};
struct cases_site {
	const char *name;             /* borrowed from the table; "n/a" for rows without a site */
	int64_t first, n, n_patients; /* its rows are first .. first + n - 1 */
	int64_t n_missing;
	int64_t n_refused, n_refused_diseased; /* of the missing: a reference, but no prediction */
};
struct cases {
	struct table table;
	struct memory block;
	int64_t n;
	double *reference, *prediction; /* (n) */
	double *score;                  /* (n) the prediction on the criterion's scale; lower = disease */
	uint8_t *diseased;              /* (n) 0 or 1; NULL when the request defines no disease */
	uint8_t *called;                /* (n) test-positive by the criterion; NULL without one */
	uint8_t *class_reference, *class_prediction; /* (n) 0 normal, 1 milder, 2 diseased; NULL without a milder one */
	int64_t *source;                /* (n) row of the table, for its other columns */
	int64_t *patient;               /* (n) 0 .. n_patients - 1; NULL without a patient column */
	const char **patient_name;      /* (n) borrowed; NULL without a patient column */
	int64_t n_patients;
	struct cases_site *sites;       /* (n_sites) by name; none without a site column */
	int64_t n_sites;
	bool has_sites, has_patients;   /* the table has the columns */
	int64_t n_read, n_filtered, n_missing, n_refused, n_refused_diseased;
	bool synthetic;                 /* a used row is marked synthetic or carries a true BMD */
};
/*
 * ERR_INVALID for an unknown column, a cell that is no number or truth value, a reference of areal density that is not above
 * 0, a row that stands twice, no row.
 */
int cases_read(struct cases *c, const struct cases_request *request);
void cases_free(struct cases *c);
#ifdef __cplusplus
}
#endif
#endif

/* A group of cases in arrays of its own: all, a site's, a subgroup's. */
#ifndef EVAL_SAMPLE_H
#define EVAL_SAMPLE_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/cases.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
struct sample {
	struct memory block;
	const char *level, *group; /* "pooled", "site", "subgroup"; its name; borrowed */
	int64_t n, n_clusters;
	bool has_patients, repeated; /* repeated: a patient has several rows */
	double *reference, *prediction, *score;      /* (n) */
	int64_t *cluster;                            /* (n) 0 .. n_clusters - 1; the row itself without patients */
	int64_t *source;                             /* (n) row of the table */
	uint8_t *diseased, *called;                  /* (n) NULL where the cases have none */
	uint8_t *class_reference, *class_prediction; /* (n) the same */
	bool counts_missing;                              /* the next are known; not so for a subgroup */
	int64_t n_missing, n_refused, n_refused_diseased; /* rows left out */
};
/* rows[n] of the cases. */
int sample_init(struct sample *s, const struct cases *c, const int64_t *rows, int64_t n, const char *level,
	const char *group);
void sample_free(struct sample *s);
#ifdef __cplusplus
}
#endif
#endif

/*
 * What the image is compared with: other columns, OSTA, and logistic models of covariates, fitted without the site (or,
 * with one site, the tenth of the patients) they are judged on.
 */
#ifndef EVAL_MODELS_H
#define EVAL_MODELS_H
#include <stdint.h>
#include "eval/cases.h"
#include "eval/sample.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { MODELS_LIMIT = 24, MODELS_NAME_BYTES = 128 };
struct models_request {
	const char *compare;    /* "column,column": scores, lower = disease; NULL = none */
	const char *osta;       /* "AGE,WEIGHT": columns in years and kg; NULL */
	const char *covariates; /* "age,weight,sex": numbers, or F/M; NULL */
};
struct model {
	char name[MODELS_NAME_BYTES];
	const char *method;
	const double *score;     /* (n) lower = disease; NaN where a column is missing */
	bool is_probability;     /* score = -probability of disease, for decision curves */
	bool is_image;           /* the image alone, again: not to be compared with itself */
	const char *reason;      /* why there is no score; NULL */
};
struct models {
	struct memory block;
	struct model model[MODELS_LIMIT];
	int n;
};
#define MODELS_OSTA_CUT -1.0 /* below it: at risk (Koh et al. 2001) */
/* s: all rows of the cases, in order.  Without a disease there is no model.  ERR_INVALID for a cell that is no number. */
int models_init(struct models *m, const struct cases *c, const struct sample *s, const struct models_request *q);
void models_free(struct models *m);
#ifdef __cplusplus
}
#endif
#endif

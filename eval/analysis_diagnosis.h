#ifndef EVAL_ANALYSIS_DIAGNOSIS_H
#define EVAL_ANALYSIS_DIAGNOSIS_H
#include "eval/estimates.h"
#include "eval/headline.h"
#ifdef __cplusplus
extern "C" {
#endif
/* ROC and cut of one group; lower scores mean disease.  b NULL = no bootstrap. */
int analysis_diagnosis(struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b);
/* Three classes: normal, milder, diseased. */
int analysis_classes(struct estimates *e, const struct sample *s);
/* Sensitivity, specificity and their relatives of one way to call the rows, named "PREFIXsensitivity" ...; b NULL or of
 * these rows and these calls. */
void analysis_cut(struct estimates *e, const char *prefix, const uint8_t *diseased, const uint8_t *called, int64_t n,
	const struct bootstrap *b);
#ifdef __cplusplus
}
#endif
#endif

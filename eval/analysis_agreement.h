#ifndef EVAL_ANALYSIS_AGREEMENT_H
#define EVAL_ANALYSIS_AGREEMENT_H
#include "eval/estimates.h"
#include "eval/headline.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Agreement of one group.  b NULL = no bootstrap. */
int analysis_agreement(struct estimates *e, const struct sample *s, const struct headline *h, const struct bootstrap *b);
#ifdef __cplusplus
}
#endif
#endif

#ifndef EVAL_ANALYSIS_META_H
#define EVAL_ANALYSIS_META_H
#include "eval/estimates.h"
#include "eval/headline.h"
#ifdef __cplusplus
extern "C" {
#endif
struct analysis_site {
	const char *name;
	struct headline headline;
};
/*
 * Random effects over sites of AUC (logit scale), r (Fisher's z), calibration slope and bias: fixed effect,
 * DerSimonian-Laird, REML, REML with Hartung-Knapp, heterogeneity, prediction interval, and each site left out.
 */
int analysis_meta(struct estimates *e, const struct analysis_site *site, int64_t n_sites);
#ifdef __cplusplus
}
#endif
#endif

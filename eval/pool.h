/*
 * Sites of several evaluations, by their figures and standard errors alone: what `xbmd evaluate --aggregate-only` shares
 * is enough.
 */
#ifndef EVAL_POOL_H
#define EVAL_POOL_H
#include <stdint.h>
#include "eval/analysis_meta.h"
#include "eval/estimate_view.h"
#include "host/files/json.h"
#ifdef __cplusplus
extern "C" {
#endif
struct pool {
	struct json *about;         /* metrics.json of the first folder */
	struct estimate_view *view; /* (n_views) own the sites' names */
	int64_t n_views;
	struct analysis_site *site; /* (n_sites) */
	int64_t n_sites;
};
/*
 * Adds the sites of a folder; the evaluation as a whole is one site, named as the folder, where it has none.
 * ERR_INVALID for a site that is there already, or an evaluation of another reference, prediction, unit or disease.
 */
int pool_add(struct pool *p, const char *folder);
void pool_free(struct pool *p);
#ifdef __cplusplus
}
#endif
#endif

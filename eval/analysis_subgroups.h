#ifndef EVAL_ANALYSIS_SUBGROUPS_H
#define EVAL_ANALYSIS_SUBGROUPS_H
#include "eval/estimates.h"
#include "eval/headline.h"
#include "eval/subgroups.h"
#ifdef __cplusplus
extern "C" {
#endif
struct analysis_subgroup {
	struct headline headline;
	int64_t n_units; /* patients; rows where none has several */
};
/*
 * The unpaired test of the AUCs of a column that makes exactly two groups, where no patient is in both: level
 * subgroup_difference, group "sex = F - sex = M".  results[g.n].
 */
int analysis_subgroup_differences(struct estimates *e, const struct cases *c, const struct subgroups *g,
	const struct analysis_subgroup *results);
#ifdef __cplusplus
}
#endif
#endif

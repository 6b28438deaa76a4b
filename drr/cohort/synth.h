/* A whole synthetic study on disk: CT, labels, radiograph and DXA of each participant, and the truth apart. */
#ifndef DRR_COHORT_SYNTH_H
#define DRR_COHORT_SYNTH_H
#include <stdbool.h>
#include "drr/cohort/record.h"
#include "drr/cohort/scan.h"
#include "drr/cohort/xray.h"
#ifdef __cplusplus
extern "C" {
#endif
struct synth_quality {
	const char *name; /* "fast", "full" */
	struct scan_setting scan;
	struct xray_setting xray;
};
struct synth_options {
	const char *out;
	int64_t subjects;
	int sites;
	uint64_t seed;
	const struct synth_quality *quality;
	bool force;
};
/* NULL when there is no such quality. */
const struct synth_quality *synth_quality_find(const char *name);
/* Makes one participant and writes its images below root; the record goes to the caller. */
int synth_subject(struct record *record, const struct device *device, const char *root, int64_t index,
	const struct synth_options *options);
/*
 * Goes on where an interrupted run stopped (participants made with other options are made again).  Any other folder
 * that is not empty is refused without force; participants that the new study lacks are refused, never removed.
 */
int synth_run(const struct synth_options *options);
#ifdef __cplusplus
}
#endif
#endif

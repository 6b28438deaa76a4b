/* A whole synthetic study on disk: CT, labels, radiograph and DXA of each participant, and the truth apart. */
#ifndef DRR_COHORT_SYNTH_H
#define DRR_COHORT_SYNTH_H
#include <stdbool.h>
#include "drr/cohort/record.h"
#include "drr/cohort/scan.h"
#include "drr/cohort/xray.h"
#include "host/files/path.h"
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
	const struct device *device;  /* where bodies become voxels and films are made; not the reference */
	int64_t subjects;
	const struct sites *sites;
	uint64_t seed;                /* with COHORT_EVALUATION_SEED added where the study is for evaluation */
	const struct synth_quality *quality;
	bool by_profile;              /* as struct cohort */
	bool primary_films;           /* of the primary beam alone */
	bool swap;                    /* the density-swap set's seven films a visit (drr/cohort/swap.h), no second visit */
	int64_t shard, shards;        /* this run's part 0 .. shards - 1 of the participants; 0 shards: all */
	bool force;
};
/* NULL when there is no such quality. */
const struct synth_quality *synth_quality_find(const char *name);
struct cohort synth_cohort(const struct synth_options *options);
/* Makes one visit (0 ..) of one participant and writes its images below root; the record goes to the caller. */
int synth_subject(struct record *record, const char *root, int64_t index, int visit, const struct synth_options *options);
/*
 * Goes on where an interrupted run stopped (visits made with other options, or with a file missing, are made again).
 * Any other folder that is not empty is refused without force; participants that the new study lacks are refused, never
 * removed.  Of several shards the one that finds all visits there writes the tables.
 */
int synth_run(const struct synth_options *options);
/* drr/cohort/images.c: CT, labels and films of a visit; their sizes and checksums go to the record. */
int images_write(struct record *record, const char *root, const struct scan *scan, const struct xray *films, int n,
	const struct synth_options *options);
/* drr/cohort/folder.c: who else is in the folder; the mark of an unfinished study. */
int folder_prepare(const struct synth_options *options);
int folder_finish(const struct synth_options *options);
int folder_remove(const char *path); /* a file, which may be missing */
/* What a killed run left half-written of a visit; only the shard whose visit it is may call this. */
int folder_sweep(const char *root, const struct person *p, int visit);
int folder_record(char path[PATH_BYTES], const char *root, const struct person *p, int visit);
#ifdef __cplusplus
}
#endif
#endif

/* The films of a study, from its folders. */
#ifndef EVAL_STUDY_FILMS_H
#define EVAL_STUDY_FILMS_H
#include "host/files/study.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * t is empty before: participant_id, session, site, split, file (below the study), days_from_index, days_source.  Days
 * come from sub-X/sub-X_scans.tsv (filename, days_from_index); without that file a film is the index exam, day 0.
 */
int study_films_read(struct table *t, const struct study *s);
#ifdef __cplusplus
}
#endif
#endif

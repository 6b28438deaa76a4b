/* What is wrong with a study, before it is used: every finding, not only the first. */
#ifndef EVAL_STUDY_CHECK_H
#define EVAL_STUDY_CHECK_H
#include <stdbool.h>
#include "host/files/study.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * findings is empty before: severity (error, warning), code, file, line (n/a = the whole file), message.
 *	error    unknown_participant  a DXA row, fold or folder of nobody in participants.tsv
 *	error    bad_side             neither L nor R
 *	error    bad_value            a cell that is no number
 *	error    out_of_range         BMD outside 0.1 to 2.5 g/cm2 (another unit?), age outside 0 to 120
 *	error    repeated_dxa         the same participant, visit, side and region twice
 *	error    two_folds            a participant in folds.tsv twice: leakage
 *	error    same_film            two participants' films have the same pixels: leakage or a mix-up
 *	error    unreadable           an image that the program refuses; a DICOM film without spacing, with text burned in, ...
 *	error    other_grid           labels that do not lie on their CT
 *	warning  no_film, no_dxa      a participant without
 *	error    other_view, other_side  a DICOM film whose View Position or Laterality contradicts its name
 *	warning  not_read             a DICOM film, in a build without DICOM
 * images false: no image is opened.
 */
int study_check(struct table *findings, const struct study *s, bool images);
#ifdef __cplusplus
}
#endif
#endif

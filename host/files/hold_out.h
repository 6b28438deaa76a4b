/* Cross-validation: which sessions of a study are held out, by `xbmd index`'s folds or by site. */
#ifndef HOST_FILES_HOLD_OUT_H
#define HOST_FILES_HOLD_OUT_H
#include "host/files/study.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * which: "fold=3" (STUDY/folds.tsv: participant_id, fold) or "site=NAME" (participants.tsv).  The sessions of those
 * participants become split "test", all others "train", whatever splits.json says.  NULL: nothing changes.
 * ERR_USAGE for another text; ERR_INVALID for a participant without a fold or in two, or when nobody is held out or left.
 */
int hold_out(struct study *s, const char *which);
#ifdef __cplusplus
}
#endif
#endif

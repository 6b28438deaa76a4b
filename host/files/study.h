/*
 * A study on disk, BIDS-shaped:
 *
 *	STUDY/dataset_description.json  participants.tsv  splits.json
 *	STUDY/phenotype/dxa.tsv                            participant_id visit side region bmd_g_cm2 ...
 *	STUDY/sub-X/ses-Y/ct/sub-X_ses-Y_ct.nii.gz  _dseg.nii.gz
 *	STUDY/sub-X/ses-Y/xr/sub-X_ses-Y_view-AP_xr.nii.gz  .json
 *	STUDY/derivatives/xbmd/sub-X/ses-Y/ct/sub-X_ses-Y_desc-density_ct.nii.gz  .json
 *	STUDY/truth/                                       synthetic studies only: participants' true values
 *
 * participant_id is "sub-X"; session is "ses-Y".
 */
#ifndef HOST_FILES_STUDY_H
#define HOST_FILES_STUDY_H
#include <stdint.h>
#include "host/files/path.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct study_session {
	char participant[64]; /* "sub-A0001" */
	char session[64];     /* "ses-01" */
	char site[64];        /* from participants.tsv, "n/a" when absent */
	char split[16];       /* "train", "test", ... from splits.json, "" when absent */
};
struct study {
	char root[PATH_BYTES];
	struct table participants;
	struct study_session *sessions; /* sorted by participant, session */
	int64_t n_sessions;
};
int study_open(struct study *s, const char *root); /* ERR_INPUT without participants.tsv */
void study_free(struct study *s);
enum study_file {
	STUDY_CT, STUDY_LABELS, STUDY_XRAY, STUDY_XRAY_JSON,
	STUDY_DENSITY,      /* derivatives/xbmd: calibrated CT, mg/cm3 */
};
/* The file's path, whether or not it exists. */
int study_path(char path[PATH_BYTES], const char *root, const struct study_session *session, enum study_file file);
/* splits.json: {"seed": K, "unit": "participant", "splits": {"train": [...], "test": [...]}} */
#ifdef __cplusplus
}
#endif
#endif

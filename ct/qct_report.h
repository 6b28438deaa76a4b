/* What `xbmd qct` found, and its forms: JSON, a table, a picture. */
#ifndef CT_QCT_REPORT_H
#define CT_QCT_REPORT_H
#include "ct/lumbar.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { QCT_HIPS = 2 };
struct qct_report {
	struct qct_hip hips[QCT_HIPS];
	int n_hips;
	struct qct_vertebra lumbar[LUMBAR];
	bool with_lumbar;
	struct calibration calibration;
	struct qct_error error;
	struct qct_settings settings;
	struct lumbar_rule lumbar_rule;
	double isocentre_mm[3];
	const char *isocentre_from; /* NULL when no hip was measured */
};
/* options: recorded; may be NULL. */
struct json *qct_report_to_json(const struct qct_report *r, const struct opt *options);
/* A row a region and bone; columns abmd_qct_g_cm2 ... as the JSON; for statistics. */
int qct_report_table(const struct qct_report *r, const char *path);
/*
 * The hips side by side in their projection, the patient's right at the picture's left: mineral grey,
 * outlines of the regions in colour; the shaft upright where regions have edges of the bone.  ERR_INVALID when no
 * hip was measured.
 */
int qct_report_picture(const struct qct_report *r, const char *path);
static inline const char *qct_side_letter(enum label_side side)
{
	return side == LABEL_LEFT ? "L" : "R";
}
#ifdef __cplusplus
}
#endif
#endif

/* Areal and volumetric BMD of the total hip from a density volume. */
#ifndef CT_QCT_H
#define CT_QCT_H
#include "ct/abmd.h"
#include "ct/calibrate.h"
#include "ct/frame.h"
#ifdef __cplusplus
extern "C" {
#endif
struct qct_hip {
	enum label_side side;
	bool measured; /* false: refused, note says why */
	struct femur_frame frame;
	bool truncated;		/* the image ends before the region does */
	struct abmd abmd;	/* of the region seen from the front */
	double bmc_g, area_cm2; /* over abmd's mask */
	const char *metal;	/* borrowed reason, NULL = no flag */
	char note[1024];
};
/* 1 = the femur is not in labels; 0 = measured or refused.  Projects along y as the patient lay. */
int qct_measure(struct qct_hip *hip, const struct volume *density_mg_cm3,
	const struct calibration *calibration, const struct volume *labels, const struct label_map *map,
	enum label_side side, const struct total_hip_rule *rule);
/*
 * Isocentre for films: midway between the head centres, or the one head at the image's middle in x.  Returns
 * what it rests on, NULL when no hip was measured.
 */
const char *qct_isocentre(
	double isocentre_mm[3], const struct qct_hip *hips, int n, const struct volume *labels);
#ifdef __cplusplus
}
#endif
#endif

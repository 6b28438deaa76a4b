/* A femur's regions: projected, cut, read, with their errors. */
#ifndef CT_QCT_REGIONS_H
#define CT_QCT_REGIONS_H
#include "ct/qct.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * From hip's axes and side: its turn, map, cuts and regions, flags of what the image cuts off.  ERR_INVALID when the
 * axes do not fix the cuts.  The leg is turned as settings say; with edges of the bone the picture is then drawn
 * with the shaft upright, so that a turn in its plane (abduction) changes nothing at all.
 */
int qct_measure_regions(struct qct_hip *hip, const struct volume *density_mg_cm3, const struct volume *labels,
	uint16_t femur, const struct qct_settings *s, const struct qct_error *error);
#ifdef __cplusplus
}
#endif
#endif

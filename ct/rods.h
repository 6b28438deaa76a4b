/*
 * The phantom's rods in a CT: their mean HU, and whether they can be rods at all.
 *
 * A rod's mean is taken over the voxels whose face neighbours all carry the rod's label, which keeps partial
 * volume out; a neighbour beyond the image, and along an axis where the rod is one voxel thick (discs drawn
 * in one slice), is not asked for.  With fewer than min_interior such voxels the whole label is used.
 */
#ifndef CT_RODS_H
#define CT_RODS_H
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
struct rods_limits {
	int64_t min_voxels;	      /* of the label */
	int64_t min_interior;	      /* fewer: the whole label is used */
	double max_sd_hu;	      /* noise, streaks, or a label that is no rod */
	double low_hu, high_hu;	      /* of a rod's mean */
	double rising_hu;	      /* rods expected to differ by more must have HU in the same order */
	double warn_r2, refuse_r2;    /* 1 - r2 above these; the second is a default */
	double low_slope, high_slope; /* mg/cm3 per HU */
};
extern const struct rods_limits rods_limits;

/* rods[phantom->n_rods].  ERR_INVALID naming all rods that are missing or smaller than min_voxels. */
int rods_measure(struct calibration_rod *rods, const struct volume *ct_hu, const struct volume *labels,
	const struct phantom *phantom);
/* ERR_INVALID naming the rod and the limit: mean, noise, order. */
int rods_check(const struct calibration_rod *rods, const struct phantom *phantom);
int rods_check_slope(double slope_mg_cm3_per_hu);
int rods_check_r2(double r2, double min_r2); /* warns in between */
#ifdef __cplusplus
}
#endif
#endif

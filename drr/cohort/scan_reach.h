/* How far the skin of a posed body reaches: for a grid around it, and for what lies under its back. */
#ifndef DRR_COHORT_SCAN_REACH_H
#define DRR_COHORT_SCAN_REACH_H
#include "ct/anatomy.h"
#ifdef __cplusplus
extern "C" {
#endif
struct scan_reach {
	double low_mm[3], high_mm[3]; /* of the world; z: the heights asked for */
};
/*
 * Between two heights of the world, of the body moved by body_to_world (rigid).  Read on lines 10 mm apart: the skin may
 * reach up to 2 mm farther between them.
 */
struct scan_reach scan_reach_of(const struct anatomy *a, const double body_to_world[4][4], double low_z_mm,
	double high_z_mm);
#ifdef __cplusplus
}
#endif
#endif

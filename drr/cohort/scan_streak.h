/* Streaks of metal in a CT (drr/cohort/scan.h). */
#ifndef DRR_COHORT_SCAN_STREAK_H
#define DRR_COHORT_SCAN_STREAK_H
#include "drr/cohort/site.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * hu: float32 CT numbers, before the kernel's blur; metal: float32 titanium alloy, g/cm3, on the same grid, square within
 * its slices.  Each slice that holds metal gets what the scanner's reconstruction makes of the rays through it: they harden
 * beyond the correction for water, and few photons come through.  Other slices stay as they are, bit by bit.
 */
int scan_streak(struct volume *hu, const struct volume *metal, const struct site_ct *site, uint64_t seed, int64_t who);
#ifdef __cplusplus
}
#endif
#endif

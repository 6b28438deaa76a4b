/*
 * How somebody lies for one scan: the pelvis with its tilt, and each leg about its femoral head; soft tissue follows
 * the bones.  Signs as design.md 5: posterior pelvic tilt +rx, flexion, internal rotation and abduction positive.
 */
#ifndef DRR_COHORT_POSTURE_H
#define DRR_COHORT_POSTURE_H
#include "drr/cohort/person.h"
#ifdef __cplusplus
extern "C" {
#endif
/* What the detector misses, by the patient's side. */
enum posture_cut { POSTURE_WHOLE, POSTURE_CUT_BELOW, POSTURE_CUT_ABOVE, POSTURE_CUT_RIGHT, POSTURE_CUT_LEFT, POSTURE_CUTS };
struct posture {
	enum posture_cut cut;
	struct pose body; /* pelvis against the table, about the midpoint of the femoral heads */
	struct {
		double flexion_deg, internal_deg, abduction_deg; /* against the table, which the tilted pelvis leaves */
	} leg[ANATOMY_SIDES];
};
/* who: cohort_who(); film, repeat: 0 ..  Everyone has a pelvic tilt of their own, which each scan changes a little. */
struct posture posture_ct(const struct person *p, const struct site_ct *site, uint64_t seed, int64_t who);
struct posture posture_xray(const struct person *p, const struct site_xray *site, uint64_t seed, int64_t who, int film);
struct posture posture_dxa(const struct person *p, const struct site_dxa *site, uint64_t seed, int64_t who, int repeat);
/*
 * A share of a site's films is taken off the mark: the body lies so far beside the detector's middle that the shaft and
 * the lesser trochanter (below), the iliac wings (above) or one side's trochanter and wing are cut off.
 */
void posture_cut_film(struct posture *q, const struct site_xray *site, uint64_t seed, int64_t who, int film);
const char *posture_cut_name(enum posture_cut cut); /* "none", "below", "above", "right", "left" */
/* The body so articulated, in its own world (the pelvis at rest). */
int posture_anatomy(struct anatomy *a, const struct anatomy_params *params, const struct posture *posture);
/* The rigid motion of a femur, body world to body world, from one articulation of a body to another. */
void posture_femur_motion(double motion[4][4], const struct anatomy *from, const struct anatomy *to,
	enum anatomy_side side);
struct json *posture_to_json(const struct posture *posture);
#ifdef __cplusplus
}
#endif
#endif

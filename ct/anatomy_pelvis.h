/*
 * The pelvis's shapes, one file each: points of an average adult, stretched to the subject's width and scale.  Internal
 * to ct/anatomy*.c.
 */
#ifndef CT_ANATOMY_PELVIS_H
#define CT_ANATOMY_PELVIS_H
#include "ct/anatomy_make.h"
#ifdef __cplusplus
extern "C" {
#endif
/* (lateral, anterior, superior) mm from the femoral head's centre of that side; of the spine and sacrum: lateral of the
 * midline, to the right. */
struct anatomy_landmark {
	double lateral, anterior, superior, radius;
};
void anatomy_landmark_place(double out_mm[3], const struct anatomy *a, enum anatomy_side side,
	const struct anatomy_landmark *l);
void anatomy_landmark_midline(double out_mm[3], const struct anatomy *a, const struct anatomy_landmark *l);
/* Points with radii joined by round cones, as one chain. */
enum { ANATOMY_WAY_POINTS = 6 };
struct anatomy_way {
	int n;
	struct anatomy_landmark at[ANATOMY_WAY_POINTS];
};
void anatomy_wing_make(struct anatomy *a, enum anatomy_side side);
/* Widens the bone's box by the crest. */
void anatomy_wing_bound(struct anatomy *a, enum anatomy_side side, double margin_mm);
void anatomy_spine_make(struct anatomy *a);
#ifdef __cplusplus
}
#endif
#endif

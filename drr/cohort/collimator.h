/*
 * The collimator's edge on a film: a rectangle about the central ray is exposed, the border gets the scatter that spreads under
 * the leaves from there.  The edge is a straight ramp as wide as the focal spot's shadow from the leaves.
 */
#ifndef DRR_COHORT_COLLIMATOR_H
#define DRR_COHORT_COLLIMATOR_H
#include "drr/cohort/look.h"
#include "drr/cohort/site.h"
#include "drr/geometry.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Of the beam, through lead leaves: so little that drr/scatter.h and the veil take what lies there for no body. */
#define COLLIMATOR_LEAK 1e-5
struct collimator {
	bool on;                           /* else the whole detector is exposed */
	double low_px[2], high_px[2];      /* column and row, pixel i spans i .. i + 1: half of the beam is left there */
	double penumbra_px;                /* width of the edge, at least one pixel */
};
/* A share of the site's films has margins: at top and bottom within collimator_mm, at the sides within half of that. */
void collimator_draw(struct collimator *c, const struct site_xray *room, const struct geometry *g, uint64_t seed,
	int64_t who, int film);
/* The place of a film, in pixels whose centres are whole numbers, gets at least half of the beam. */
bool collimator_exposes(const struct collimator *c, double col, double row);
/* radiograph: (rows, cols) -ln(I/I0) before scatter and noise, changed in place. */
void collimator_apply(float *radiograph, int64_t cols, int64_t rows, const struct collimator *c);
/*
 * The vendor's picture, as look_apply: what lies under the leaves does not count for its window.  The family "unsharp"
 * shows the border as bright as the film has it, the others put a black shutter over it.
 */
int collimator_look(const struct device *device, float *out, const float *radiograph, int64_t cols, int64_t rows,
	const struct look *look, const struct collimator *c);
#ifdef __cplusplus
}
#endif
#endif

/*
 * A row of rods in one picture of a stack: rod k lies at first + k * step.  A row is believed when its discs are
 * even, stand out from their surroundings and read HU that lie on a line against the phantom's densities.
 */
#ifndef CT_ROD_ROW_H
#define CT_ROD_ROW_H
#include <stdbool.h>
#include "ct/phantom.h"
#include "ct/rod_image.h"
#ifdef __cplusplus
extern "C" {
#endif
struct rod_row {
	double first_mm[2], step_mm[2]; /* (u, v) */
	double radius_mm;
	double score;	       /* 0 = no row of rods */
	double hu[PHANTOM_RODS]; /* of the places along the row; NaN where too little is inside the image */
	int rod[PHANTOM_RODS]; /* the phantom's rod at each place */
	int missing;	       /* place that lies off the line of the others, -1 for none */
	double expected_hu;    /* there, by the others' line */
	double off_line, zero_hu; /* 1 - r2 of the line kept, and its HU at 0 mg/cm3 */
};
/* Fills hu, rod, missing and score for the row's geometry; score 0 when it is none. */
void rod_row_judge(struct rod_row *row, const struct rod_stack *s, int64_t slab, const struct phantom *p);
/* Moves the two ends by up to reach_mm to where the discs stand out best, then judges. */
void rod_row_refine(
	struct rod_row *row, const struct rod_stack *s, int64_t slab, const struct phantom *p, double reach_mm);
/* The best row of a picture. */
int rod_row_search(struct rod_row *best, const struct rod_stack *s, int64_t slab, const struct phantom *p);
static inline void rod_row_place(double uv_mm[2], const struct rod_row *row, int place)
{
	for (int k = 0; k < 2; k++)
		uv_mm[k] = row->first_mm[k] + place * row->step_mm[k];
}
#ifdef __cplusplus
}
#endif
#endif

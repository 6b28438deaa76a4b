/*
 * Bone for a wanted density.  A femur's areal density is linear in the densities of its cortex and its trabecular
 * bone: abmd = cortical * c(shape) + trabecular * t(shape).  c and t are regressions on the femur's measures, fitted to
 * rendered femora (experiments/cohort-strength); so whatever the shape, the mineral hits its target, and shape alone
 * says little of density.
 */
#ifndef DRR_COHORT_STRENGTH_H
#define DRR_COHORT_STRENGTH_H
#include "ct/anatomy.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { STRENGTH_TERMS = 14 };
/* What the regressions see of a femur: logarithms and squares of its measures about their usual values; [0] = 1. */
void strength_terms(double x[STRENGTH_TERMS], const struct anatomy_femur *f);
/* Areal density, g/cm2, per mg/cm3 of cortex (pores included) and of trabecular bone in the neck. */
void strength_per_density(double *per_cortical, double *per_trabecular, const struct anatomy_femur *f);
/*
 * f: its shape, cortices and porosity of an average bone come in; thickness, porosity and trabecular density of one with
 * the target go out.  A weak bone has lost trabeculae first, then cortex (Cann 2014: cortex 62 % of an osteoporotic hip's
 * mass).
 */
void strength_apply(struct anatomy_femur *f, double target_g_cm2);
#ifdef __cplusplus
}
#endif
#endif

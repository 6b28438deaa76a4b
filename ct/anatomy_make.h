/* Makers of the body's parts, one file each: they fill what kernels/anatomy/ reads.  Internal to ct/anatomy*.c. */
#ifndef CT_ANATOMY_MAKE_H
#define CT_ANATOMY_MAKE_H
#include <math.h>
#include "ct/anatomy.h"
#include "kernels/anatomy/sdf.h"
#ifdef __cplusplus
extern "C" {
#endif
struct anatomy_cone anatomy_cone_make(const double a[3], const double b[3], double radius_a, double radius_b);
void anatomy_bone_add(struct anatomy_bone *bone, struct anatomy_cone cone);
void anatomy_bone_bound(struct anatomy_bone *bone, double margin_mm);
void anatomy_femur_make(struct anatomy *a, enum anatomy_side side);
/* From (lateral, anterior, proximal) mm from the head's centre. */
void anatomy_femur_to_body(double out[3], const struct anatomy *a, enum anatomy_side side, double lateral,
	double anterior, double proximal);
void anatomy_stress_make(struct anatomy *a, enum anatomy_side side);
void anatomy_pelvis_make(struct anatomy *a);
void anatomy_sampled_make(struct anatomy *a); /* with a label map */
void anatomy_tissue_make(struct anatomy *a);
void anatomy_muscle_make(struct anatomy *a);
void anatomy_sheet_make(struct anatomy *a);
void anatomy_inclusion_make(struct anatomy *a);
void anatomy_metal_make(struct anatomy *a, enum anatomy_side side);
#ifdef __cplusplus
}
#endif
#endif

/*
 * A digital hip: pelvis, both femora, lowest lumbar vertebrae and the soft tissue around them as one analytic body.
 * Each bone is a signed distance function (mm, negative inside); a cortex of the given thickness lies under its
 * surface, trabecular mineral and marrow inside.  The body has its own world: RAS+ mm, origin midway between the
 * femoral head centres, lying supine in its neutral pose.
 *
 * Nothing here is random: equal parameters give equal bodies.  Proportions follow physics-and-clinical.md 5 and
 * the landmarks of Bell et al. 1990 (hip centre) and Boese et al. 2016 (neck-shaft angle, torsion).
 */
#ifndef CT_ANATOMY_H
#define CT_ANATOMY_H
#include <stdbool.h>
#include "ct/frame.h"
#include "host/files/volume.h"
#include "kernels/anatomy/model.h"
#ifdef __cplusplus
extern "C" {
#endif
struct anatomy_params anatomy_params_default(void);
/* ERR_INVALID naming the parameter and its range. */
int anatomy_check(const struct anatomy_params *params);
int anatomy_init(struct anatomy *a, const struct anatomy_params *params);
struct femur_frame anatomy_femur_frame(const struct anatomy *a, enum anatomy_side side);

/* Distance to the bone's surface: exact or an underestimate, so |sdf(p) - sdf(q)| <= |p - q|. */
double anatomy_sdf(const struct anatomy *a, enum anatomy_part part, const double p_mm[3]);
/* Volume fractions of soft tissue and fat where no bone is; the rest is air.  width_mm: blur of the boundaries. */
void anatomy_tissue(const struct anatomy *a, const double p_mm[3], double width_mm, double *soft, double *fat);
/* TotalSegmentator's number of the part. */
uint8_t anatomy_label(enum anatomy_part part);
/* First-order distance to the skin, mm, negative inside; cloth lies outside. */
double anatomy_skin_mm(const struct anatomy *a, const double p_mm[3]);
/* Half widths of the body at the hips and its front and back, mm: for a grid around it. */
void anatomy_extent_mm(const struct anatomy *a, double *half_width, double *front_y, double *back_y);

/*
 * The body on a grid.  Surfaces are resolved below the voxel (a voxel holds its true mixture), so mass does not
 * depend on the grid.  A voxel carries a bone's label when at least label_fraction of it is that bone.
 */
struct anatomy_voxels {
	struct volume soft, fat, mineral; /* float32, g/cm3 of the voxel */
	struct volume metal;              /* float32, g/cm3; empty (no data) in a body without metal */
	struct volume labels;             /* uint8 */
};
/*
 * `device` NULL is the CPU; on a GPU the target's addresses are in its memory.  The CPU's voxels are the same for any number
 * of threads, a GPU's differ from them by rounding.  ERR_RESOURCE when there is no memory for it.
 */
int anatomy_fill(const struct anatomy_target *target, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid);
bool anatomy_has_metal(const struct anatomy *a);
/* Into volumes on the host, wherever it is computed. */
int anatomy_voxelise(struct anatomy_voxels *v, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid);
void anatomy_voxels_free(struct anatomy_voxels *v);
/*
 * The femur's total-hip region alone, on a grid of its own around it: mineral (g/cm3 of the voxel) and the volume
 * fraction that is femur (0..1), float32.  For true masses and areas.
 */
int anatomy_region(struct volume *mineral_g_cm3, struct volume *fraction, const struct anatomy *a,
	enum anatomy_side side, const struct total_hip_rule *rule, double spacing_mm);
#ifdef __cplusplus
}
#endif
#endif

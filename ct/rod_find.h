/*
 * The phantom's rods in a CT without labels: a row of parallel straight cylinders, equally far apart, roughly along
 * the patient's long axis, anywhere in the slice and turned about any angle in it.
 *
 * Discs that stand out are taken two by two as rods of a row; the row whose HU lie on a line against the phantom's
 * densities is followed from slab to slab; straight lines through its ends give every rod's axis, and the mean
 * radial profile its radius.  The patient may touch the phantom and a rod may lie partly outside the image.
 */
#ifndef CT_ROD_FIND_H
#define CT_ROD_FIND_H
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
struct rods_found {
	int axis[3];		  /* index axes of u, v (in the slice) and w (across) */
	double mm[3];		  /* voxel lengths along them */
	double from_mm, to_mm;	  /* w over which the rods are followed */
	double first_mm[2], step_mm[2]; /* (u, v) of place 0 and between places, at w = 0 */
	double first_slope[2], step_slope[2]; /* and their change per mm of w */
	double radius_mm, inner_mm; /* of a rod, and of the part whose mean is taken */
	int n_rods;
	int rod[PHANTOM_RODS];	  /* the phantom's rod at each place */
};
/*
 * Fills rods[phantom->n_rods] in the phantom's order and *found.  ERR_INVALID with the reason: no row of rods, a rod
 * missing from the row, a rod mostly outside the image, a phantom of two rods whose geometry is not given.
 */
int rods_find(struct rods_found *found, struct calibration_rod *rods, const struct volume *ct_hu,
	const struct phantom *phantom);
/* rods_find() and calibration_fit_rods(); c is untouched on failure. */
int calibration_fit_found(
	struct calibration *c, struct rods_found *found, const struct volume *ct_hu, const struct phantom *phantom);
/* (u, v) of a place's axis at w, mm. */
void rods_found_axis(double uv_mm[2], const struct rods_found *f, int place, double w_mm);
/* labels: a new uint16 volume on the CT's grid, the phantom's label numbers within inner_mm of the axes. */
int rods_found_labels(struct volume *labels, const struct rods_found *f, const struct volume *ct_hu,
	const struct phantom *phantom);
/* Means over the found cylinders; ct/rod_cylinder.c. */
int rods_found_measure(struct rods_found *f, struct calibration_rod *rods, const struct volume *ct_hu,
	const struct phantom *phantom);
#ifdef __cplusplus
}
#endif
#endif

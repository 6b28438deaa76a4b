/*
 * Averages of a CT across its slices, slab by slab, as pictures in which rods are discs; and what a disc in such a
 * picture holds.  The slices are those of the index axis nearest to the patient's long axis; positions are
 * millimetres along the index axes: (u, v) in the slice, w across it.
 */
#ifndef CT_ROD_IMAGE_H
#define CT_ROD_IMAGE_H
#include <stdint.h>
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
#define ROD_IMAGE_AIR_HU -250.0	    /* below: not phantom, kept out of a ring's mean */
#define ROD_IMAGE_OUTSIDE_HU -1500.0 /* below: padding, outside the field of view */
struct rod_stack {
	int axis[3];		  /* index axes of u, v, w */
	double mm[3];		  /* voxel lengths along them */
	int64_t slices_per_slab, n_slabs;
	int64_t n[2];		  /* pixels of a picture */
	double pixel_mm[2];	  /* whole multiples of the voxel: at least 1.2 mm */
	float *hu;		  /* (n_slabs, n[1], n[0]); NaN outside the field */
};
int rod_stack_init(struct rod_stack *s, const struct volume *ct_hu);
void rod_stack_free(struct rod_stack *s);
static inline const float *rod_stack_slab(const struct rod_stack *s, int64_t slab)
{
	return s->hu + slab * s->n[0] * s->n[1];
}
/* w of a slab's middle, mm. */
double rod_stack_w_mm(const struct rod_stack *s, int64_t slab);

struct rod_disc {
	double mean, variance;	      /* within the inner radius, HU */
	double ring_mean, ring_variance; /* 1.15 to 1.5 radii: tissue, or air where there is little else; NaN with < 30 % */
	double seen;		      /* share of the inner disc inside the image, 0..1 */
	double edge;		      /* |mean - ring mean| / sqrt(sum of variances + 4), 0 without a ring */
};
/* inner: radius of the disc whose mean is taken, in radii. */
struct rod_disc rod_disc_measure(const struct rod_stack *s, int64_t slab, const double uv_mm[2], double radius_mm,
	double inner);
#ifdef __cplusplus
}
#endif
#endif

/*
 * The lesser trochanter: bone that stands out of the femur behind and medial of the shaft, more than
 * LESSER_CLEAR_MM over the shaft's mean radius.  Its lower end is the mean place of the flank's fall below
 * its peak: that rests on the whole flank and is found again, unlike the flat tip.
 */
#ifndef CT_LESSER_H
#define CT_LESSER_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define LESSER_CLEAR_MM 3.0
struct lesser {
	double point_mm[3];   /* middle of what stands out over the 15 mm above the lower end, world */
	double lower_mm;      /* the lower end's depth below the head's centre along the shaft */
	double stands_out_mm; /* how far it stands out over the shaft */
};
struct lesser_view {
	const double *points_mm; /* (n, 3): the bone's voxels, world */
	int64_t n;
	double voxel_mm3, voxel_mm; /* volume; largest spacing */
	const double *head_mm;	    /* (3) centre */
	double head_radius_mm;
	const double *shaft_mm, *shaft_axis; /* (3) point on the axis; unit, distal */
	const double *medial, *posterior;    /* (3) unit, across the shaft */
};
/* False when nothing stands out between 1.4 and 3.2 head radii below the head's centre, or it has no lower
 * end. */
bool lesser_find(struct lesser *found, const struct lesser_view *v);
#ifdef __cplusplus
}
#endif
#endif

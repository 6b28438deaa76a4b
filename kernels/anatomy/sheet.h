/* The planes of fat that a hip film shows as dark stripes: ribbons drawn out from front to back. */
#ifndef KERNELS_ANATOMY_SHEET_H
#define KERNELS_ANATOMY_SHEET_H
#include "kernels/anatomy/sdf.h"

#define ANATOMY_SHEET_FAT 0.95
#define ANATOMY_SHEET_END_MM 8.0 /* over which a ribbon ends in front and behind */

/* From the line, in the frontal plane. */
K_FN double anatomy_sheet_across_mm(const struct anatomy_sheet *s, const double p[3])
{
	double ux = s->to_mm[0] - s->from_mm[0], uz = s->to_mm[2] - s->from_mm[2];
	double x = p[0] - s->from_mm[0], z = p[2] - s->from_mm[2];
	double t = anatomy_sdf_clamp((x * ux + z * uz) / (ux * ux + uz * uz), 0, 1);
	x -= t * ux;
	z -= t * uz;
	return sqrt(x * x + z * z);
}

K_FN double anatomy_sheet_beyond_mm(const struct anatomy_sheet *s, const double p[3])
{
	return fabs(p[1] - s->from_mm[1]) - s->half_depth_mm;
}

/* Raises the volume fraction of fat at a point to that of the sheets it lies in. */
K_FN double anatomy_sheet_fat(const struct anatomy *a, const double p[3], double width_mm, double fat, unsigned which)
{
	enum anatomy_side side = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	double share = 0;
	unsigned mine = which >> (side == ANATOMY_RIGHT ? 0 : ANATOMY_SHEETS) & ((1u << ANATOMY_SHEETS) - 1);
	for (int i = 0; mine >> i; i++) {
		const struct anatomy_sheet *s = &a->sheet[side][i];
		if (!(mine >> i & 1))
			continue;
		double here = anatomy_inside(anatomy_sheet_across_mm(s, p) - a->sheet_half_mm, width_mm) *
			      (1 - anatomy_sdf_step(-ANATOMY_SHEET_END_MM, 0, anatomy_sheet_beyond_mm(s, p)));
		share = anatomy_sdf_max(share, here);
	}
	return fat + (ANATOMY_SHEET_FAT - fat) * share;
}

K_FN unsigned anatomy_sheet_local(const struct anatomy *a, const double centre[3], double radius_mm, double width_mm)
{
	double reach = radius_mm + a->sheet_half_mm + 0.5 * width_mm;
	unsigned bits = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_SHEETS; i++) {
			const struct anatomy_sheet *s = &a->sheet[side][i];
			if (anatomy_sheet_beyond_mm(s, centre) < radius_mm && anatomy_sheet_across_mm(s, centre) < reach)
				bits |= 1u << (side * ANATOMY_SHEETS + i);
		}
	return bits;
}
#endif

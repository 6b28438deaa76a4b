/*
 * What a CT number is made of, as the kernels take it: each material's partial density (g/cm3) is a piecewise linear
 * function of HU, one set of pieces outside bone and one in bone.  A voxel's densities are
 *
 *	at_zero + per_hu * HU      of piece  p = number of knots below HU
 *
 * so an integral over many voxels needs only the sums of weight and weight x HU of each piece.  The pieces' meaning
 * and numbers are drr/materials.c's.
 */
#ifndef KERNELS_MATERIAL_RULE_H
#define KERNELS_MATERIAL_RULE_H
#include "kernels/kernel.h"

enum { MATERIAL_RULE_COUNT = 4, MATERIAL_RULE_KNOTS = 6, MATERIAL_RULE_PIECES = 7 };
struct material_line {
	double at_zero, per_hu; /* g/cm3, g/cm3 per HU */
};
struct material_rule {
	double knot_hu[2][MATERIAL_RULE_KNOTS]; /* outside bone, in bone; rising, may repeat */
	struct material_line line[2][MATERIAL_RULE_PIECES][MATERIAL_RULE_COUNT];
};

K_FN int material_rule_piece(const double *knot_hu, double hu)
{
	int piece = 0;
	for (int k = 0; k < MATERIAL_RULE_KNOTS; k++)
		piece += hu > knot_hu[k];
	return piece;
}
#endif

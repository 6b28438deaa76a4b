/* Skin and muscles: the trunk's outline and the thighs, which kernels/anatomy/tissue.h fills. */
#include "ct/anatomy_make.h"
#include "kernels/anatomy/tissue.h"

void anatomy_extent_mm(const struct anatomy *a, double *half_width, double *front_y, double *back_y)
{
	struct anatomy_trunk t = anatomy_trunk_skin(&a->params);
	*half_width = t.half_width + 4;
	*front_y = t.middle_y + t.half_depth + 4;
	*back_y = t.middle_y - t.half_depth - 4;
}

void anatomy_tissue_make(struct anatomy *a)
{
	const struct anatomy_params *p = &a->params;
	struct anatomy_trunk muscle = anatomy_trunk_muscle(p);
	double reach = muscle.half_width, radius = 0.54 * reach, fat = 0.7 * p->fat_lateral_mm + ANATOMY_SKIN_MM;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		double sign = side == ANATOMY_RIGHT ? 1 : -1;
		double top[3] = { sign * 0.47 * reach, muscle.middle_y, ANATOMY_CROTCH_MM + 10 };
		double knee[3] = { sign * 0.40 * reach, muscle.middle_y - 8, ANATOMY_CROTCH_MM - 350 };
		a->leg_muscle[side] = anatomy_cone_make(top, knee, radius, 0.66 * radius);
		a->leg[side] = anatomy_cone_make(top, knee, radius + fat, 0.66 * radius + 0.8 * fat);
	}
}

#include "ct/anatomy_raster.h"

#include "host/run/err.h"

#define CELL_MM 6.0

static double volume_of(const double step[3][3])
{
	return fabs(step[0][0] * (step[1][1] * step[2][2] - step[1][2] * step[2][1]) -
		    step[0][1] * (step[1][0] * step[2][2] - step[1][2] * step[2][0]) +
		    step[0][2] * (step[1][0] * step[2][1] - step[1][1] * step[2][0]));
}

int anatomy_raster_init(struct anatomy_raster *r, const int64_t n[3], const double to_world[4][4],
	const double world_to_body[4][4], int subsamples)
{
	if (subsamples < 1 || subsamples > 8)
		return ERR_INVALID("anatomy: %d subsamples per axis, must be 1 to 8", subsamples);
	affine_multiply(r->to_body, world_to_body, to_world);
	double spacing[3], shortest = INFINITY;
	r->width_mm = 0;
	for (int axis = 0; axis < 3; axis++) {
		for (int k = 0; k < 3; k++)
			r->step[axis][k] = r->to_body[k][axis];
		spacing[axis] = sqrt(anatomy_sdf_dot(r->step[axis], r->step[axis]));
		shortest = anatomy_sdf_min(shortest, spacing[axis]);
		r->width_mm = anatomy_sdf_max(r->width_mm, spacing[axis]);
	}
	if (!(volume_of((const double(*)[3])r->step) > 0))
		return ERR_INVALID("anatomy: the grid's affine is singular");
	r->half_diagonal_mm = 0.5 * anatomy_sdf_length(spacing[0], spacing[1], spacing[2]);
	r->sub_width_mm = 0;
	for (int k = 0; k < 3; k++) {
		r->n[k] = n[k];
		r->subsamples[k] = (int)lround(subsamples * spacing[k] / shortest);
		r->sub_width_mm += spacing[k] / r->subsamples[k] / 3;
		r->edge[k] = spacing[k] < CELL_MM ? (int)(CELL_MM / spacing[k]) : 1;
		r->cells[k] = (n[k] + r->edge[k] - 1) / r->edge[k];
	}
	return 0;
}

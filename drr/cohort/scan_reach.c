#include "drr/cohort/scan_reach.h"

#include <math.h>

#include "drr/cohort/motion.h"

#define LINE_MM 10.0
#define BEYOND_MM 100.0 /* a pose carries the body at most so far out of its own box */

/* A line along x (axis 0) or y (axis 1) of the world, seen from one of its ends. */
struct line {
	int axis;
	double across_mm, z_mm; /* the other horizontal coordinate, and the height */
};

/* From `start` towards `end` until the skin; NAN when the line misses the body. */
static double trace(const struct anatomy *a, const double world_to_body[4][4], const struct line *line,
	double start_mm, double end_mm)
{
	double towards = end_mm > start_mm ? 1 : -1;
	for (double at = start_mm; towards * (end_mm - at) > 0;) {
		double world[3] = { line->across_mm, line->across_mm, line->z_mm }, body[3];
		world[line->axis] = at;
		affine_apply(world_to_body, world, body);
		double skin = anatomy_skin_mm(a, body);
		if (skin <= 0)
			return at;
		/* The trunk's distance is one of first order: short steps. */
		at += towards * fmax(0.7 * skin, 0.5);
	}
	return NAN;
}

struct scan_reach scan_reach_of(
	const struct anatomy *a, const double body_to_world[4][4], double low_z_mm, double high_z_mm)
{
	double world_to_body[4][4], half_width, front, back;
	motion_inverse(world_to_body, body_to_world);
	anatomy_extent_mm(a, &half_width, &front, &back);
	const double low[2] = { body_to_world[0][3] - half_width - BEYOND_MM,
		body_to_world[1][3] + back - BEYOND_MM };
	const double high[2] = { body_to_world[0][3] + half_width + BEYOND_MM,
		body_to_world[1][3] + front + BEYOND_MM };
	double low_x = high[0], low_y = high[1], high_x = low[0], high_y = low[1];
	const double(*to_body)[4] = (const double(*)[4])world_to_body;
	const int levels = (int)ceil((high_z_mm - low_z_mm) / LINE_MM) + 1;
#pragma omp parallel for schedule(dynamic) reduction(min : low_x, low_y) reduction(max : high_x, high_y)
	for (int level = 0; level < levels; level++)
		for (int axis = 0; axis < 2; axis++)
			for (double across = low[!axis]; across <= high[!axis]; across += LINE_MM) {
				const struct line line = { axis, across, fmin(low_z_mm + LINE_MM * level, high_z_mm) };
				double near = trace(a, to_body, &line, low[axis], high[axis]);
				if (isnan(near))
					continue;
				double far = trace(a, to_body, &line, high[axis], low[axis]);
				if (axis == 0) {
					low_x = fmin(low_x, near);
					high_x = fmax(high_x, far);
				} else {
					low_y = fmin(low_y, near);
					high_y = fmax(high_y, far);
				}
			}
	return (struct scan_reach){ { low_x, low_y, low_z_mm }, { high_x, high_y, high_z_mm } };
}

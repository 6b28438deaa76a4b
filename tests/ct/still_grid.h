// A still grid over a box of the body, isotropic.
#ifndef TESTS_CT_STILL_GRID_H
#define TESTS_CT_STILL_GRID_H
#include <cmath>

#include "ct/anatomy.h"

inline struct anatomy_grid StillGrid(const double low[3], const double high[3], double spacing, int subsamples)
{
	struct anatomy_grid g = {};
	for (int k = 0; k < 3; k++) {
		g.n[k] = (int64_t)std::lround((high[k] - low[k]) / spacing);
		g.to_world[k][k] = spacing;
		g.to_world[k][3] = low[k] + spacing / 2;
		g.world_to_body[k][k] = 1;
	}
	g.to_world[3][3] = g.world_to_body[3][3] = 1;
	g.subsamples = subsamples;
	g.label_fraction = 0.2;
	return g;
}
#endif

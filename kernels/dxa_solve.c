#include "kernels/dxa_solve.h"

K_FN void dxa_solve_at(const struct dxa_solve_args *a, int64_t i)
{
	double tissue, mineral;
	dxa_solve_point(a->nodes, a->n_low, a->n_high, a->fat_fraction[k_div(i, a->cols)],
		(double)a->attenuation[i], (double)a->attenuation[a->n + i], &tissue, &mineral);
	a->mineral[i] = (float)mineral;
	a->tissue[i] = (float)tissue;
}
K_DEFINE(dxa_solve)

#include "kernels/transmission.h"
#include "kernels/heel.h"

K_FN void transmission_at(const struct transmission_args *a, int64_t i)
{
	double beam = heel_beam(a->heel, a->first_row + k_div(i, a->cols), a->film_rows);
	a->intensity[i] = (float)(exp(-(double)a->radiograph[i]) * beam);
}
K_DEFINE(transmission)

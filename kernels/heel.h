/* The beam's slow shading by the anode (heel effect): linear along the rows, mean 1, `heel` weaker at the
 * last row. */
#ifndef KERNELS_HEEL_H
#define KERNELS_HEEL_H
#include "kernels/kernel.h"
K_FN double heel_beam(double heel, int64_t row, int64_t rows)
{
	return 1.0 - heel * (((double)row + 0.5) / (double)rows - 0.5);
}
#endif

/* A slow image held on a coarser grid, and read by linear interpolation. */
#ifndef KERNELS_COARSE_FIELD_H
#define KERNELS_COARSE_FIELD_H
#include "kernels/kernel.h"
struct coarse_field {
	const float *values; /* (rows, cols) at the middle of each block */
	int64_t cols, rows;
	int64_t factor; /* fine pixels a block, along each axis */
};
/* Along one axis of n blocks: between which two an output pixel lies, or off which two it is extrapolated. */
K_FN int64_t coarse_field_axis(int64_t pixel, int64_t factor, int64_t n, double *fraction)
{
	double x = ((double)pixel + 0.5) / (double)factor - 0.5, last = (double)(n - 2);
	double first = floor(x < 0 ? 0 : x > last ? last : x);
	*fraction = n > 1 ? x - first : 0;
	return n > 1 ? (int64_t)first : 0;
}

/* At pixel (col, row) of the fine grid. */
K_FN double coarse_field_at(const struct coarse_field *f, int64_t col, int64_t row)
{
	double u, v;
	int64_t c = coarse_field_axis(col, f->factor, f->cols, &u);
	int64_t r = coarse_field_axis(row, f->factor, f->rows, &v);
	int64_t right = f->cols > 1 ? 1 : 0, down = f->rows > 1 ? f->cols : 0;
	const float *at = f->values + r * f->cols + c;
	return (1 - v) * ((1 - u) * (double)at[0] + u * (double)at[right]) +
	       v * ((1 - u) * (double)at[down] + u * (double)at[down + right]);
}
#endif

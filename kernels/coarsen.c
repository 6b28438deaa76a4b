#include "kernels/coarsen.h"

/* Twice the distance of a pixel's centre from the block's middle, in pixels; whole. */
K_FN k_real coarsen_weight(int64_t pixel, int64_t block, int64_t factor)
{
	int64_t twice = 2 * (pixel - block * factor) + 1 - factor;
	return (k_real)1 - (k_real)(twice < 0 ? -twice : twice) / (k_real)(2 * factor);
}

K_FN void coarsen_at(const struct coarsen_args *a, int64_t i)
{
	int64_t r = k_div(i, a->coarse_cols), c = i - r * a->coarse_cols, f = a->factor;
	int64_t left = c * f - f / 2, top = r * f - f / 2; /* the weights outside are 0 */
	int64_t right = c * f + f + f / 2, bottom = r * f + f + f / 2;
	left = left > 0 ? left : 0;
	top = top > 0 ? top : 0;
	right = right < a->cols ? right : a->cols;
	bottom = bottom < a->rows ? bottom : a->rows;
	k_real sum = 0, weight = 0;
	for (int64_t y = top; y < bottom; y++) {
		k_real row_sum = 0, row_weight = 0, wy = coarsen_weight(y, r, f);
		for (int64_t x = left; x < right; x++) {
			k_real wx = coarsen_weight(x, c, f);
			row_sum += wx * (k_real)a->in[y * a->cols + x];
			row_weight += wx;
		}
		sum += wy * row_sum;
		weight += wy * row_weight;
	}
	a->out[i] = (float)(sum / weight);
}
K_DEFINE(coarsen)

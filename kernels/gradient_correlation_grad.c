#include "kernels/gradient_correlation_grad.h"

/* Weight of a pixel in the Sobel gradient of the pixel (along, across) before it: along -1, 0, 1 differences,
 * across smooths. */
K_FN k_real gradient_correlation_grad_weight(int along, int across)
{
	return (k_real)(along * (across == 0 ? 2 : 1));
}

K_FN void gradient_correlation_grad_tile(
	const struct gradient_correlation_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	const k_master *field_x = (const k_master *)a->field_x, *field_y = (const k_master *)a->field_y;
	int64_t line = k_div(row, a->w), x = k_mod(row, a->w), y = k_mod(line, a->h), s = k_div(line, a->h);
	int64_t to = row * a->channels + c;
	k_real sum[K_TILE], factor = (k_real)a->factor;
	for (int64_t k = 0; k < count; k++)
		sum[k] = 0;
	for (int v = -1; v <= 1; v++)
		for (int u = -1; u <= 1; u++) {
			int64_t py = y - v, px = x - u; /* the interior pixel that sees this one at (u, v) */
			if (py < 1 || py > a->h - 2 || px < 1 || px > a->w - 2)
				continue;
			int64_t from = ((s * (a->h - 2) + py - 1) * (a->w - 2) + px - 1) * a->channels + c;
			k_real wx = gradient_correlation_grad_weight(u, v);
			k_real wy = gradient_correlation_grad_weight(v, u);
			for (int64_t k = 0; k < count; k++)
				sum[k] += wx * field_x[from + k] + wy * field_y[from + k];
		}
	for (int64_t k = 0; k < count; k++)
		K_STORE(a->da, to + k,
			a->accumulate ? K_LOAD(a->da, to + k) + factor * sum[k] : factor * sum[k]);
}
K_DEFINE_TILES(gradient_correlation_grad)

#include "kernels/reflect_pad_grad.h"

/* The padded positions that read position i of n: itself and its mirror images.  Returns how many. */
K_FN int reflect_pad_grad_images(int64_t *at, int64_t i, int64_t n, int64_t pad)
{
	int count = 0;
	at[count++] = pad + i;
	if (i >= 1 && i <= pad)
		at[count++] = pad - i;
	if (i <= n - 2 && i >= n - 1 - pad)
		at[count++] = pad + 2 * (n - 1) - i;
	return count;
}

K_FN void reflect_pad_grad_tile(const struct reflect_pad_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t wide = a->w + 2 * a->pad, high = a->h + 2 * a->pad, line = k_div(row, a->w);
	int64_t xs[3], ys[3], s = k_div(line, a->h), to = row * a->channels + c;
	int nx = reflect_pad_grad_images(xs, k_mod(row, a->w), a->w, a->pad);
	int ny = reflect_pad_grad_images(ys, k_mod(line, a->h), a->h, a->pad);
	k_real sum[K_TILE];
	for (int64_t k = 0; k < count; k++)
		sum[k] = a->accumulate ? K_LOAD(a->dx, to + k) : 0;
	for (int v = 0; v < ny; v++)
		for (int u = 0; u < nx; u++) {
			int64_t from = ((s * high + ys[v]) * wide + xs[u]) * a->channels + c;
			for (int64_t k = 0; k < count; k++)
				sum[k] += K_LOAD(a->dy, from + k);
		}
	for (int64_t k = 0; k < count; k++)
		K_STORE(a->dx, to + k, sum[k]);
}
K_DEFINE_TILES(reflect_pad_grad)

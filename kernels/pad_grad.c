#include "kernels/pad_grad.h"

struct pad_grad_run {
	int64_t first, count;
};

/* The padded positions that read position i of n: itself and its images.  Returns how many runs. */
K_FN int pad_grad_images(struct pad_grad_run *run, int64_t i, int64_t n, int64_t pad, enum pad_kind kind)
{
	int runs = 0;
	int low = kind == PAD_REPLICATE ? i == 0 : kind == PAD_REFLECT && i >= 1 && i <= pad;
	int high = kind == PAD_REPLICATE ? i == n - 1 : kind == PAD_REFLECT && i <= n - 2 && i >= n - 1 - pad;
	run[runs].first = pad + i;
	run[runs++].count = 1;
	if (low) {
		run[runs].first = kind == PAD_REPLICATE ? 0 : pad - i;
		run[runs++].count = kind == PAD_REPLICATE ? pad : 1;
	}
	if (high) {
		run[runs].first = kind == PAD_REPLICATE ? pad + n : pad + 2 * (n - 1) - i;
		run[runs++].count = kind == PAD_REPLICATE ? pad : 1;
	}
	return runs;
}

K_FN void pad_grad_add(const struct pad_grad_args *a, k_real *sum, int64_t line, struct pad_grad_run run, int64_t c,
	int64_t count)
{
	for (int64_t x = run.first; x < run.first + run.count; x++) {
		K_READ(dy, a->dy, (line * (a->w + 2 * a->pad) + x) * a->channels + c, count);
		for (int64_t k = 0; k < count; k++)
			sum[k] += dy[k];
	}
}

K_FN void pad_grad_tile(const struct pad_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t high = a->h + 2 * a->pad, line = k_div(row, a->w);
	struct pad_grad_run xs[3], ys[3];
	int64_t s = k_div(line, a->h), to = row * a->channels + c;
	int nx = pad_grad_images(xs, k_mod(row, a->w), a->w, a->pad, a->kind);
	int ny = pad_grad_images(ys, k_mod(line, a->h), a->h, a->pad, a->kind);
	k_real sum[K_TILE];
	K_WRITE(dx, a->dx, to, count, a->accumulate);
	for (int64_t k = 0; k < count; k++)
		sum[k] = a->accumulate ? dx[k] : 0;
	for (int v = 0; v < ny; v++)
		for (int64_t y = ys[v].first; y < ys[v].first + ys[v].count; y++)
			for (int u = 0; u < nx; u++)
				pad_grad_add(a, sum, s * high + y, xs[u], c, count);
	for (int64_t k = 0; k < count; k++)
		dx[k] = sum[k];
	K_PUT(dx, a->dx, to, count);
}
K_DEFINE_TILES(pad_grad)

#include "kernels/conv_wgrad_direct.h"

struct conv_wgrad_direct_place {
	int first_out, channel, ky,
		kx; /* first output channel of the group; input channel; kernel row and column */
};

/* int: 64-bit divisions would cost more than the sum itself. */
K_FN struct conv_wgrad_direct_place conv_wgrad_direct_place(const struct conv_wgrad_direct_args *a, int64_t g)
{
	struct conv_wgrad_direct_place p;
	int blocks = ((int)a->cout + CONV_WGRAD_DIRECT_BLOCK - 1) / CONV_WGRAD_DIRECT_BLOCK;
	int tap = (int)g / blocks / (int)a->cin;
	p.first_out = (int)g % blocks * CONV_WGRAD_DIRECT_BLOCK;
	p.channel = (int)g / blocks % (int)a->cin;
	p.ky = tap / (int)a->kw;
	p.kx = tap % (int)a->kw;
	return p;
}

K_FN void conv_wgrad_direct_term(const struct conv_wgrad_direct_args *a, int64_t g, int64_t j, k_acc *sum)
{
	struct conv_wgrad_direct_place p = conv_wgrad_direct_place(a, g);
	int row = (int)j / (int)a->ow;
	int64_t x = (int)j % (int)a->ow * a->stride - a->pad + p.kx;
	int64_t y = row % (int)a->oh * a->stride - a->pad + p.ky;
	if (x < 0 || x >= a->w || y < 0 || y >= a->h)
		return;
	k_acc value = (k_acc)K_LOAD(a->x, ((row / (int)a->oh * a->h + y) * a->w + x) * a->cin + p.channel);
	for (int k = 0; k < CONV_WGRAD_DIRECT_BLOCK; k++)
		if (p.first_out + k < a->cout)
			sum[k] += value * (k_acc)K_LOAD(a->dy, j * a->cout + p.first_out + k);
}

K_FN void conv_wgrad_direct_store(const struct conv_wgrad_direct_args *a, int64_t g, const k_acc *sum)
{
	struct conv_wgrad_direct_place p = conv_wgrad_direct_place(a, g);
	for (int k = 0; k < CONV_WGRAD_DIRECT_BLOCK && p.first_out + k < a->cout; k++) {
		int64_t i = (((p.first_out + k) * a->kh + p.ky) * a->kw + p.kx) * a->cin + p.channel;
		((k_master *)a->dweight)[i] += (k_master)sum[k];
	}
}
K_DEFINE_SUM(conv_wgrad_direct, CONV_WGRAD_DIRECT_BLOCK)

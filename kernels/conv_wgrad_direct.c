#include "kernels/conv_wgrad_direct.h"

struct conv_wgrad_direct_place {
	int first, end; /* output channels of the sum: first .. end - 1 */
	int channel;	/* input channel within its group */
	int input;	/* the same within the tensor */
	int tap, t[3];	/* kernel element */
};

/* int: 64-bit divisions would cost more than the sum itself. */
K_FN struct conv_wgrad_direct_place conv_wgrad_direct_place(const struct plugin_conv_shape *s, int64_t g)
{
	struct conv_wgrad_direct_place p;
	const int each = (int)(s->cout / s->groups), width = (int)(s->cin / s->groups);
	const int blocks = (each + CONV_WGRAD_DIRECT_BLOCK - 1) / CONV_WGRAD_DIRECT_BLOCK;
	const int block = (int)g % (blocks * (int)s->groups), group = block / blocks;
	const int rest = (int)g / (blocks * (int)s->groups);
	const int begin = block % blocks * CONV_WGRAD_DIRECT_BLOCK, left = each - begin;
	p.first = group * each + begin;
	p.end = p.first + (left < CONV_WGRAD_DIRECT_BLOCK ? left : CONV_WGRAD_DIRECT_BLOCK);
	p.channel = rest % width;
	p.input = group * width + p.channel;
	p.tap = rest / width;
	p.t[2] = p.tap % (int)s->kernel[2];
	p.t[1] = p.tap / (int)s->kernel[2] % (int)s->kernel[1];
	p.t[0] = p.tap / (int)s->kernel[2] / (int)s->kernel[1];
	return p;
}

K_FN void conv_wgrad_direct_term(const struct conv_wgrad_direct_args *a, int64_t g, int64_t j, k_acc *sum)
{
	const struct plugin_conv_shape *s = &a->s;
	const struct conv_wgrad_direct_place p = conv_wgrad_direct_place(s, g);
	int left = (int)j, place[3];
	for (int k = 2; k >= 0; k--) {
		place[k] = left % (int)s->out[k];
		left /= (int)s->out[k];
	}
	int64_t pixel = left; /* the sample */
	for (int k = 0; k < 3; k++) {
		const int64_t i = place[k] * s->stride[k] + p.t[k] * s->dilation[k] - s->pad[k];
		if (i < 0 || i >= s->in[k])
			return;
		pixel = pixel * s->in[k] + i;
	}
	const k_acc value = (k_acc)K_LOAD(a->x, pixel * s->cin + p.input);
	for (int k = 0; k < CONV_WGRAD_DIRECT_BLOCK; k++)
		if (p.first + k < p.end)
			sum[k] += value * (k_acc)K_LOAD(a->dy, j * s->cout + p.first + k);
}

K_FN void conv_wgrad_direct_store(const struct conv_wgrad_direct_args *a, int64_t g, const k_acc *sum)
{
	const struct plugin_conv_shape *s = &a->s;
	const struct conv_wgrad_direct_place p = conv_wgrad_direct_place(s, g);
	const int64_t taps = s->kernel[0] * s->kernel[1] * s->kernel[2], width = s->cin / s->groups;
	for (int k = 0; p.first + k < p.end; k++) {
		const int64_t i = ((p.first + k) * taps + p.tap) * width + p.channel;
		if (a->term) {
			K_STORE(a->dweight, i, sum[k]);
		} else {
			k_master *to = (k_master *)a->dweight + i;
			*to = (a->accumulate ? *to : 0) + (k_master)sum[k];
		}
	}
}
K_DEFINE_SUM(conv_wgrad_direct, CONV_WGRAD_DIRECT_BLOCK)

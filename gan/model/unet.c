/*
 * U-Net (Ronneberger et al. 2015) with residual-free double convolutions, strided convolutions down, bilinear
 * resizing up, and a linear head: the outputs are physical quantities and must not be squashed.
 */
#include <stdio.h>

#include "gan/model/model.h"

static const double LEAKY_SLOPE = 0.2, NORM_EPSILON = 1e-5;

static int conv_unit(struct nn_program *p, const struct model_config *config, int x, const char *name, int64_t level,
	int64_t cout, int64_t stride)
{
	bool norm = level >= config->norm_from;
	char norm_name[80];
	const struct nn_conv conv = { .cout = cout, .kernel = 3, .stride = stride, .pad = 1, .bias = !norm,
		.init = NN_INIT_HE };
	x = nn_conv(p, x, name, &conv);
	if (norm) {
		snprintf(norm_name, sizeof(norm_name), "%s.norm", name);
		x = nn_norm(p, x, norm_name, NN_NORM_INSTANCE, NORM_EPSILON);
	}
	return nn_act(p, x, NN_ACT_LEAKY, LEAKY_SLOPE);
}

static int64_t width(const struct model_config *config, int64_t level)
{
	int64_t doubled = level < 3 ? level : 3;
	return config->base << doubled;
}

int unet_build(struct nn_program *p, const struct model_config *config, int x)
{
	int skips[8];
	char name[64];
	for (int64_t l = 0; l < config->levels; l++) {
		snprintf(name, sizeof(name), "G.down%lld.a", (long long)l);
		x = conv_unit(p, config, x, name, l, width(config, l), l == 0 ? 1 : 2);
		snprintf(name, sizeof(name), "G.down%lld.b", (long long)l);
		x = conv_unit(p, config, x, name, l, width(config, l), 1);
		skips[l] = x;
	}
	for (int64_t l = config->levels - 2; l >= 0; l--) {
		struct nn_shape to = nn_shape_of(p, skips[l]);
		x = nn_cat(p, nn_resize(p, x, to.h, to.w, NN_BILINEAR), skips[l]);
		snprintf(name, sizeof(name), "G.up%lld.a", (long long)l);
		x = conv_unit(p, config, x, name, l, width(config, l), 1);
		snprintf(name, sizeof(name), "G.up%lld.b", (long long)l);
		x = conv_unit(p, config, x, name, l, width(config, l), 1);
	}
	const struct nn_conv head = { .cout = config->outputs, .kernel = 3, .stride = 1, .pad = 1, .bias = true,
		.init = NN_INIT_NORMAL_002 };
	return nn_conv(p, x, "G.head", &head);
}

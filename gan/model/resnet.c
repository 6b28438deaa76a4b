/*
 * ResNet generator of the pix2pix / CycleGAN line (Johnson et al. 2016; Zhu et al. 2017): reflect-padded 7x7 stem,
 * strided convolutions, residual blocks without activation after the sum, transposed convolutions, 7x7 head - here
 * linear, for outputs in physical units.
 */
#include <stdio.h>

#include "gan/model/model.h"

static const double NORM_EPSILON = 1e-5;

static int norm_act(struct nn_program *p, const struct model_config *config, int x, const char *name, int64_t level,
	enum nn_act act)
{
	char norm_name[80];
	snprintf(norm_name, sizeof(norm_name), "%s.norm", name);
	if (level >= config->norm_from)
		x = nn_norm(p, x, norm_name, NN_NORM_INSTANCE, NORM_EPSILON);
	return act == NN_ACT_NONE ? x : nn_act(p, x, act, 0.0);
}

static int residual_block(struct nn_program *p, const struct model_config *config, int x, int64_t block, int64_t channels)
{
	const struct nn_conv conv = { .cout = channels, .kernel = 3, .stride = 1, .pad = 1, .pad_mode = NN_PAD_REFLECT,
		.bias = config->levels < config->norm_from, .init = NN_INIT_HE };
	char name[64];
	snprintf(name, sizeof(name), "G.block%lld.a", (long long)block);
	int y = norm_act(p, config, nn_conv(p, x, name, &conv), name, config->levels, NN_ACT_RELU);
	snprintf(name, sizeof(name), "G.block%lld.b", (long long)block);
	y = norm_act(p, config, nn_conv(p, y, name, &conv), name, config->levels, NN_ACT_NONE);
	return nn_add(p, x, y);
}

int resnet_build(struct nn_program *p, const struct model_config *config, int x)
{
	char name[64];
	const struct nn_conv stem = { .cout = config->base, .kernel = 7, .stride = 1, .pad = 3,
		.pad_mode = NN_PAD_REFLECT, .bias = 0 < config->norm_from, .init = NN_INIT_HE };
	x = norm_act(p, config, nn_conv(p, x, "G.stem", &stem), "G.stem", 0, NN_ACT_RELU);
	for (int64_t l = 1; l <= config->levels; l++) {
		const struct nn_conv down = { .cout = config->base << l, .kernel = 3, .stride = 2, .pad = 1,
			.bias = l < config->norm_from, .init = NN_INIT_HE };
		snprintf(name, sizeof(name), "G.down%lld", (long long)l);
		x = norm_act(p, config, nn_conv(p, x, name, &down), name, l, NN_ACT_RELU);
	}
	for (int64_t b = 0; b < config->blocks; b++)
		x = residual_block(p, config, x, b, config->base << config->levels);
	for (int64_t l = config->levels - 1; l >= 0; l--) {
		const struct nn_conv up = { .cout = config->base << l, .kernel = 3, .stride = 2, .pad = 1, .output_pad = 1,
			.bias = l < config->norm_from, .init = NN_INIT_HE };
		snprintf(name, sizeof(name), "G.up%lld", (long long)l);
		x = norm_act(p, config, nn_conv_transpose(p, x, name, &up), name, l, NN_ACT_RELU);
	}
	const struct nn_conv head = { .cout = config->outputs, .kernel = 7, .stride = 1, .pad = 3,
		.pad_mode = NN_PAD_REFLECT, .bias = true, .init = NN_INIT_NORMAL_002 };
	return nn_conv(p, x, "G.head", &head);
}

/*
 * ConvNeXt (Liu et al. 2022; T at base 96 and blocks 9) under a feature pyramid (Lin et al. 2017): four stages from a
 * quarter of the size, depthwise 7x7, layer norm, GELU and layer scale; laterals summed top-down, each level smoothed,
 * all summed at the finest, and a linear head resized to the image.
 */
#include <stdio.h>

#include "gan/model/model.h"

enum { STAGES = 4, DEPTH = 3 };
static const double NORM_EPSILON = 1e-6, LAYER_SCALE = 1e-6;

static int conv(struct nn_program *p, int x, const char *name, int64_t cout, int64_t kernel, int64_t stride)
{
	const struct nn_conv settings = { .cout = cout, .kernel = kernel, .stride = stride,
		.pad = stride > 1 ? 0 : kernel / 2, .bias = true, .init = NN_INIT_NORMAL_002 };
	return nn_conv(p, x, name, &settings);
}

static int layer_norm(struct nn_program *p, int x, const char *name)
{
	char norm[112];
	snprintf(norm, sizeof(norm), "%s.norm", name);
	return nn_norm(p, x, norm, NN_NORM_LAYER, NORM_EPSILON);
}

static int block(struct nn_program *p, int x, const char *at, int64_t channels)
{
	char name[96];
	struct nn_conv depthwise = { .cout = channels, .kernel = 7, .stride = 1, .pad = 3, .bias = true,
		.init = NN_INIT_NORMAL_002 };
	depthwise.groups = channels;
	snprintf(name, sizeof(name), "%.80s.depthwise", at);
	int y = layer_norm(p, nn_conv(p, x, name, &depthwise), name);
	snprintf(name, sizeof(name), "%.80s.expand", at);
	y = nn_act(p, conv(p, y, name, 4 * channels, 1, 1), NN_ACT_GELU, 0);
	snprintf(name, sizeof(name), "%.80s.project", at);
	y = conv(p, y, name, channels, 1, 1);
	snprintf(name, sizeof(name), "%.80s.scale", at);
	return nn_add(p, x, nn_channel_scale(p, y, name, LAYER_SCALE));
}

/* The stages' outputs, each with a norm of its own. */
static void backbone(struct nn_program *p, const struct model_config *config, int x, int *levels)
{
	char name[64];
	for (int s = 0; s < STAGES; s++) {
		const int64_t channels = config->base << s, depth = s == 2 ? config->blocks : DEPTH;
		snprintf(name, sizeof(name), "G.down%d", s);
		if (s == 0)
			x = layer_norm(p, conv(p, x, name, channels, 4, 4), name);
		else
			x = conv(p, layer_norm(p, x, name), name, channels, 2, 2);
		for (int64_t k = 0; k < depth; k++) {
			snprintf(name, sizeof(name), "G.stage%d.%lld", s, (long long)k);
			x = block(p, x, name, channels);
		}
		snprintf(name, sizeof(name), "G.out%d", s);
		levels[s] = layer_norm(p, x, name);
	}
}

int convnext_build(struct nn_program *p, const struct model_config *config, int x)
{
	int levels[STAGES], sum = -1;
	char name[64];
	const struct nn_shape image = nn_shape_of(p, x);
	const int64_t width = (8 * config->base + 2) / 3; /* 256 at base 96 */
	backbone(p, config, x, levels);
	for (int s = STAGES - 1; s >= 0; s--) {
		snprintf(name, sizeof(name), "G.lateral%d", s);
		levels[s] = conv(p, levels[s], name, width, 1, 1);
		const struct nn_shape t = nn_shape_of(p, levels[s]);
		if (s < STAGES - 1)
			levels[s] = nn_add(p, levels[s], nn_resize(p, levels[s + 1], t.h, t.w, NN_NEAREST));
	}
	const struct nn_shape fine = nn_shape_of(p, levels[0]);
	for (int s = 0; s < STAGES; s++) {
		snprintf(name, sizeof(name), "G.smooth%d", s);
		int y = layer_norm(p, conv(p, levels[s], name, width / 2, 3, 1), name);
		y = nn_act(p, y, NN_ACT_GELU, 0);
		sum = s == 0 ? y : nn_add(p, sum, nn_resize(p, y, fine.h, fine.w, NN_BILINEAR));
	}
	return nn_resize(p, conv(p, sum, "G.head", config->outputs, 1, 1), image.h, image.w, NN_BILINEAR);
}

/*
 * HRNet (Wang et al. 2021, HRNetV2; W18 at base 18): a stem to a quarter of the size, then one to four branches, each
 * of half the resolution and twice the channels of the one above, exchanging features after every module.  The branches
 * are joined at the finest, and a linear head is resized to the image.
 */
#include <stdio.h>

#include "gan/model/model.h"

enum { BRANCHES = 4, BLOCKS = 4, STEM = 64 };
static const int MODULES[BRANCHES] = { 1, 1, 4, 3 }; /* of stage 1..4 */
static const double NORM_EPSILON = 1e-5;

static int conv_norm(struct nn_program *p, int x, const char *name, int64_t cout, int64_t kernel, int64_t stride, bool relu)
{
	const struct nn_conv conv = { .cout = cout, .kernel = kernel, .stride = stride, .pad = kernel / 2,
		.init = NN_INIT_HE };
	char norm[128];
	snprintf(norm, sizeof(norm), "%s.norm", name);
	x = nn_norm(p, nn_conv(p, x, name, &conv), norm, NN_NORM_BATCH, NORM_EPSILON);
	return relu ? nn_act(p, x, NN_ACT_RELU, 0) : x;
}

static int basic_block(struct nn_program *p, int x, const char *at, int64_t channels)
{
	char name[112];
	snprintf(name, sizeof(name), "%.90s.a", at);
	int y = conv_norm(p, x, name, channels, 3, 1, true);
	snprintf(name, sizeof(name), "%.90s.b", at);
	y = conv_norm(p, y, name, channels, 3, 1, false);
	return nn_act(p, nn_add(p, y, x), NN_ACT_RELU, 0);
}

/* 1x1 to `width`, 3x3, 1x1 to four times that. */
static int bottleneck(struct nn_program *p, int x, const char *at, int64_t width)
{
	char name[112];
	snprintf(name, sizeof(name), "%.90s.a", at);
	int y = conv_norm(p, x, name, width, 1, 1, true);
	snprintf(name, sizeof(name), "%.90s.b", at);
	y = conv_norm(p, y, name, width, 3, 1, true);
	snprintf(name, sizeof(name), "%.90s.c", at);
	y = conv_norm(p, y, name, 4 * width, 1, 1, false);
	if (nn_shape_of(p, x).c != 4 * width) {
		snprintf(name, sizeof(name), "%.90s.skip", at);
		x = conv_norm(p, x, name, 4 * width, 1, 1, false);
	}
	return nn_act(p, nn_add(p, y, x), NN_ACT_RELU, 0);
}

/* What branch `from` gives to branch `to` of another resolution: 1x1 and resizing up, or strided convolutions down. */
static int exchange(struct nn_program *p, int x, const char *at, int from, int to, struct nn_shape target, int64_t base)
{
	char name[112];
	if (from > to) {
		snprintf(name, sizeof(name), "%.90s.fuse%d%d", at, to, from);
		x = conv_norm(p, x, name, base << to, 1, 1, false);
		return nn_resize(p, x, target.h, target.w, NN_BILINEAR);
	}
	for (int k = from; k < to; k++) {
		const bool last = k == to - 1;
		snprintf(name, sizeof(name), "%.90s.fuse%d%d.%d", at, to, from, k - from);
		x = conv_norm(p, x, name, base << (last ? to : from), 3, 2, !last);
	}
	return x;
}

/* One module of n branches: blocks in each, then every branch the sum of what all give it. */
static void exchange_module(struct nn_program *p, int *x, int n, int64_t base, const char *at)
{
	int y[BRANCHES];
	char name[112];
	for (int b = 0; b < n; b++)
		for (int k = 0; k < BLOCKS; k++) {
			snprintf(name, sizeof(name), "%.90s.branch%d.block%d", at, b, k);
			x[b] = basic_block(p, x[b], name, base << b);
		}
	for (int to = 0; to < n; to++) {
		y[to] = -1;
		for (int from = 0; from < n; from++) {
			const int given = from == to ? x[from]
						     : exchange(p, x[from], at, from, to, nn_shape_of(p, x[to]), base);
			y[to] = from == 0 ? given : nn_add(p, y[to], given);
		}
		y[to] = nn_act(p, y[to], NN_ACT_RELU, 0);
	}
	for (int b = 0; b < n; b++)
		x[b] = y[b];
}

static int head(struct nn_program *p, const struct model_config *config, const int *x, struct nn_shape image)
{
	const struct nn_shape fine = nn_shape_of(p, x[0]);
	const struct nn_conv last = { .cout = config->outputs, .kernel = 1, .stride = 1, .bias = true,
		.init = NN_INIT_NORMAL_002 };
	int all[BRANCHES] = { x[0] };
	for (int b = 1; b < BRANCHES; b++)
		all[b] = nn_resize(p, x[b], fine.h, fine.w, NN_BILINEAR);
	int y = nn_cat_all(p, BRANCHES, all);
	y = conv_norm(p, y, "G.join", nn_shape_of(p, y).c, 1, 1, true);
	return nn_resize(p, nn_conv(p, y, "G.head", &last), image.h, image.w, NN_BILINEAR);
}

int hrnet_build(struct nn_program *p, const struct model_config *config, int x)
{
	int branches[BRANCHES];
	char name[64];
	const struct nn_shape image = nn_shape_of(p, x);
	x = conv_norm(p, conv_norm(p, x, "G.stem1", STEM, 3, 2, true), "G.stem2", STEM, 3, 2, true);
	for (int k = 0; k < BLOCKS; k++) {
		snprintf(name, sizeof(name), "G.stage1.block%d", k);
		x = bottleneck(p, x, name, STEM);
	}
	branches[0] = conv_norm(p, x, "G.transition1.0", config->base, 3, 1, true);
	branches[1] = conv_norm(p, x, "G.transition1.1", config->base << 1, 3, 2, true);
	for (int stage = 1; stage < BRANCHES; stage++) {
		if (stage > 1) {
			snprintf(name, sizeof(name), "G.transition%d", stage);
			branches[stage] = conv_norm(p, branches[stage - 1], name, config->base << stage, 3, 2, true);
		}
		for (int m = 0; m < MODULES[stage]; m++) {
			snprintf(name, sizeof(name), "G.stage%d.%d", stage + 1, m);
			exchange_module(p, branches, stage + 1, config->base, name);
		}
	}
	return head(p, config, branches, image);
}

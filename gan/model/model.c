#include "gan/model/model.h"

#include <string.h>

#include "host/run/err.h"

static const struct {
	const char *name;
	int (*build)(struct nn_program *p, const struct model_config *config, int x);
} generators[] = {
	{ "unet", unet_build },
	{ "resnet", resnet_build },
	{ "hrnet", hrnet_build },
	{ "convnext", convnext_build },
};
enum { GENERATORS = sizeof(generators) / sizeof(generators[0]) };

struct model_config model_config_default(void)
{
	struct model_config c = { "unet", 16, 5, 6, 2, 1, 16, 3 };
	return c;
}

static int find(const char *name)
{
	for (int i = 0; i < GENERATORS; i++)
		if (strcmp(generators[i].name, name) == 0)
			return i;
	return -1;
}

int model_check(const struct model_config *c, int64_t rows, int64_t cols)
{
	if (find(c->generator) < 0)
		return ERR_USAGE("generator '%s' is unknown: unet, resnet, hrnet or convnext", c->generator);
	if (c->base < 1 || c->levels < 1 || c->levels > 8 || c->blocks < 0 || c->outputs < 1 || c->critic_base < 1 ||
		c->critic_layers < 1 || c->critic_layers > 5)
		return ERR_USAGE("network sizes out of range: base >= 1, levels 1..8, critic_base >= 1, critic_layers 1..5");
	int64_t downsamplings = c->levels;
	if (strcmp(c->generator, "unet") == 0)
		downsamplings = c->levels - 1;
	else if (strcmp(c->generator, "resnet") != 0)
		downsamplings = 5;
	int64_t step = (int64_t)1 << downsamplings;
	if (rows % step != 0 || cols % step != 0)
		return ERR_USAGE("a view of %lld x %lld pixels cannot be halved %lld times", (long long)cols,
			(long long)rows, (long long)downsamplings);
	return 0;
}

int model_generator(struct nn_program *p, const struct model_config *config, int x)
{
	int i = find(config->generator);
	if (i < 0)
		BUG("generator '%s' was not checked", config->generator);
	return generators[i].build(p, config, x);
}

int model_critic(struct nn_program *p, const struct model_config *config, int x)
{
	return patchgan_build(p, config, x);
}

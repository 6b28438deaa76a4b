/* PatchGAN discriminator (Isola et al. 2017): 4x4 convolutions, leaky ReLU 0.2, one score a patch. */
#include <stdio.h>

#include "gan/model/model.h"

int patchgan_build(struct nn_program *p, const struct model_config *config, int x)
{
	char name[64], norm_name[80];
	for (int64_t l = 0; l <= config->critic_layers; l++) {
		int64_t doubled = l < 3 ? l : 3;
		const struct nn_conv conv = { .cout = config->critic_base << doubled, .kernel = 4,
			.stride = l < config->critic_layers ? 2 : 1, .pad = 1, .bias = l == 0, .init = NN_INIT_NORMAL_002 };
		snprintf(name, sizeof(name), "D.layer%lld", (long long)l);
		snprintf(norm_name, sizeof(norm_name), "%s.norm", name);
		x = nn_conv(p, x, name, &conv);
		if (l > 0)
			x = nn_norm(p, x, norm_name, NN_NORM_INSTANCE, 1e-5);
		x = nn_act(p, x, NN_ACT_LEAKY, 0.2);
	}
	const struct nn_conv last = { .cout = 1, .kernel = 4, .stride = 1, .pad = 1, .bias = true,
		.init = NN_INIT_NORMAL_002 };
	return nn_conv(p, x, "D.score", &last);
}

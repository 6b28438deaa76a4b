/* The training programs over one parameter set: generator step and discriminator step. */
#ifndef GAN_NETWORK_H
#define GAN_NETWORK_H
#include "gan/config.h"
#include "gan/sample.h"
#ifdef __cplusplus
extern "C" {
#endif
struct network {
	struct nn *nn;
	struct nn_program *generator_step, *critic_step; /* critic_step NULL without a GAN loss */
	int x, y;               /* inputs of the generator step, which the critic's step reads too */
};
int network_open(struct network *net, const struct device *device, const struct config *config,
	const struct sample_view *view, uint64_t seed);
void network_close(struct network *net);
/* One step on a batch: x (batch, rows, cols, 1), y (batch, rows, cols, channels), scaled. */
int network_step(struct network *net, const struct config *config, int64_t step, const float *x, const float *y);
#ifdef __cplusplus
}
#endif
#endif

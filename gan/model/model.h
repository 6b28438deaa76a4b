/* The networks, from one table: a misspelt name fails before anything is trained. */
#ifndef GAN_MODEL_MODEL_H
#define GAN_MODEL_MODEL_H
#include <stdint.h>
#include "gan/nn/nn.h"
#ifdef __cplusplus
extern "C" {
#endif
struct model_config {
	char generator[16];    /* "unet", "resnet", "hrnet" or "convnext" */
	int64_t base;          /* channels of the first level: HRNet-W18 has 18, ConvNeXt-T 96 */
	int64_t levels;        /* U-Net: resolutions; ResNet: downsamplings; fixed in the others */
	int64_t blocks;        /* ResNet: residual blocks; ConvNeXt: blocks of the third stage, 9 in ConvNeXt-T */
	int64_t norm_from;     /* U-Net, ResNet: first level with instance norm; levels above it keep absolute intensities */
	int64_t outputs;       /* output channels */
	int64_t critic_base;   /* PatchGAN: channels of its first layer */
	int64_t critic_layers; /* PatchGAN: strided layers */
};
struct model_config model_config_default(void);
int model_check(const struct model_config *config, int64_t rows, int64_t cols); /* ERR_USAGE */
/* x (n, rows, cols, 1) -> (n, rows, cols, outputs), linear; parameters "G...". */
int model_generator(struct nn_program *p, const struct model_config *config, int x);
/* x (n, rows, cols, 1 + outputs) -> patch scores (n, r, c, 1); parameters "D...". */
int model_critic(struct nn_program *p, const struct model_config *config, int x);

int unet_build(struct nn_program *p, const struct model_config *config, int x);
int hrnet_build(struct nn_program *p, const struct model_config *config, int x);
int convnext_build(struct nn_program *p, const struct model_config *config, int x);
int resnet_build(struct nn_program *p, const struct model_config *config, int x);
int patchgan_build(struct nn_program *p, const struct model_config *config, int x);
#ifdef __cplusplus
}
#endif
#endif

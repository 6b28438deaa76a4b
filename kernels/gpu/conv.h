/*
 * Convolutions of the plugin's table: tuned cuDNN plans, and our own kernel for weight gradients that the
 * installed cuDNN has no deterministic engine for (a one-channel stem in bfloat16 is the likeliest; 9.19 has
 * one).
 */
#ifndef KERNELS_GPU_CONV_H
#define KERNELS_GPU_CONV_H
#include <stddef.h>
#include "host/run/plugin.h"
/* Equal shapes share their plans.  Not while a graph is recorded: it allocates and times. */
int conv_open(struct plugin_device *device, struct plugin_conv **conv, const struct plugin_conv_shape *shape,
	size_t *workspace_bytes);
void conv_close(struct plugin_conv *conv);
void conv_close_all(struct plugin_device *device);
int conv_forward(struct plugin_conv *conv, void *y, const void *x, const void *weight, void *workspace);
int conv_backward_data(
	struct plugin_conv *conv, void *dx, const void *dy, const void *weight, void *workspace);
int conv_backward_weight(struct plugin_conv *conv, void *dweight, const void *x, const void *dy,
	enum plugin_dweight how, void *workspace);
#endif

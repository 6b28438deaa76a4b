/* Starts a kernel by its operator's name; kernels/kernel.h says what maps and sums are. */
#ifndef KERNELS_GPU_LAUNCH_H
#define KERNELS_GPU_LAUNCH_H
#include <stdint.h>
#include "host/run/plugin.h"
int launch_map(
	struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args, int64_t n);
int launch_sum(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
	int64_t groups, int64_t count);
int launch_channel_sum(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
	int64_t samples, int64_t channels, int64_t count);
#endif

/* Device memory.  Copies within the device are queued; of copies across the bus the host's memory may be used
 * again on return. */
#ifndef KERNELS_GPU_GPU_MEMORY_H
#define KERNELS_GPU_GPU_MEMORY_H
#include <stddef.h>
#include "host/run/plugin.h"
int gpu_memory_alloc(struct plugin_device *device, void **address, size_t bytes);
void gpu_memory_free(struct plugin_device *device, void *address);
int gpu_memory_available(struct plugin_device *device, size_t *bytes);
int gpu_memory_to_device(struct plugin_device *device, void *to, const void *from, size_t bytes);
int gpu_memory_to_host(struct plugin_device *device, void *to, const void *from, size_t bytes);
int gpu_memory_on_device(struct plugin_device *device, void *to, const void *from, size_t bytes);
int gpu_memory_zero(struct plugin_device *device, void *address, size_t bytes);
#endif

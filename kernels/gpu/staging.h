/* Pinned host memory through which values go to the GPU while the program runs on: take a block, fill it, send it.  A block
 * is handed out again once its copy has happened. */
#ifndef KERNELS_GPU_STAGING_H
#define KERNELS_GPU_STAGING_H
#include <cuda_runtime_api.h>
#include <stdbool.h>
#include <stddef.h>
#include "host/run/plugin.h"

enum { STAGING_SMALL_BYTES = 4096, STAGING_SMALL = 32, STAGING_LARGE = 4 };

struct staging_block {
	void *host;
	size_t bytes;
	cudaEvent_t sent;
	bool busy; /* sent, and not yet known to have arrived */
};
/* {0} is valid and empty. */
struct staging {
	struct staging_block small[STAGING_SMALL], large[STAGING_LARGE]; /* in turns; a large one grows to what it is asked for */
	int next_small, next_large;
};
/* Waits where the block's last copy is still under way. */
int staging_take(struct plugin_device *device, void **host, size_t bytes);
/* Queues the copy of a block that was taken, from its start. */
int staging_send(struct plugin_device *device, void *to, const void *host, size_t bytes);
void staging_close(struct staging *staging);
#endif

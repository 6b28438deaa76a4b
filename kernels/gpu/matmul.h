/* Batches of matrix products of the plugin's table, through cuBLASLt: sums in float without TF32, and without splitting
 * a sum, so that results are the same bits every time. */
#ifndef KERNELS_GPU_MATMUL_H
#define KERNELS_GPU_MATMUL_H
#include <stddef.h>
#include "host/run/plugin.h"
/* Not while a graph is recorded: it may load code. */
int matmul_open(struct plugin_device *device, struct plugin_matmul **matmul,
	const struct plugin_matmul_shape *shape, size_t *workspace_bytes);
void matmul_close(struct plugin_matmul *matmul); /* accepts NULL */
void matmul_close_all(struct plugin_device *device);
int matmul_run(struct plugin_matmul *matmul, void *c, const void *a, const void *b, void *workspace);
#endif

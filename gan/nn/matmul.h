/*
 * A batch of planned matrix products, C = op(A) op(B), row by row: the second operator with a body of its own on each
 * backend.  Dense matrices, one after the other.
 */
#ifndef GAN_NN_MATMUL_H
#define GAN_NN_MATMUL_H
#include <stddef.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif

struct matmul_backend {
	/* context: that of the convolutions of the same device.  shape->elem is filled in by the backend. */
	int (*open)(void **matmul, void *context, const struct plugin_matmul_shape *shape, size_t *workspace_bytes);
	void (*close)(void *matmul); /* accepts NULL */
	int (*run)(void *matmul, void *c, const void *a, const void *b, void *workspace);
};
extern const struct matmul_backend matmul_ref, matmul_onednn, matmul_cuda;
const struct matmul_backend *matmul_backend_of(const struct device *device);

#ifdef __cplusplus
}
#endif
#endif

/* A convolution's three passes as cuDNN operation graphs (cuDNN 9 developer guide, graph API, backend). */
#ifndef KERNELS_GPU_CUDNN_CONV_H
#define KERNELS_GPU_CUDNN_CONV_H
#include "host/run/plugin.h"
#include "kernels/gpu/cudnn_graph.h"
#ifdef __cplusplus
extern "C" {
#endif

enum cudnn_conv_pass {
	CUDNN_CONV_FORWARD,
	CUDNN_CONV_BACKWARD_DATA,
	CUDNN_CONV_BACKWARD_WEIGHT,
	CUDNN_CONV_PASSES
};
enum { CUDNN_CONV_X = 1, CUDNN_CONV_WEIGHT, CUDNN_CONV_Y }; /* tensor ids; also of their gradients */

const char *cudnn_conv_pass_name(enum cudnn_conv_pass pass);
/* Spatial dimensions, 2 or 3. */
int cudnn_conv_axes(const struct plugin_conv_shape *shape);
/* Checks sizes, groups and that the output's size belongs to the input's; every tensor below 2^31 elements. */
int cudnn_conv_check(const struct plugin_conv_shape *shape);
/* handle NULL: for a device that is only described.  The last part is the operation graph.  Accumulates in
 * float; the weight gradient has the storage of the weights. */
int cudnn_conv_graph(struct cudnn_graph *graph, const struct plugin_conv_shape *shape,
	enum cudnn_conv_pass pass, cudnnHandle_t handle);
#ifdef __cplusplus
}
#endif
#endif

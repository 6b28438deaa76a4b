/*
 * cuDNN's backend descriptors in a few words: make one from a list of attributes, tensors in NHWC order, and
 * collect what was made so that one call frees it.
 */
#ifndef KERNELS_GPU_CUDNN_GRAPH_H
#define KERNELS_GPU_CUDNN_GRAPH_H
#include <stdint.h>
#include <cudnn_graph.h>
#ifdef __cplusplus
extern "C" {
#endif

enum { CUDNN_GRAPH_PARTS = 8, CUDNN_GRAPH_DIMS = 5 };

/* Owns the descriptors of one operation graph; {0} is empty. */
struct cudnn_graph {
	cudnnBackendDescriptor_t part[CUDNN_GRAPH_PARTS]; /* in the order of their making */
	int n;
};
struct cudnn_graph_attribute {
	cudnnBackendAttributeName_t name;
	cudnnBackendAttributeType_t type;
	int64_t count;
	const void *values;
};
void cudnn_graph_free(struct cudnn_graph *graph);
/* A finalized descriptor the caller owns. */
int cudnn_graph_descriptor(cudnnBackendDescriptor_t *made, cudnnBackendDescriptorType_t type,
	const struct cudnn_graph_attribute *attributes, int n);
/* The same, owned by the graph; *made may be used as an attribute of later parts. */
int cudnn_graph_add(struct cudnn_graph *graph, cudnnBackendDescriptor_t *made,
	cudnnBackendDescriptorType_t type, const struct cudnn_graph_attribute *attributes, int n);
/* dims (n_dims): n, c, [d,] h, w (or cout, cin, ...) of a dense tensor that is stored n, [d,] h, w, c. */
int cudnn_graph_tensor(struct cudnn_graph *graph, cudnnBackendDescriptor_t *made, int64_t id,
	cudnnDataType_t type, const int64_t *dims, int n_dims);
#ifdef __cplusplus
}
#endif
#endif

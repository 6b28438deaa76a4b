/*
 * cuDNN's graph library, opened at run time, so that the plugin also serves machines without it (projection
 * needs no convolutions).  Looked for in the folders of $XBMD_CUDA_LIBS (colon list), the linker's path, the
 * Python installations' nvidia wheels, and the CUDA toolkit.
 */
#ifndef KERNELS_GPU_CUDNN_LIBRARY_H
#define KERNELS_GPU_CUDNN_LIBRARY_H
#include <cudnn_graph.h>
#ifdef __cplusplus
extern "C" {
#endif

struct cudnn_library {
	size_t (*version)(void);
	const char *(*error_string)(cudnnStatus_t status);
	void (*last_error)(char *message, size_t bytes);
	cudnnStatus_t (*create)(cudnnHandle_t *handle);
	cudnnStatus_t (*destroy)(cudnnHandle_t handle);
	cudnnStatus_t (*set_stream)(cudnnHandle_t handle, cudaStream_t stream);
	cudnnStatus_t (*descriptor_create)(
		cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t *descriptor);
	cudnnStatus_t (*descriptor_destroy)(cudnnBackendDescriptor_t descriptor);
	cudnnStatus_t (*descriptor_finalize)(cudnnBackendDescriptor_t descriptor);
	cudnnStatus_t (*set_attribute)(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
		cudnnBackendAttributeType_t type, int64_t count, const void *values);
	cudnnStatus_t (*get_attribute)(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
		cudnnBackendAttributeType_t type, int64_t most, int64_t *count, void *values);
	cudnnStatus_t (*execute)(
		cudnnHandle_t handle, cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t variant_pack);
};

/* NULL with the reason in why_last(). */
const struct cudnn_library *cudnn_library(void);
/* 0, or -1 with "what: status: cuDNN's own explanation" in why_last(). */
int cudnn_library_check(cudnnStatus_t status, const char *what);
#ifdef __cplusplus
}
#endif
#endif

/*
 * From an operation graph to plans that run: cuDNN's heuristic proposals, without engines that are
 * non-deterministic or compile at run time; in float also without those that round their inputs (TF32) or use
 * transforms (Winograd, FFT).
 */
#ifndef KERNELS_GPU_CUDNN_PLAN_H
#define KERNELS_GPU_CUDNN_PLAN_H
#include <stddef.h>
#include "host/run/plugin.h"
#include "kernels/gpu/cudnn_graph.h"
#ifdef __cplusplus
extern "C" {
#endif

enum { CUDNN_PLAN_MOST = 8 };

/* Where plans shall run: a GPU's handle, or (device-less checks) a CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR. */
struct cudnn_plan_target {
	cudnnHandle_t handle;
	cudnnBackendDescriptor_t deviceprop;
};
/* Owns; {0} is empty. */
struct cudnn_plan {
	cudnnBackendDescriptor_t plan, config;
	size_t workspace_bytes;
	int64_t engine;
	int tensor_cores;
};
void cudnn_plan_free(struct cudnn_plan *plan);
/* Up to CUDNN_PLAN_MOST plans, cuDNN's first choice first; *n = 0 when there is none. */
int cudnn_plan_find(struct cudnn_plan plans[CUDNN_PLAN_MOST], int *n, const struct cudnn_graph *graph,
	const struct cudnn_plan_target *target, enum plugin_elem elem);
/* pointers by tensor id 1, 2, 3 (CUDNN_CONV_X, ...): device addresses, 16-byte aligned. */
int cudnn_plan_run(
	cudnnHandle_t handle, const struct cudnn_plan *plan, void *const pointers[3], void *workspace);
#ifdef __cplusplus
}
#endif
#endif

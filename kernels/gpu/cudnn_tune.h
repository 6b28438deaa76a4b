/*
 * Chooses among the plans of one pass by timing them on the GPU.  A later plan must beat cuDNN's first choice
 * by 10 %, so that noise does not change engines from run to run; XBMD_CUDA_TUNE=0 always takes the first
 * choice.
 */
#ifndef KERNELS_GPU_CUDNN_TUNE_H
#define KERNELS_GPU_CUDNN_TUNE_H
#include "kernels/gpu/cudnn_plan.h"
#include "kernels/gpu/gpu.h"
/* bytes: of the tensors by id - 1.  best takes the winner; the other plans are freed. */
int cudnn_tune(struct plugin_device *device, struct cudnn_plan *best, struct cudnn_plan *plans, int n,
	const size_t bytes[3]);
#endif

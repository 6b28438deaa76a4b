/* One GPU: its stream, its kernels, its cuDNN handle and the convolutions tuned on it. */
#ifndef KERNELS_GPU_GPU_H
#define KERNELS_GPU_GPU_H
#include <cublasLt.h>
#include <cuda_runtime_api.h>
#include <cudnn_graph.h>
#include <stdbool.h>
#include "host/run/plugin.h"
#include "kernels/gpu/staging.h"

enum { GPU_KERNELS = 512 };

struct gpu_kernel {
	const char *op; /* the caller's name, a string constant */
	cudaKernel_t kernel;
};
struct plugin_device {
	int ordinal;
	cudaStream_t stream;			  /* all work, in order */
	cudaStream_t side;			  /* a weight gradient beside the gradient of the data */
	cudaEvent_t forked, joined;
	bool beside;   /* what the side does is not yet waited for */
	bool one_line; /* nothing goes to the side: a graph without branches is being recorded */
	cudaLibrary_t library[2];		  /* by enum plugin_elem; loaded by gpu_open */
	struct gpu_kernel kernel[2][GPU_KERNELS]; /* found so far */
	int n_kernels[2];
	double *part_sums;	   /* of channel sums that take several blocks (kernels/gpu_parts.h) */
	unsigned *parts_done;
	struct staging staging;
	cudnnHandle_t cudnn_side; /* for the side */
	cudnnHandle_t cudnn;	   /* NULL until the first convolution */
	cublasLtHandle_t cublas;   /* NULL until the first matrix product */
	struct plugin_conv *convs; /* tuned so far, shared by shape */
};

int gpu_count(int *count);
int gpu_info(int ordinal, struct plugin_device_info *info);
int gpu_open(struct plugin_device **device, int ordinal);
void gpu_close(struct plugin_device *device);
int gpu_synchronize(struct plugin_device *device);
/* Makes it this thread's current GPU, and what follows wait for the side; first line of every call that takes a device. */
int gpu_use(struct plugin_device *device);
/* The same without that wait. */
int gpu_choose(const struct plugin_device *device);
/*
 * What is queued between the two runs on the side, after all that was queued before and beside what is queued next, until a
 * call waits for it by gpu_use().  Memory that it reads or writes must not be written in the meantime; channel sums, which share
 * part_sums, stay off the side.
 */
int gpu_side_begin(struct plugin_device *device);
int gpu_side_end(struct plugin_device *device);
#endif

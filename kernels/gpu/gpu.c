#include "kernels/gpu/gpu.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernels/gpu_parts.h"
#include "kernels/gpu/conv.h"
#include "kernels/gpu/fatbin.h"
#include "kernels/gpu/matmul.h"
#include "kernels/gpu/why.h"

int gpu_count(int *count)
{
	int driver = 0;
	*count = 0;
	cudaError_t error = cudaGetDeviceCount(count);
	/* Without a driver CUDA only says that it is too old. */
	if (error != cudaSuccess && cudaDriverGetVersion(&driver) == cudaSuccess && driver == 0)
		return why_cuda(error, "no NVIDIA driver on this machine");
	return why_cuda(error, "CUDA");
}

int gpu_info(int ordinal, struct plugin_device_info *info)
{
	struct cudaDeviceProp p;
	if (why_cuda(cudaGetDeviceProperties(&p, ordinal), "CUDA device properties") != 0)
		return -1;
	*info = (struct plugin_device_info){
		.major = p.major, .minor = p.minor, .memory_bytes = p.totalGlobalMem
	};
	snprintf(info->name, sizeof(info->name), "%.*s", (int)sizeof(info->name) - 1, p.name);
	return 0;
}

int gpu_choose(const struct plugin_device *device)
{
	return why_cuda(cudaSetDevice(device->ordinal), "choosing the GPU");
}

int gpu_use(struct plugin_device *device)
{
	if (gpu_choose(device) != 0)
		return -1;
	if (!device->beside)
		return 0;
	device->beside = false;
	return why_cuda(cudaStreamWaitEvent(device->stream, device->joined, 0), "waiting for the side stream");
}

static void swap_streams(struct plugin_device *device)
{
	const cudaStream_t stream = device->stream;
	const cudnnHandle_t cudnn = device->cudnn;
	device->stream = device->side;
	device->side = stream;
	device->cudnn = device->cudnn_side;
	device->cudnn_side = cudnn;
}

int gpu_side_begin(struct plugin_device *device)
{
	if (device->one_line)
		return gpu_use(device);
	if (gpu_use(device) != 0 || why_cuda(cudaEventRecord(device->forked, device->stream), "CUDA event") != 0 ||
		why_cuda(cudaStreamWaitEvent(device->side, device->forked, 0), "starting the side stream") != 0)
		return -1;
	swap_streams(device);
	return 0;
}

int gpu_side_end(struct plugin_device *device)
{
	if (device->one_line)
		return 0;
	const cudaError_t error = cudaEventRecord(device->joined, device->stream);
	swap_streams(device);
	device->beside = true;
	return why_cuda(error, "CUDA event");
}

static int open_streams(struct plugin_device *device)
{
	if (why_cuda(cudaStreamCreateWithFlags(&device->stream, cudaStreamNonBlocking), "CUDA stream") != 0 ||
		why_cuda(cudaStreamCreateWithFlags(&device->side, cudaStreamNonBlocking), "CUDA stream") != 0 ||
		why_cuda(cudaEventCreateWithFlags(&device->forked, cudaEventDisableTiming), "CUDA event") != 0)
		return -1;
	return why_cuda(cudaEventCreateWithFlags(&device->joined, cudaEventDisableTiming), "CUDA event");
}

static int open_sums(struct plugin_device *device)
{
	const size_t sums = (size_t)K_PARTS_MOST * K_PART_SUMS * K_PART_LANES * sizeof(*device->part_sums);
	const size_t done = K_PARTS_MOST * sizeof(*device->parts_done);
	if (why_cuda(cudaMalloc((void **)&device->part_sums, sums), "memory for sums") != 0 ||
		why_cuda(cudaMalloc((void **)&device->parts_done, done), "memory for sums") != 0)
		return -1;
	return why_cuda(cudaMemset(device->parts_done, 0, done), "memory for sums");
}

static int open_parts(struct plugin_device *device)
{
	if (gpu_choose(device) != 0 || open_streams(device) != 0)
		return -1;
	for (int elem = 0; elem < 2; elem++) {
		cudaError_t error = cudaLibraryLoadData(&device->library[elem],
			fatbin_of((enum plugin_elem)elem), NULL, NULL, 0, NULL, NULL, 0);
		if (why_cuda(error, "loading the kernels (built for sm_80, sm_90 and newer)") != 0)
			return -1;
	}
	return open_sums(device);
}

int gpu_open(struct plugin_device **device, int ordinal)
{
	*device = calloc(1, sizeof(**device));
	if (!*device)
		return why_set("no memory for a device");
	(*device)->ordinal = ordinal;
	if (open_parts(*device) == 0)
		return 0;
	gpu_close(*device);
	*device = NULL;
	return -1;
}

void gpu_close(struct plugin_device *device)
{
	if (!device)
		return;
	if (gpu_use(device) == 0) {
		conv_close_all(device);
		matmul_close_all(device);
		for (int elem = 0; elem < 2; elem++)
			if (device->library[elem])
				(void)cudaLibraryUnload(device->library[elem]);
		staging_close(&device->staging);
		(void)cudaFree(device->part_sums);
		(void)cudaFree(device->parts_done);
		if (device->forked)
			(void)cudaEventDestroy(device->forked);
		if (device->joined)
			(void)cudaEventDestroy(device->joined);
		if (device->side)
			(void)cudaStreamDestroy(device->side);
		if (device->stream)
			(void)cudaStreamDestroy(device->stream);
	}
	free(device);
}

int gpu_synchronize(struct plugin_device *device)
{
	if (gpu_use(device) != 0)
		return -1;
	return why_cuda(cudaStreamSynchronize(device->stream), "waiting for the GPU");
}

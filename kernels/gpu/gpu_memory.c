#include "kernels/gpu/gpu_memory.h"

#include <string.h>

#include "kernels/gpu/gpu.h"
#include "kernels/gpu/why.h"

int gpu_memory_alloc(struct plugin_device *device, void **address, size_t bytes)
{
	*address = NULL;
	if (gpu_use(device) != 0)
		return -1;
	return why_cuda(cudaMalloc(address, bytes), "cudaMalloc");
}

void gpu_memory_free(struct plugin_device *device, void *address)
{
	if (address && gpu_use(device) == 0)
		(void)cudaFree(address); /* waits for the work that uses it */
}

int gpu_memory_available(struct plugin_device *device, size_t *bytes)
{
	size_t total;
	*bytes = 0;
	if (gpu_use(device) != 0)
		return -1;
	return why_cuda(cudaMemGetInfo(bytes, &total), "cudaMemGetInfo");
}

static int copy(struct plugin_device *device, void *to, const void *from, size_t bytes,
	enum cudaMemcpyKind kind, const char *what)
{
	if (gpu_use(device) != 0)
		return -1;
	return why_cuda(cudaMemcpyAsync(to, from, bytes, kind, device->stream), what);
}

/* What is small, as the numbers of a step are, does not wait for what is queued before it. */
static int small_to_device(struct plugin_device *device, void *to, const void *from, size_t bytes)
{
	void *host;
	if (staging_take(device, &host, bytes) != 0)
		return -1;
	memcpy(host, from, bytes);
	return staging_send(device, to, host, bytes);
}

int gpu_memory_to_device(struct plugin_device *device, void *to, const void *from, size_t bytes)
{
	if (bytes <= STAGING_SMALL_BYTES)
		return small_to_device(device, to, from, bytes);
	if (copy(device, to, from, bytes, cudaMemcpyHostToDevice, "copy to the GPU") != 0)
		return -1;
	return gpu_synchronize(device);
}

int gpu_memory_to_host(struct plugin_device *device, void *to, const void *from, size_t bytes)
{
	if (copy(device, to, from, bytes, cudaMemcpyDeviceToHost, "copy from the GPU") != 0)
		return -1;
	return gpu_synchronize(device);
}

int gpu_memory_on_device(struct plugin_device *device, void *to, const void *from, size_t bytes)
{
	return copy(device, to, from, bytes, cudaMemcpyDeviceToDevice, "copy on the GPU");
}

int gpu_memory_zero(struct plugin_device *device, void *address, size_t bytes)
{
	if (gpu_use(device) != 0)
		return -1;
	return why_cuda(cudaMemsetAsync(address, 0, bytes, device->stream), "zeroing on the GPU");
}

#include "kernels/gpu/launch.h"

#include <stdio.h>
#include <string.h>

#include "kernels/gpu_parts.h"
#include "kernels/gpu/gpu.h"
#include "kernels/gpu/why.h"

/* Threads a block: K_LANES of kernels/kernel.h, which the sums' order is built on. */
enum { BLOCK = 256, MAP_BLOCKS_MOST = 1 << 20, SUM_BLOCKS_MOST = 65535 };

static int find_kernel(
	struct plugin_device *device, const char *op, enum plugin_elem elem, cudaKernel_t *kernel)
{
	struct gpu_kernel *known = device->kernel[elem];
	int n = device->n_kernels[elem];
	for (int i = 0; i < n; i++) {
		if (strcmp(known[i].op, op) == 0) {
			*kernel = known[i].kernel;
			return 0;
		}
	}
	char name[128];
	snprintf(name, sizeof(name), "%s_%s", op, elem == PLUGIN_BF16 ? "bf16" : "f32");
	if (why_cuda(cudaLibraryGetKernel(kernel, device->library[elem], name), name) != 0)
		return -1;
	if (n < GPU_KERNELS)
		known[device->n_kernels[elem]++] = (struct gpu_kernel){ op, *kernel };
	return 0;
}

/* Arguments travel by value: CUDA knows the size of each parameter from the kernel itself. */
static int launch(struct plugin_device *device, const char *op, enum plugin_elem elem, int64_t blocks,
	void **parameters)
{
	cudaKernel_t kernel;
	if (gpu_use(device) != 0 || find_kernel(device, op, elem, &kernel) != 0)
		return -1;
	const dim3 grid = { (unsigned)blocks, 1, 1 }, block = { BLOCK, 1, 1 };
	return why_cuda(
		cudaLaunchKernel((const void *)kernel, grid, block, parameters, 0, device->stream), op);
}

int launch_map(
	struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args, int64_t n)
{
	int64_t blocks = (n + BLOCK - 1) / BLOCK;
	void *parameters[] = { (void *)(uintptr_t)args, &n };
	if (n <= 0)
		return 0;
	return launch(device, op, elem, blocks < MAP_BLOCKS_MOST ? blocks : MAP_BLOCKS_MOST, parameters);
}

int launch_sum(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
	int64_t groups, int64_t count)
{
	void *parameters[] = { (void *)(uintptr_t)args, &groups, &count };
	if (groups <= 0)
		return 0;
	return launch(device, op, elem, groups < SUM_BLOCKS_MOST ? groups : SUM_BLOCKS_MOST, parameters);
}

static int64_t at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int launch_channel_sum(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
	int64_t samples, int64_t channels, int64_t count)
{
	enum { TERMS = 4 }; /* at least, of a thread where there are several runs */
	struct k_parts p = { .sums = device->part_sums, .done = device->parts_done, .lanes = K_PART_LANES };
	if (samples <= 0 || channels <= 0)
		return 0;
	while (p.lanes / 2 >= channels)
		p.lanes /= 2;
	p.tiles = (int)((channels + p.lanes - 1) / p.lanes);
	const int64_t groups = samples * p.tiles;
	int64_t runs = at_most(K_PARTS_MOST / groups, count / (BLOCK / p.lanes * TERMS));
	if (runs < 1 || groups > K_PARTS_MOST)
		runs = 1;
	p.length = (count + runs - 1) / runs;
	p.segments = runs > 1 ? (int)((count + p.length - 1) / p.length) : 1;
	void *parameters[] = { (void *)(uintptr_t)args, &count, &p };
	return launch(device, op, elem, groups * p.segments, parameters);
}

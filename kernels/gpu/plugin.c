/* The plugin's one exported symbol: the table of host/run/plugin.h. */
#include "host/run/plugin.h"

#include <pthread.h>
#include <stdio.h>

#include "kernels/gpu/conv.h"
#include "kernels/gpu/cudnn_library.h"
#include "kernels/gpu/gpu.h"
#include "kernels/gpu/gpu_memory.h"
#include "kernels/gpu/graph.h"
#include "kernels/gpu/launch.h"
#include "kernels/gpu/matmul.h"
#include "kernels/gpu/why.h"

static pthread_once_t versions_once = PTHREAD_ONCE_INIT;
static char versions_text[640];

static void write_versions(void)
{
	const struct cudnn_library *cudnn = cudnn_library();
	int n = snprintf(versions_text, sizeof(versions_text), "CUDA %d.%d, kernels for %s, ",
		CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10, XBMD_CUDA_ARCHITECTURES);
	size_t room = sizeof(versions_text) - (size_t)n;
	if (cudnn) {
		size_t v = cudnn->version();
		snprintf(versions_text + n, room, "cuDNN %zu.%zu.%zu", v / 10000, v % 10000 / 100, v % 100);
	} else {
		snprintf(versions_text + n, room, "convolutions unavailable: %s", why_last());
	}
}

static const char *versions(void)
{
	pthread_once(&versions_once, write_versions);
	return versions_text;
}

static const struct plugin_api table = {
	.abi = PLUGIN_ABI,
	.last_error = why_last,
	.versions = versions,
	.device_count = gpu_count,
	.device_info = gpu_info,
	.device_open = gpu_open,
	.device_close = gpu_close,
	.synchronize = gpu_synchronize,
	.memory_alloc = gpu_memory_alloc,
	.memory_free = gpu_memory_free,
	.memory_available = gpu_memory_available,
	.memory_to_device = gpu_memory_to_device,
	.memory_to_host = gpu_memory_to_host,
	.memory_on_device = gpu_memory_on_device,
	.memory_zero = gpu_memory_zero,
	.staging_take = staging_take,
	.staging_send = staging_send,
	.launch_map = launch_map,
	.launch_sum = launch_sum,
	.launch_channel_sum = launch_channel_sum,
	.conv_open = conv_open,
	.conv_close = conv_close,
	.conv_forward = conv_forward,
	.conv_backward_data = conv_backward_data,
	.conv_backward_weight = conv_backward_weight,
	.matmul_open = matmul_open,
	.matmul_close = matmul_close,
	.matmul_run = matmul_run,
	.graph_begin = graph_begin,
	.graph_end = graph_end,
	.graph_launch = graph_launch,
	.graph_free = graph_free,
};

__attribute__((visibility("default"))) const struct plugin_api *plugin_open(void);

const struct plugin_api *plugin_open(void)
{
	return &table;
}

#include "kernels/gpu/graph.h"

#include "kernels/gpu/gpu.h"
#include "kernels/gpu/why.h"

int graph_begin(struct plugin_device *device, int branches)
{
	if (gpu_use(device) != 0)
		return -1;
	/* Thread-local: another thread's cudaMalloc must not spoil the recording. */
	if (why_cuda(cudaStreamBeginCapture(device->stream, cudaStreamCaptureModeThreadLocal),
		    "recording a CUDA graph") != 0)
		return -1;
	device->one_line = !branches;
	return 0;
}

int graph_end(struct plugin_device *device, void **graph, size_t *nodes)
{
	cudaGraph_t recorded = NULL;
	cudaGraphExec_t ready = NULL;
	*graph = NULL;
	*nodes = 0;
	device->one_line = false;
	int rc = gpu_use(device);
	if (why_cuda(cudaStreamEndCapture(device->stream, &recorded), "ending a CUDA graph's recording") != 0)
		return -1;
	if (rc != 0) {
		(void)cudaGraphDestroy(recorded);
		return -1;
	}
	cudaError_t error = cudaGraphGetNodes(recorded, NULL, nodes);
	if (error == cudaSuccess)
		error = cudaGraphInstantiate(&ready, recorded, 0);
	(void)cudaGraphDestroy(recorded);
	if (why_cuda(error, "building a CUDA graph") != 0)
		return -1;
	*graph = ready;
	return 0;
}

int graph_launch(struct plugin_device *device, void *graph)
{
	if (gpu_use(device) != 0)
		return -1;
	return why_cuda(cudaGraphLaunch((cudaGraphExec_t)graph, device->stream), "CUDA graph");
}

void graph_free(void *graph)
{
	if (graph)
		(void)cudaGraphExecDestroy((cudaGraphExec_t)graph);
}

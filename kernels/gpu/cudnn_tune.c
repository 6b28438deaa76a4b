#include "kernels/gpu/cudnn_tune.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/gpu/why.h"

enum { ROUNDS = 3, RUNS = 4 };
static const float WIN = 0.9F; /* of the first choice's time */

struct bench {
	void *tensor[3], *workspace;
	cudaEvent_t begin, end;
};

static void bench_free(struct bench *b)
{
	for (int i = 0; i < 3; i++)
		(void)cudaFree(b->tensor[i]);
	(void)cudaFree(b->workspace);
	if (b->begin)
		(void)cudaEventDestroy(b->begin);
	if (b->end)
		(void)cudaEventDestroy(b->end);
}

static int bench_alloc(struct bench *b, cudaStream_t stream, const size_t bytes[3], size_t workspace_bytes)
{
	for (int i = 0; i < 3; i++)
		if (why_cuda(cudaMalloc(&b->tensor[i], bytes[i]), "memory for tuning a convolution") != 0 ||
			why_cuda(cudaMemsetAsync(b->tensor[i], 0, bytes[i], stream),
				"tuning a convolution") != 0)
			return -1;
	if (workspace_bytes > 0 &&
		why_cuda(cudaMalloc(&b->workspace, workspace_bytes), "memory for tuning a convolution") != 0)
		return -1;
	if (why_cuda(cudaEventCreate(&b->begin), "CUDA event") != 0)
		return -1;
	return why_cuda(cudaEventCreate(&b->end), "CUDA event");
}

/* Milliseconds of the fastest round; INFINITY when the plan fails. */
static float time_plan(struct plugin_device *device, const struct cudnn_plan *plan, const struct bench *b)
{
	float fastest = INFINITY;
	if (cudnn_plan_run(device->cudnn, plan, b->tensor, b->workspace) != 0) /* the first run loads code */
		return INFINITY;
	for (int round = 0; round < ROUNDS; round++) {
		float ms = INFINITY;
		(void)cudaEventRecord(b->begin, device->stream);
		for (int run = 0; run < RUNS; run++)
			if (cudnn_plan_run(device->cudnn, plan, b->tensor, b->workspace) != 0)
				return INFINITY;
		(void)cudaEventRecord(b->end, device->stream);
		if (cudaEventSynchronize(b->end) != cudaSuccess ||
			cudaEventElapsedTime(&ms, b->begin, b->end) != cudaSuccess)
			return INFINITY;
		fastest = ms < fastest ? ms : fastest;
	}
	return fastest / RUNS;
}

static bool wanted(void)
{
	const char *given = getenv("XBMD_CUDA_TUNE");
	return !given || strcmp(given, "0") != 0;
}

/* Runs the chosen plan at least once, so that its code is loaded before a graph records it. */
static int choose(struct plugin_device *device, int *winner, const struct cudnn_plan *plans, int n,
	const size_t bytes[3])
{
	struct bench bench = { 0 };
	size_t workspace_bytes = 0;
	float fastest = INFINITY;
	for (int i = 0; i < n; i++)
		if (plans[i].workspace_bytes > workspace_bytes)
			workspace_bytes = plans[i].workspace_bytes;
	int rc = bench_alloc(&bench, device->stream, bytes, workspace_bytes);
	for (int i = 0; i < n && rc == 0; i++) {
		float ms = time_plan(device, &plans[i], &bench) * (i == 0 ? WIN : 1);
		if (ms < fastest) {
			fastest = ms;
			*winner = i;
		}
	}
	bench_free(&bench);
	if (rc == 0 && *winner < 0)
		return -1; /* why_last() is of the last plan's run */
	return rc;
}

int cudnn_tune(struct plugin_device *device, struct cudnn_plan *best, struct cudnn_plan *plans, int n,
	const size_t bytes[3])
{
	int winner = -1;
	int rc = choose(device, &winner, plans, wanted() ? n : 1, bytes);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && i == winner)
			*best = plans[i];
		else
			cudnn_plan_free(&plans[i]);
	}
	return rc;
}

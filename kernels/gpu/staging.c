#include "kernels/gpu/staging.h"

#include "kernels/gpu/gpu.h"
#include "kernels/gpu/why.h"

static int wait(struct staging_block *b)
{
	if (b->busy && why_cuda(cudaEventSynchronize(b->sent), "waiting for a copy to the GPU") != 0)
		return -1;
	b->busy = false;
	return 0;
}

static int grow(struct staging_block *b, size_t bytes)
{
	if (b->bytes >= bytes)
		return 0;
	if (b->host && why_cuda(cudaFreeHost(b->host), "pinned memory") != 0)
		return -1;
	b->host = NULL;
	b->bytes = 0;
	if (!b->sent && why_cuda(cudaEventCreateWithFlags(&b->sent, cudaEventDisableTiming), "CUDA event") != 0)
		return -1;
	if (why_cuda(cudaHostAlloc(&b->host, bytes, cudaHostAllocDefault), "pinned memory") != 0)
		return -1;
	b->bytes = bytes;
	return 0;
}

int staging_take(struct plugin_device *device, void **host, size_t bytes)
{
	struct staging *s = &device->staging;
	const bool small = bytes <= STAGING_SMALL_BYTES;
	struct staging_block *b = small ? &s->small[s->next_small] : &s->large[s->next_large];
	*host = NULL;
	if (gpu_use(device) != 0 || wait(b) != 0 || grow(b, small ? STAGING_SMALL_BYTES : bytes) != 0)
		return -1;
	if (small)
		s->next_small = (s->next_small + 1) % STAGING_SMALL;
	else
		s->next_large = (s->next_large + 1) % STAGING_LARGE;
	*host = b->host;
	return 0;
}

static struct staging_block *find(struct staging *s, const void *host)
{
	for (int i = 0; i < STAGING_SMALL; i++)
		if (s->small[i].host == host)
			return &s->small[i];
	for (int i = 0; i < STAGING_LARGE; i++)
		if (s->large[i].host == host)
			return &s->large[i];
	return NULL;
}

int staging_send(struct plugin_device *device, void *to, const void *host, size_t bytes)
{
	struct staging_block *b = find(&device->staging, host);
	if (!b || bytes > b->bytes)
		return why_set("no such block of staging memory");
	if (gpu_use(device) != 0 ||
		why_cuda(cudaMemcpyAsync(to, host, bytes, cudaMemcpyHostToDevice, device->stream), "copy to the GPU") != 0 ||
		why_cuda(cudaEventRecord(b->sent, device->stream), "CUDA event") != 0)
		return -1;
	b->busy = true;
	return 0;
}

static void close_blocks(struct staging_block *b, int n)
{
	for (int i = 0; i < n; i++) {
		if (b[i].host)
			(void)cudaFreeHost(b[i].host);
		if (b[i].sent)
			(void)cudaEventDestroy(b[i].sent);
	}
}

void staging_close(struct staging *staging)
{
	close_blocks(staging->small, STAGING_SMALL);
	close_blocks(staging->large, STAGING_LARGE);
}

/* Matrix products on the GPU: the plugin's cuBLASLt plans behind the common table. */
#include <stdlib.h>

#include "gan/nn/matmul.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

struct matmul_cuda {
	const struct device *device;
	struct plugin_matmul *plan;
};

static int open_matmul(
	void **matmul, void *context, const struct plugin_matmul_shape *shape, size_t *workspace_bytes)
{
	const struct device *device = context;
	struct plugin_matmul_shape s = *shape;
	struct plugin_matmul *plan;
	s.elem = device->elem == DEVICE_BF16 ? PLUGIN_BF16 : PLUGIN_F32;
	if (device->plugin->matmul_open(device->handle, &plan, &s, workspace_bytes) != 0)
		return ERR_RESOURCE("matrix product on %s: %s", device->name, device->plugin->last_error());
	struct matmul_cuda *m = alloc_grow(NULL, 1, sizeof(*m));
	m->device = device;
	m->plan = plan;
	*matmul = m;
	return 0;
}

static void close_matmul(void *matmul)
{
	struct matmul_cuda *m = matmul;
	if (m)
		m->device->plugin->matmul_close(m->plan);
	free(m);
}

static int run(void *matmul, void *c, const void *a, const void *b, void *workspace)
{
	const struct matmul_cuda *m = matmul;
	if (m->device->plugin->matmul_run(m->plan, c, a, b, workspace) == 0)
		return 0;
	return ERR("matrix product on %s: %s", m->device->name, m->device->plugin->last_error());
}

const struct matmul_backend matmul_cuda = { .open = open_matmul, .close = close_matmul, .run = run };

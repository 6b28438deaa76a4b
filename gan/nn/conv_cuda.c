/* Convolutions on the GPU: the plugin's cuDNN plans behind the common table, depthwise ones aside. */
#include <stdlib.h>

#include "gan/nn/conv.h"
#include "gan/nn/conv_depthwise.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

struct conv_cuda {
	const struct device *device;
	struct plugin_conv_shape shape;
	struct plugin_conv *plans; /* NULL: depthwise */
	enum plugin_dweight how;   /* the weight gradient is given */
};

static int start(void **context, const struct device *device)
{
	*context = (void *)(uintptr_t)device;
	return 0;
}

static void stop(void *context)
{
	(void)context;
}

static int open_conv(void **conv, void *context, const struct plugin_conv_shape *shape, unsigned passes,
	size_t *workspace_bytes)
{
	const struct device *device = context;
	struct plugin_conv_shape s = *shape;
	struct plugin_conv *plans = NULL;
	s.elem = device->elem == DEVICE_BF16 ? PLUGIN_BF16 : PLUGIN_F32;
	if (conv_depthwise_is(&s) && passes & CONV_WEIGHT_TERM)
		BUG("a depthwise convolution's weight gradient is float");
	if (conv_depthwise_is(&s))
		*workspace_bytes = conv_depthwise_workspace_bytes(device, &s);
	else if (device->plugin->conv_open(device->handle, &plans, &s, workspace_bytes) != 0)
		return ERR_RESOURCE("convolution on %s: %s", device->name, device->plugin->last_error());
	struct conv_cuda *c = alloc_grow(NULL, 1, sizeof(*c));
	c->device = device;
	c->shape = s;
	c->plans = plans;
	c->how = passes & CONV_WEIGHT_ADDS   ? PLUGIN_DWEIGHT_ADD
		 : passes & CONV_WEIGHT_TERM ? PLUGIN_DWEIGHT_TERM
					     : PLUGIN_DWEIGHT_WRITE; /* the plugin plans all passes */
	*conv = c;
	return 0;
}

static void close_conv(void *conv)
{
	struct conv_cuda *c = conv;
	if (c && c->plans)
		c->device->plugin->conv_close(c->plans);
	free(c);
}

static int result(const struct conv_cuda *c, int rc, const char *pass)
{
	if (rc == 0)
		return 0;
	return ERR("convolution, %s, on %s: %s", pass, c->device->name, c->device->plugin->last_error());
}

static int forward(void *conv, void *y, const void *x, const void *weight, void *workspace)
{
	struct conv_cuda *c = conv;
	if (!c->plans)
		return conv_depthwise_forward(c->device, &c->shape, y, x, weight, workspace);
	return result(c, c->device->plugin->conv_forward(c->plans, y, x, weight, workspace), "forward");
}

static int backward_data(void *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	struct conv_cuda *c = conv;
	if (!c->plans)
		return conv_depthwise_backward_data(c->device, &c->shape, dx, dy, weight, workspace);
	return result(c, c->device->plugin->conv_backward_data(c->plans, dx, dy, weight, workspace),
		"backward data");
}

static int backward_weight(void *conv, void *dweight, const void *x, const void *dy, void *workspace)
{
	struct conv_cuda *c = conv;
	if (!c->plans)
		return conv_depthwise_backward_weight(c->device, &c->shape, dweight, x, dy, c->how == PLUGIN_DWEIGHT_ADD);
	return result(c, c->device->plugin->conv_backward_weight(c->plans, dweight, x, dy, c->how, workspace),
		"backward weight");
}

const struct conv_backend conv_cuda = {
	.start = start,
	.stop = stop,
	.open = open_conv,
	.close = close_conv,
	.forward = forward,
	.backward_data = backward_data,
	.backward_weight = backward_weight,
};

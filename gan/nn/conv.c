#include "gan/nn/conv.h"

const struct conv_backend *conv_backend_of(const struct device *device)
{
	if (device->kind == DEVICE_CUDA)
		return &conv_cuda;
	return device->elem == DEVICE_F64 ? &conv_ref : &conv_onednn;
}

int64_t conv_output_size(int64_t size, int64_t kernel, int64_t stride, int64_t pad, int64_t dilation)
{
	int64_t room = size + 2 * pad - ((kernel - 1) * dilation + 1);
	return room < 0 ? 0 : room / stride + 1;
}

static int64_t volume(const int64_t size[3])
{
	return size[0] * size[1] * size[2];
}

int64_t conv_x_count(const struct plugin_conv_shape *s)
{
	return s->n * volume(s->in) * s->cin;
}

int64_t conv_y_count(const struct plugin_conv_shape *s)
{
	return s->n * volume(s->out) * s->cout;
}

int64_t conv_weight_count(const struct plugin_conv_shape *s)
{
	return s->cout * volume(s->kernel) * (s->cin / s->groups);
}

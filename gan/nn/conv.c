#include "gan/nn/conv.h"

const struct conv_backend *conv_backend_of(const struct device *device)
{
	if (device->kind == DEVICE_CUDA)
		return &conv_cuda;
	return device->elem == DEVICE_F64 ? &conv_ref : &conv_onednn;
}

int64_t conv_output_size(int64_t size, int64_t kernel, int64_t stride, int64_t pad)
{
	int64_t room = size + 2 * pad - kernel;
	return room < 0 ? 0 : room / stride + 1;
}

#include "gan/nn/matmul.h"

const struct matmul_backend *matmul_backend_of(const struct device *device)
{
	if (device->kind == DEVICE_CUDA)
		return &matmul_cuda;
	return device->elem == DEVICE_F64 ? &matmul_ref : &matmul_onednn;
}

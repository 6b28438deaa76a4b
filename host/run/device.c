#include "host/run/device.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "host/run/err.h"

static int open_cuda(struct device *device, int ordinal)
{
	const struct plugin_api *api = device_plugin();
	int count = 0;
	if (!api)
		return ERR_RESOURCE("no GPU: %s", device_plugin_reason());
	if (api->device_count(&count) != 0)
		return ERR_RESOURCE("no GPU: %s", api->last_error());
	if (ordinal >= count)
		return ERR_RESOURCE("no GPU cuda:%d: this machine has %d", ordinal, count);
	struct plugin_device_info info;
	if (api->device_info(ordinal, &info) != 0 || api->device_open(&device->handle, ordinal) != 0)
		return ERR_RESOURCE("GPU cuda:%d: %s", ordinal, api->last_error());
	device->kind = DEVICE_CUDA;
	device->elem = DEVICE_F32;
	device->plugin = api;
	snprintf(device->name, sizeof(device->name), "cuda:%d %s", ordinal, info.name);
	return 0;
}

static void open_cpu(struct device *device, enum device_elem elem, const char *name)
{
	device->kind = DEVICE_CPU;
	device->elem = elem;
	snprintf(device->name, sizeof(device->name), "%s", name);
}

int device_open(struct device *device, const char *spec)
{
	memset(device, 0, sizeof(*device));
	if (strcmp(spec, "cpu") == 0) {
		open_cpu(device, DEVICE_F32, "cpu");
		return 0;
	}
	if (strcmp(spec, "ref") == 0) {
		open_cpu(device, DEVICE_F64, "ref");
		return 0;
	}
	if (strcmp(spec, "auto") == 0) {
		int count = 0;
		const struct plugin_api *api = device_plugin();
		if (api && api->device_count(&count) == 0 && count > 0)
			return open_cuda(device, 0);
		open_cpu(device, DEVICE_F32, "cpu");
		return 0;
	}
	if (strncmp(spec, "cuda:", 5) == 0 || strcmp(spec, "cuda") == 0) {
		const char *digits = spec[4] ? spec + 5 : "0";
		char *end = NULL;
		long ordinal = strtol(digits, &end, 10);
		if (end != digits && !*end && ordinal >= 0 && ordinal < 1024)
			return open_cuda(device, (int)ordinal);
	}
	return ERR_USAGE("--device is cpu, cuda:N or auto, got '%s'", spec);
}

void device_close(struct device *device)
{
	if (device->handle)
		device->plugin->device_close(device->handle);
	memset(device, 0, sizeof(*device));
}

struct device device_as(const struct device *device, enum device_elem elem)
{
	struct device other = *device;
	other.elem = elem;
	return other;
}

size_t device_elem_bytes(enum device_elem elem)
{
	return elem == DEVICE_F64 ? 8 : elem == DEVICE_F32 ? 4 : 2;
}

int device_synchronize(const struct device *device)
{
	if (device->kind == DEVICE_CPU || device->plugin->synchronize(device->handle) == 0)
		return 0;
	return ERR("%s: %s", device->name, device->plugin->last_error());
}

#include "kernels/kernel.h"

#include "kernels/gpu_parts.h"

static enum plugin_elem plugin_elem_of(const struct device *d)
{
	return d->elem == DEVICE_BF16 ? PLUGIN_BF16 : PLUGIN_F32;
}

int kernel_launch_map(const struct device *d, const char *op, const void *args, int64_t n)
{
	if (n == 0)
		return 0;
	if (d->plugin->launch_map(d->handle, op, plugin_elem_of(d), args, n) != 0)
		return ERR("kernel %s on %s: %s", op, d->name, d->plugin->last_error());
	return 0;
}

int kernel_launch_f32(const struct device *d, const char *op, const void *args, int64_t n)
{
	const struct device f32 = device_as(d, DEVICE_F32);
	if (n > K_MAP_MOST)
		BUG("kernel %s: %lld elements in one launch", op, (long long)n);
	return kernel_launch_map(&f32, op, args, n);
}

int kernel_launch_sum(const struct device *d, const char *op, const void *args, int64_t groups, int64_t count)
{
	if (groups == 0)
		return 0;
	if (d->plugin->launch_sum(d->handle, op, plugin_elem_of(d), args, groups, count) != 0)
		return ERR("kernel %s on %s: %s", op, d->name, d->plugin->last_error());
	return 0;
}

int kernel_launch_channel_sum(const struct device *d, const char *op, const void *args, int64_t samples,
	int64_t channels, int64_t count)
{
	const struct plugin_api *api = d->plugin;
	if (samples == 0 || channels == 0)
		return 0;
	if (api->launch_channel_sum(d->handle, op, plugin_elem_of(d), args, samples, channels, count) != 0)
		return ERR("kernel %s on %s: %s", op, d->name, api->last_error());
	return 0;
}

int64_t kernel_tiles(const struct device *d, int64_t channels)
{
	return k_tiles(channels, (int64_t)device_elem_bytes(d->elem));
}

#include "drr/ray_poses.h"

int ray_poses_fill(struct memory *rays, const struct volume *volume, const struct geometry *g,
	const struct pose *poses, int64_t n_poses)
{
	if (memory_alloc(rays, NULL, (size_t)n_poses * sizeof(struct ray_pose), "poses") != 0)
		return -1;
	struct ray_pose *to = rays->data;
	for (int64_t p = 0; p < n_poses; p++) {
		struct geometry_rays from;
		if (geometry_rays(&from, g, &poses[p], volume) != 0)
			return -1;
		to[p].cone = from.cone;
		for (int k = 0; k < 3; k++) {
			to[p].source[k] = from.source[k];
			to[p].direction[k] = from.direction[k];
			to[p].origin[k] = from.origin[k];
			to[p].du[k] = from.du[k];
			to[p].dv[k] = from.dv[k];
			for (int j = 0; j < 3; j++)
				to[p].to_mm[k][j] = from.to_mm[k][j];
		}
	}
	return 0;
}

int ray_poses_upload(
	struct memory *to, const struct device *device, const void *host, size_t bytes, const char *what)
{
	if (memory_alloc(to, device, bytes, what) != 0)
		return -1;
	return memory_write(to, 0, host, bytes);
}

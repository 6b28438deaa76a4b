/* The rays of poses in a volume's index space, as the kernels take them. */
#ifndef DRR_RAY_POSES_H
#define DRR_RAY_POSES_H
#include "drr/geometry.h"
#include "host/run/memory.h"
#include "kernels/ray_line.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Allocates `rays` on the host: (n_poses) struct ray_pose. */
int ray_poses_fill(struct memory *rays, const struct volume *volume, const struct geometry *g,
	const struct pose *poses, int64_t n_poses);
/* Copies to the device; `to` is allocated there. */
int ray_poses_upload(
	struct memory *to, const struct device *device, const void *host, size_t bytes, const char *what);
#ifdef __cplusplus
}
#endif
#endif

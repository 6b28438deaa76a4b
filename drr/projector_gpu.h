/* projector_render on a GPU; of no use outside drr/projector*.c. */
#ifndef DRR_PROJECTOR_GPU_H
#define DRR_PROJECTOR_GPU_H
#include "drr/projector.h"
#include "kernels/ray.h"
#include "kernels/slab_ray.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Renders what `a` asks for into `out`'s planes, on the host or the device; a: complete, as for ray() on the
 * CPU. */
int projector_gpu_render(
	struct projection *out, struct resident *volume, const struct ray_args *a, int64_t n_poses);
/* One pass of the fast kernels.  a: poses on the host, everything else on the device; parts and partial are
 * found. */
int projector_gpu_pass(struct resident *volume, const struct slab_ray_args *a);
#ifdef __cplusplus
}
#endif
#endif

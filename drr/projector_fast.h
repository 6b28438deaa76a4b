/* projector_render in float; of no use outside drr/projector*.c. */
#ifndef DRR_PROJECTOR_FAST_H
#define DRR_PROJECTOR_FAST_H
#include "drr/resident.h"
#include "kernels/ray.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Whether no ray begins or ends inside the volume. */
bool projector_fast_fits(const struct ray_args *a, int64_t n_poses);
/* The first layout that one pose's trilinear integral reads on the device. */
int projector_fast_layout(const struct device *device, const struct ray_args *a);
/* ERR_INVALID where rays of laid materials (drr/resident.h) would need the double kernel, which cannot read them. */
int projector_fast_check_laid(const struct resident *volume, const struct ray_args *a, int64_t n_poses);
/* Renders what `a` asks for; a: complete, as for ray(), on a GPU with the outputs in its memory. */
int projector_fast_render(struct resident *volume, const struct ray_args *a, int64_t n_poses);
#ifdef __cplusplus
}
#endif
#endif

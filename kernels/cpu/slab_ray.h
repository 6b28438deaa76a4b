/* The CPU's variants of kernels/slab_ray.h, one an instruction set. */
#ifndef KERNELS_CPU_SLAB_RAY_H
#define KERNELS_CPU_SLAB_RAY_H
#include "kernels/slab_ray.h"
#ifdef __cplusplus
extern "C" {
#endif
void slab_ray_portable(const struct slab_ray_args *a);
void slab_ray_avx2(const struct slab_ray_args *a);
void slab_ray_avx512(const struct slab_ray_args *a);
void slab_ray_layouts_portable(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a);
void slab_ray_layouts_avx2(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a);
void slab_ray_layouts_avx512(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a);
#ifdef __cplusplus
}
#endif
#endif

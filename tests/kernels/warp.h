// Kernels as a GPU runs them, warp by warp, on the CPU: lanes that wait for lanes which do not come are found out.
#ifndef TESTS_KERNELS_WARP_H
#define TESTS_KERNELS_WARP_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Runs n threads of the kernel `op` of kernels/slab_ray.c; 0, or -1 with warp_error().  One caller at a time. */
int warp_launch(const char *op, const void *args, int64_t n);
const char *warp_error(void);
#ifdef __cplusplus
}
#endif
#endif

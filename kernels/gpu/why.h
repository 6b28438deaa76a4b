/* The plugin's errors: one message a thread, read through the table's last_error().  Functions return 0 or
 * -1. */
#ifndef KERNELS_GPU_WHY_H
#define KERNELS_GPU_WHY_H
#include <cuda_runtime_api.h>
#ifdef __cplusplus
extern "C" {
#endif
int why_set(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* returns -1 */
int why_cuda(cudaError_t error, const char *what); /* 0 for cudaSuccess, else "what: text" */
const char *why_last(void);			   /* "" before the first failure */
#ifdef __cplusplus
}
#endif
#endif

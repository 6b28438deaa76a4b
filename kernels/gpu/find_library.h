/* Opens one of NVIDIA's libraries wherever it is installed: $XBMD_CUDA_LIBS, the linker's path, Python's nvidia wheels,
 * the toolkit. */
#ifndef KERNELS_GPU_FIND_LIBRARY_H
#define KERNELS_GPU_FIND_LIBRARY_H
#ifdef __cplusplus
extern "C" {
#endif
/* wheel: the folder of Python's nvidia packages, e.g. "cudnn".  NULL when there is none. */
void *find_library(const char *file, const char *wheel);
/* Sets the function pointer at `function`; -1 when the library lacks it. */
int find_library_symbol(void *handle, const char *name, void *function);
#ifdef __cplusplus
}
#endif
#endif

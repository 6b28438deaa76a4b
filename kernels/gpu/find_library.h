/* Opens one of NVIDIA's libraries wherever it is installed: $XBMD_CUDA_LIBS, the linker's path, Python's nvidia wheels,
 * the toolkit. */
#ifndef KERNELS_GPU_FIND_LIBRARY_H
#define KERNELS_GPU_FIND_LIBRARY_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { FIND_LIBRARY_REASON = 512 };
struct find_library_symbol {
	const char *name;
	void *function; /* address of the function pointer to set */
};
/*
 * title: the library's name to a reader, and file: its own; wheel: the folder of Python's nvidia packages, e.g. "cudnn".
 * Sets n function pointers; -1 with the reason, and some of them set, where the library or one of them is missing.
 */
int find_library(const char *title, const char *file, const char *wheel, const struct find_library_symbol *symbols,
	size_t n, char reason[FIND_LIBRARY_REASON]);
#ifdef __cplusplus
}
#endif
#endif

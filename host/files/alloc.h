/* Small allocations that never fail: out of memory aborts.  Large ones go through host/run/memory.h. */
#ifndef HOST_FILES_ALLOC_H
#define HOST_FILES_ALLOC_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void *alloc_grow(void *block, size_t n, size_t each); /* realloc to n * each bytes; the overflow is checked */
char *alloc_text(const char *text); /* a copy */
#ifdef __cplusplus
}
#endif
#endif

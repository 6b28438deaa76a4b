/* Large blocks of host memory, of no use outside host/run/memory.c. */
#ifndef HOST_RUN_MEMORY_BLOCK_H
#define HOST_RUN_MEMORY_BLOCK_H
#include <stdbool.h>
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { MEMORY_BLOCK_LEAST = 8 << 20 }; /* bytes */
/* Zeroed, on large pages where the system has them; NULL when there is no memory. */
void *memory_block_take(size_t bytes);
/* False for an address that did not come from memory_block_take(). */
bool memory_block_give(void *data);
#ifdef __cplusplus
}
#endif
#endif

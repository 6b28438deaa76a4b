/*
 * A block of memory on a device and the device it lives on.  Owns; plain pointers never own.  {0} is a valid empty
 * block.  memory_copy() is the only way across the bus.
 */
#ifndef HOST_RUN_MEMORY_H
#define HOST_RUN_MEMORY_H
#include <stddef.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
struct memory {
	void *data;                  /* an address on `where`; 64-byte aligned on the host */
	size_t bytes;
	const struct device *where;  /* NULL = host */
};
/* Zeroed.  where NULL = host.  bytes 0 gives an empty block.  Too large is ERR_RESOURCE naming `what` and the bytes. */
int memory_alloc(struct memory *m, const struct device *where, size_t bytes, const char *what);
/* What can still be allocated there; where the system does not say, SIZE_MAX. */
size_t memory_available(const struct device *where);
void memory_free(struct memory *m);
/*
 * For a command that makes and frees large volumes again and again: host blocks of 8 MiB and more that are freed are kept,
 * up to so many bytes in all, and given to the next that they fit.  0, as at the start: none are.
 */
void memory_keep(size_t bytes);
int memory_zero(struct memory *m, size_t offset, size_t bytes);
int memory_copy(struct memory *to, size_t to_offset, const struct memory *from, size_t from_offset, size_t bytes);
int memory_write(struct memory *to, size_t offset, const void *host, size_t bytes);
int memory_read(void *host, const struct memory *from, size_t offset, size_t bytes);
#ifdef __cplusplus
}
#endif
#endif

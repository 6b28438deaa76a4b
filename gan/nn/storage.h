/* Host values into a device block and back, converting to how the block is stored.  Not for use inside a
 * step. */
#ifndef GAN_NN_STORAGE_H
#define GAN_NN_STORAGE_H
#include <stdint.h>
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
/* offset in bytes; values (count) */
int storage_write(
	struct memory *to, size_t offset, enum device_elem elem, const double *values, int64_t count);
int storage_read(
	double *values, const struct memory *from, size_t offset, enum device_elem elem, int64_t count);
/* One run of floats, packed to and unpacked from elem in host memory. */
void storage_pack(void *to, enum device_elem elem, const float *values, int64_t count);
void storage_unpack(float *values, const void *from, enum device_elem elem, int64_t count);
#ifdef __cplusplus
}
#endif
#endif

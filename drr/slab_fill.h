/* Volumes into the layouts of kernels/slab.h. */
#ifndef DRR_SLAB_FILL_H
#define DRR_SLAB_FILL_H
#include <stdbool.h>
#include "kernels/slab.h"
#ifdef __cplusplus
extern "C" {
#endif
struct slab_layout slab_layout_of(const int64_t n[3], int which); /* SLAB_X, SLAB_Y or SLAB_Z */
bool slab_fits_int16(const float *values, int64_t n_voxels); /* whole numbers, -32767..32767 */
struct slab_layout slab_layout_plain(const int64_t n[3]);     /* (n[2], n[1], n[0]) without borders: a volume's */
/* to: zeroed, layout->elements; values lie as `from` says. */
void slab_fill_i16(int16_t *to, const struct slab_layout *layout, const float *values, const struct slab_layout *from,
	const int64_t n[3]);
void slab_fill_f32(float *to, const struct slab_layout *layout, const float *values, const struct slab_layout *from,
	const int64_t n[3]);
void slab_fill_u8(uint8_t *to, const struct slab_layout *layout, const uint8_t *values, const struct slab_layout *from,
	const int64_t n[3]);
/* Words of kernels/slab_ray.c (slab.h) of the values' type, from a volume and its marks, which lie as slab_layout_plain(n). */
void slab_fill_words(void *to, enum slab_type type, const struct slab_layout *layout, const float *values,
	const uint8_t *marks, const int64_t n[3]);
/* From each element on, how many in address order have its value, itself included, at most 255; in two rows, the second
 * `above` elements after the first, or 0 in one. */
void slab_spans(uint8_t *spans, const uint8_t *tags, int64_t elements, int64_t above);
int64_t slab_brick_count(const int64_t n[3]);
/* The value that fills a brick and one voxel around it (within the grid), else NAN; true when one is not NAN. */
bool slab_bricks(float *bricks, const float *values, const struct slab_layout *layout, const int64_t n[3]);
/* By label: 0 where no voxel of a brick and one voxel around it has a channel, else NAN. */
bool slab_brick_tags(float *bricks, const uint8_t *tags, uint8_t none, const int64_t n[3]);
#ifdef __cplusplus
}
#endif
#endif

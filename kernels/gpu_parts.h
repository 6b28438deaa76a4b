/* How tiles and channel sums are shared out among the GPU's threads.  The sizes alone decide, so that the order of the sums,
 * and with it every bit, is the same on every GPU. */
#ifndef KERNELS_GPU_PARTS_H
#define KERNELS_GPU_PARTS_H
#include <stdint.h>
enum {
	K_PARTS_MOST = 1024, /* blocks of a sum of several runs: some eight for each multiprocessor of an A100 or H200 */
	K_PART_SUMS = 10,    /* K of K_DEFINE_CHANNEL_SUM at most */
	K_PART_LANES = 32
};
enum { K_WIDE_BYTES = 16 }; /* of a tile on the GPU */
/* Tiles of a row of channels, each of `bytes`. */
static inline int64_t k_tiles(int64_t channels, int64_t bytes)
{
	return channels % (K_WIDE_BYTES / bytes) == 0 ? channels / (K_WIDE_BYTES / bytes) : channels;
}
struct k_parts {
	double *sums;	/* (group, segment, K, lanes), groups being samples times tiles */
	unsigned *done; /* (group): blocks that are; 0 between launches */
	int64_t length; /* pixels of a run */
	int segments;	/* runs */
	int tiles;	/* of `lanes` channels, in a row */
	int lanes;	/* power of 2 */
};
#endif

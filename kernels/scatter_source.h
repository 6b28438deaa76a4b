/*
 * Where scatter comes from, on a grid `factor` times coarser than the film and apart for each layer of
 * thickness: source[g] = mean over the block of intensity x thickness x hat_g(thickness), the primary that is
 * left times the length it had to scatter in.  hat_g is 1 at g x step_mm, falls linearly to 0 at its
 * neighbours, and the last one stays 1 beyond: the layers add up to the whole.  Blocks at the edge count
 * missing pixels as 0. Map over groups x coarse_rows x coarse_cols.
 */
#ifndef KERNELS_SCATTER_SOURCE_H
#define KERNELS_SCATTER_SOURCE_H
#include "kernels/kernel.h"
struct scatter_source_args {
	float *source;		   /* (groups, coarse_rows, coarse_cols) mm of water */
	const float *intensity;	   /* (rows, cols) */
	const float *thickness_mm; /* (rows, cols) */
	int64_t cols, rows, factor, coarse_cols, coarse_rows, groups;
	double step_mm;
};
K_DECLARE(scatter_source);
#endif

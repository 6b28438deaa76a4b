/* One normalised value: shared by the forward and backward texts, so that the mask of the activation, found
 * again in the backward pass, is the forward pass's own to the last bit. */
#ifndef KERNELS_NORM_POINT_H
#define KERNELS_NORM_POINT_H
#include "kernels/kernel.h"
K_FN k_real norm_point_hat(const void *x, const void *mean, const void *rstd, int64_t i, int64_t group)
{
	return (K_LOAD(x, i) - ((const k_master *)mean)[group]) * ((const k_master *)rstd)[group];
}
K_FN k_real norm_point(k_real hat, const void *gamma, const void *beta, int64_t c)
{
	return ((const k_master *)gamma)[c] * hat + ((const k_master *)beta)[c];
}
#endif

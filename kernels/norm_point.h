/* One normalised value: shared by the forward and backward texts, so that the mask of the activation, found
 * again in the backward pass, is the forward pass's own to the last bit. */
#ifndef KERNELS_NORM_POINT_H
#define KERNELS_NORM_POINT_H
#include "kernels/kernel.h"
K_FN k_real norm_point_hat(k_real x, k_real mean, k_real rstd)
{
	return (x - mean) * rstd;
}
K_FN k_real norm_point(k_real hat, k_real gamma, k_real beta)
{
	return gamma * hat + beta;
}
#endif

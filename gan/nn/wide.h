/*
 * Wide tensors.  Tensor cores take 8 channels of bfloat16 at a time, and cuDNN's engines for other numbers are two to three
 * times slower than those for the next multiple.  There nn->wide is 8: parameters have that many channels, the added ones
 * zeros, and so have the tensors between operators that make zeros of zeros, forward and backward, which then stay zeros
 * through all training.  Everywhere else nn->wide is 1 and nothing is added.
 */
#ifndef GAN_NN_WIDE_H
#define GAN_NN_WIDE_H
#include "gan/nn/program.h"
#ifdef __cplusplus
extern "C" {
#endif

/* The next multiple, where that at most doubles them. */
int64_t wide_channels(int64_t channels, int64_t multiple);
/* Sets the stored shape of a parameter from its shape: the first and last dimension are channels. */
void wide_parameter(const struct nn *nn, struct nn_param *param);
/* Between a parameter's elements (count) and those that are stored (room). */
void wide_expand(const struct nn_param *param, double *stored, const double *values);
void wide_compact(const struct nn_param *param, double *values, const double *stored);
/* Sets the stored channels of the program's tensors: shape.c, channels being what they are to a reader. */
void wide_find(struct nn_program *p);

#ifdef __cplusplus
}
#endif
#endif

/*
 * A program's forward pass as an ONNX model (opset 17, float): what its outputs depend on, with the parameters as they
 * are now.  Images cross the border as (n, c, h, w), volumes as (n, c, d, h, w), of the program's own sizes.
 */
#ifndef GAN_NN_ONNX_H
#define GAN_NN_ONNX_H
#include "gan/nn/nn.h"
#ifdef __cplusplus
extern "C" {
#endif
/* A tensor at the border.  Input: the program reads value * scale + offset; output: the model gives that. */
struct nn_onnx_value {
	int tensor;
	const char *name;
	const float *scale, *offset; /* (channels) each; NULL = 1, 0 */
};
struct nn_onnx {
	const struct nn_onnx_value *inputs; /* those with a scale or another name than nn_input()'s; others need no entry */
	int n_inputs;
	const struct nn_onnx_value *outputs;
	int n_outputs;
	const char *const *meta; /* 2 n_meta texts: key, value, ... of metadata_props */
	int n_meta;
};
/* p is compiled or not.  ERR_INVALID: an operator without a form in ONNX, a batch norm not built for prediction, a name
 * used twice, nothing to compute. */
int nn_onnx(struct nn_program *p, const struct nn_onnx *onnx, const char *path);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Network engine: the whole public surface.  It knows no medicine.
 *
 * A program is a static list of nodes, built once by calls that read like the paper's figure, then compiled: shapes
 * inferred, backward list written, memory planned into arenas, convolutions planned.  Programs of one `struct nn`
 * share parameters by name (generator step, discriminator step, prediction).  No allocation inside a step.
 *
 *	ref   double on the CPU, the oracle       cpu   oneDNN float, our OpenMP kernels
 *	cuda  cuDNN graph API, bf16 storage with float masters (or float), our kernels
 *
 * Tensors are NHWC, volumes NDHWC; weights (cout, kh, kw, cin), of 3-D convolutions (cout, kd, kh, kw, cin); a handle is an int >= 0.  A misused builder call records the first
 * error in the program and returns -1; further calls accept that and nn_compile() reports it.
 */
#ifndef GAN_NN_NN_H
#define GAN_NN_NN_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "host/files/safetensors.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif

struct nn;
struct nn_program;
/* In C++ the last members of an initialiser may be left out without a warning; how the struct is passed does not change. */
#ifdef __cplusplus
#define NN_OPTIONAL = {}
#ifdef __clang__
#pragma clang diagnostic ignored "-Wreturn-type-c-linkage"
#endif
#else
#define NN_OPTIONAL
#endif
/* Stored as (n, d, h, w, c).  d is the depth of a volume; 0, which nn_input() makes 1, for an image.  Operators on
 * pixels (pads, resizing, pools, Sobel gradients) treat a volume's slices as images unless they say otherwise. */
struct nn_shape {
	int64_t n, h, w, c;
	int64_t d NN_OPTIONAL;
};
enum nn_norm { NN_NORM_NONE, NN_NORM_INSTANCE, NN_NORM_BATCH, NN_NORM_LAYER, NN_NORM_GROUP };
/* GELU is x Phi(x) with the error function, PyTorch's default; SiLU is x sigmoid(x). */
enum nn_act { NN_ACT_NONE, NN_ACT_RELU, NN_ACT_LEAKY, NN_ACT_TANH, NN_ACT_SIGMOID, NN_ACT_GELU, NN_ACT_SILU };
enum nn_interp { NN_NEAREST, NN_BILINEAR }; /* bilinear: half-pixel centres, edges clamped */
enum nn_pad { NN_PAD_ZERO, NN_PAD_REFLECT, NN_PAD_REPLICATE };
enum nn_pool { NN_POOL_AVERAGE, NN_POOL_MAX };
/* Local response norm: x (k + alpha / size * sum of x^2)^-beta over `size` neighbouring channels. */
struct nn_response {
	double alpha, beta, k;
};
/* N(0, 0.02); N(0, sqrt(2 / fan-in)), fan-in being the inputs that reach one output; 0.  A pure function of the
 * network's seed and the parameter's name.  gamma starts at 1, beta and bias at 0. */
enum nn_init { NN_INIT_NORMAL_002, NN_INIT_HE, NN_INIT_ZERO };

struct nn_conv_axis {
	int64_t kernel, stride, pad, dilation; /* stride and dilation 0 = 1 */
	int64_t output_pad;                    /* transposed only: extra rows at the end */
};
/*
 * Of cin inputs output channel c reads the cin / groups of its group, c / (cout / groups); groups equal to cin is a
 * depthwise convolution.  2-D on a volume: each slice by itself.
 */
struct nn_conv {
	int64_t cout, kernel, stride, pad; /* the same along every axis; stride 0 = 1 */
	enum nn_pad pad_mode;              /* but zero: a pad node before the convolution */
	bool bias;
	enum nn_init init;
	int64_t output_pad;                /* transposed only: extra rows and columns at the end */
	int64_t dilation NN_OPTIONAL, groups NN_OPTIONAL; /* 0 = 1 */
	int dims NN_OPTIONAL;              /* 3 along d, h, w; 2 or 0 along h, w */
	struct nn_conv_axis axis[3] NN_OPTIONAL; /* d, h, w: instead of the five numbers, where axis[2].kernel is not 0 */
};
/*
 * Multi-head attention within windows of window^2 pixels (window^3 of a volume), all cut at the image's border; 0 = one
 * window, the whole image.  shift moves the grid of windows: the first begins at shift - window.  That is what a shifted
 * window of Liu et al. 2021 (Swin) computes by rolling the image and masking.  An axis of no more than window pixels is
 * one window.  The matrix of weights is kept: n windows heads window^4 elements of a flat image.
 */
struct nn_attention {
	int64_t heads, window, shift;
};
struct nn_adam {
	double learning_rate, beta1, beta2, epsilon, weight_decay; /* decoupled decay (AdamW) */
};

/* device: borrowed, open for the life of nn.  F32 on cuda gives fp32 (no TF32), BF16 the mixed mode. */
int nn_open(struct nn **nn, const struct device *device, uint64_t seed);
void nn_close(struct nn *nn); /* closes its programs; accepts NULL */
struct nn_program *nn_program_new(struct nn *nn, const char *name); /* names differ within nn */

/* Building.  name: the parameter's prefix, e.g. "G.down1"; parameters are name.weight, name.bias, name.gamma, ... */
int nn_input(struct nn_program *p, const char *name, struct nn_shape shape);
/* The value of another program's tensor (already compiled, kept with nn_keep); no gradient flows back. */
int nn_from(struct nn_program *p, struct nn_program *other, int tensor);
int nn_conv(struct nn_program *p, int x, const char *name, const struct nn_conv *conv);
int nn_conv_transpose(struct nn_program *p, int x, const char *name, const struct nn_conv *conv);
/* The channels of every position times a matrix: weights (units, c). */
int nn_dense(struct nn_program *p, int x, const char *name, int64_t units, bool bias, enum nn_init init);
/* softmax(Q K' / sqrt(c / heads)) V, position by position: qkv holds the c channels of Q, of K, then of V, those of each
 * head side by side; returns c channels. */
int nn_attention(struct nn_program *p, int qkv, const struct nn_attention *settings);
/*
 * (x - mean) / sqrt(variance + epsilon) times gamma plus beta, the variance biased; parameters name.gamma, name.beta.
 * Statistics over: instance, the pixels of a channel of a sample; batch, of a channel of all samples; layer, the
 * channels of a pixel; group, the pixels of one of `groups` equal runs of channels of a sample.
 * Batch norm also keeps name.running_mean and name.running_var (unbiased): a tenth of each forward pass's, frozen
 * or not, the rest from before.  They leave with nn_export() and are used instead of the batch's after nn_evaluate().
 */
int nn_norm(struct nn_program *p, int x, const char *name, enum nn_norm kind, double epsilon);
int nn_norm_group(struct nn_program *p, int x, const char *name, int64_t groups, double epsilon);
/* What is built in this program from here on runs as in prediction: batch norms use, and keep, the running statistics. */
void nn_evaluate(struct nn_program *p);
int nn_act(struct nn_program *p, int x, enum nn_act kind, double slope);
int nn_norm_response(struct nn_program *p, int x, int64_t size, const struct nn_response *response);
int nn_softmax(struct nn_program *p, int x); /* over the channels of each pixel */
/*
 * 0 with this probability, else x / (1 - probability).  What is dropped is a pure function of the network's seed, the
 * program, the node and the draw: nn_set_draw()'s number (0 at first) plus the program's count of optimiser steps.  After
 * nn_evaluate() it is x itself, but with `always`, for Monte Carlo: set another draw for each pass.
 */
int nn_dropout(struct nn_program *p, int x, double probability, bool always);
void nn_set_draw(struct nn_program *p, uint64_t draw);
int nn_pad(struct nn_program *p, int x, enum nn_pad kind, int64_t pixels); /* on each side */
int nn_pad_reflect(struct nn_program *p, int x, int64_t pixels);
int nn_add(struct nn_program *p, int a, int b);
/* a times b of the same shape, or of shape (n, 1, 1, c): a number for each sample and channel. */
int nn_mul(struct nn_program *p, int a, int b);
/* x times name.gamma (channels), which starts at `initial`: layer scale. */
int nn_channel_scale(struct nn_program *p, int x, const char *name, double initial);
int nn_cat(struct nn_program *p, int a, int b);      /* channels of a, then of b */
int nn_cat_all(struct nn_program *p, int n, const int *x); /* of n tensors */
int nn_slice(struct nn_program *p, int x, int64_t first, int64_t count); /* channels */
int nn_scale(struct nn_program *p, int x, double factor);
int nn_resize(struct nn_program *p, int x, int64_t h, int64_t w, enum nn_interp interp);
/* Over kernel x kernel windows, `stride` apart, the first `pad` (< kernel) outside; pixels outside the image do not
 * count.  Rows and columns that fill no window are left out.  The largest: kernel at most 15. */
int nn_pool(struct nn_program *p, int x, enum nn_pool kind, int64_t kernel, int64_t stride, int64_t pad);
int nn_pool_average(struct nn_program *p, int x, int64_t kernel); /* kernel x kernel, stride kernel */
int nn_pool_global(struct nn_program *p, int x); /* the mean of each sample's channels: (n, 1, 1, c) */
int nn_detach(struct nn_program *p, int x);
struct nn_shape nn_shape_of(const struct nn_program *p, int x);

/* Losses: each is weight * value, added to the program's total; mean over all elements unless said.  Names differ
 * within a program. */
int nn_loss_l1(struct nn_program *p, const char *name, int a, int b, double weight);
/* Mean of (x - target)^2: LSGAN with target 1 (real) or 0 (fake). */
int nn_loss_lsgan(struct nn_program *p, const char *name, int x, double target, double weight);
/* Mean of (a - b)^2. */
int nn_loss_l2(struct nn_program *p, const char *name, int a, int b, double weight);
/* Mean of d^2 / 2 where |d| <= delta, of delta (|d| - delta / 2) beyond; d = a - b. */
int nn_loss_huber(struct nn_program *p, const char *name, int a, int b, double delta, double weight);
/* Binary cross-entropy of sigmoid(logits) and the target, a tensor or a number, in [0, 1]. */
int nn_loss_bce(struct nn_program *p, const char *name, int logits, int target, double weight);
int nn_loss_bce_constant(struct nn_program *p, const char *name, int logits, double target, double weight);
/* The discriminator's mean of max(0, 1 - x) on real, max(0, 1 + x) on fake images, and the generator's mean of -x. */
int nn_loss_hinge(struct nn_program *p, const char *name, int x, bool real, double weight);
int nn_loss_hinge_generator(struct nn_program *p, const char *name, int x, double weight);
/* Mean of (log_variance + (mean - target)^2 exp(-log_variance)) / 2: a normal distribution's negative log likelihood,
 * less the constant log(2 pi) / 2. */
int nn_loss_gaussian(
	struct nn_program *p, const char *name, int mean, int log_variance, int target, double weight);
/* Mean over the pixels of the cross-entropy of softmax(logits) and the target, which has a number for each channel, or
 * one: the class, 0 .. c - 1; a pixel of another class counts 0 (and is still divided by). */
int nn_loss_cross_entropy(struct nn_program *p, const char *name, int logits, int target, double weight);
/* 1 - (2 sum ab + 1) / (sum a + sum b + 1) over the pixels, mean over samples and channels. */
int nn_loss_dice(struct nn_program *p, const char *name, int a, int b, double weight);
/* 1 - the correlation of a and b over the pixels (means removed, epsilon 1e-6 added to the product of norms), mean over
 * samples and channels. */
int nn_loss_ncc(struct nn_program *p, const char *name, int a, int b, double weight);
/* Mean over n pairs of features of L1, no gradient by the real ones; the losses are name.0, name.1, ... */
int nn_loss_feature_matching(
	struct nn_program *p, const char *name, int n, const int *real, const int *fake, double weight);
/* Multiplies each sample's share of a loss by a number of `weights` (n, 1, 1, 1): 0 where a label is missing.  The mean
 * is still over all.  Not for the two losses below.  `weights` was made before the loss and gets no gradient. */
int nn_loss_weights(struct nn_program *p, int loss, int weights);
/* 1 - (NCC of signed Sobel x gradients + NCC of Sobel y gradients) / 2, per sample and channel, mean over both;
 * interior pixels only (no padding), means removed, no pre-blur, epsilon 1e-6 added to each product of norms. */
int nn_loss_gradient_correlation(struct nn_program *p, const char *name, int a, int b, double weight);
/* Mean over samples and channels of |sum over pixels of (a - b)| / (h w): the object-wise intensity sum. */
int nn_loss_intensity_sum(struct nn_program *p, const char *name, int a, int b, double weight);

/* No gradient for parameters whose name starts with prefix. */
void nn_freeze(struct nn_program *p, const char *prefix);
/* This program's step updates the parameters whose name starts with prefix. */
void nn_train(struct nn_program *p, const char *prefix, const struct nn_adam *adam);
/* After nn_train() of the same prefix.  Scales its gradient to this norm, over all its parameters, where it is larger. */
void nn_clip(struct nn_program *p, const char *prefix, double norm);
/* After nn_train() of the same prefix.  Keeps an exponential moving average of its parameters, with this decay a step
 * (less in the first steps: at most n / (9 + n) after n), for nn_adopt_averages(). */
void nn_average(struct nn_program *p, const char *prefix, double decay);
/* Trades time for memory, to the same bits: what is cheap to compute (norms, activations, pads, resizing, joins) is
 * computed again in the backward pass instead of being kept. */
void nn_recompute(struct nn_program *p);
void nn_keep(struct nn_program *p, int tensor); /* readable by nn_get and nn_from after a step */

struct nn_report {
	int64_t nodes, parameters, recomputed;
	/* live: the most that is alive at any one time, which no placement can go below */
	size_t activation_bytes, activation_bytes_live, activation_bytes_unplanned;
	size_t saved_bytes, workspace_bytes, parameter_bytes; /* parameters with gradients and optimiser state */
	double flop_forward, flop_backward; /* a step's, of convolutions and matrix products, 2 a multiply-add */
};
int nn_compile(struct nn_program *p, struct nn_report *report); /* report may be NULL */

/* Running.  Values cross as float NHWC. */
int nn_set(struct nn_program *p, int tensor, const float *values);
int nn_get(struct nn_program *p, int tensor, float *values);
int nn_forward(struct nn_program *p);
int nn_step(struct nn_program *p); /* forward, backward and, after nn_train(), the update */
/* Runs 3 `steps` + 2 steps (parameters change) and prints what the program holds and where the time goes: memory by
 * arena, time and FLOP by kind of operator and by node, time outside operators. */
int nn_profile(struct nn_program *p, int64_t steps, FILE *file);
/* Runs the forward pass on what nn_set() gave.  ERR_INVALID names the first tensor with a number that is not finite.
 * nn_step() does so by itself on the CPU when a loss is not finite, before any parameter is changed. */
int nn_check_finite(struct nn_program *p);
/* Norm of the last step's gradient before clipping; only after nn_clip(). */
int nn_gradient_norm(struct nn_program *p, const char *prefix, double *norm);
int nn_adopt_averages(struct nn *nn); /* the averages become the parameters, where there are any */
int nn_loss_value(struct nn_program *p, const char *name, double *value); /* unweighted; "total": weighted sum */
void nn_set_learning_rate(struct nn_program *p, double learning_rate);

/* Parameters and optimiser state as tensors "net.<name>" (convolutions as OIHW), "opt.m.<name>", "opt.v.<name>",
 * "ema.<name>" after nn_average(), and the step count in the metadata, so that a resumed run continues with the same bits. */
/* The tensors' data stay valid until the next nn_export() or nn_close(). */
int nn_export(struct nn *nn, struct safetensors *s, bool with_optimiser);
int nn_import(struct nn *nn, const struct safetensors *s, bool with_optimiser); /* ERR_MODEL on any mismatch */

/* For tests: parameters by name as double, in memory order. */
int64_t nn_parameter_count(struct nn *nn, const char *name); /* -1 when unknown */
int nn_parameter_read(struct nn *nn, const char *name, double *values);
int nn_parameter_write(struct nn *nn, const char *name, const double *values);
int nn_gradient_read(struct nn *nn, const char *name, double *values); /* of the last nn_step() */
/* Before compile: keep d total / d tensor.  A handle for nn_get, right after nn_step(). */
int nn_input_gradient(struct nn_program *p, int tensor);
#ifdef __cplusplus
}
#endif
#endif

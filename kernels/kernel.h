/*
 * One scalar function per operator, compiled for every device.
 *
 * kernels/<op>.h   contract: struct <op>_args (inputs and outputs with shapes and units), and K_DECLARE(<op>)
 * kernels/<op>.c   mathematics: K_FN void <op>_at(const struct <op>_args *a, int64_t i), which writes output i and
 *                  nothing else, and K_DEFINE(<op>)
 *
 * The build compiles each <op>.c four times from the same text:
 *
 *	compiler  K_ELEM     k_real   stored as      makes
 *	gcc       K_F32      float    float          <op>_f32(): OpenMP loop, and the dispatcher <op>()
 *	gcc       K_F64      double   double         <op>_f64(): the `ref` backend, the oracle
 *	nvcc      K_F32      float    float          kernel "<op>_f32" in the plugin's fatbin (sm_80, sm_90, PTX)
 *	nvcc      K_BF16     float    __nv_bfloat16  kernel "<op>_bf16"
 *
 * The dispatcher `int op(const struct device *d, const struct op_args *a, int64_t n)` picks by d->kind and d->elem;
 * a kernel on the GPU is found by its name, so the program needs no CUDA to link.
 *
 * Tensors that change their storage with the backend are `void *` in the args and are touched only through
 * K_LOAD(pointer, i) and K_STORE(pointer, i, value); everything else (volumes, masks, fp32 master weights on the
 * GPU) has its true type.  `k_master *` is float on cpu and cuda and double on ref: parameters, gradients, moments,
 * statistics, losses.
 *
 * Sums.  K_FN void <op>_term(const struct <op>_args *a, int64_t g, int64_t j, k_acc *sum) adds term j of group g to
 * sum[0 .. K-1]; K_FN void <op>_store(a, g, const k_acc *sum) writes the result; K_DEFINE_SUM(<op>, K) makes
 * `int op(d, a, groups, count)`.  Terms j = t, t+256, t+512, ... go to lane t, in that order; the lanes are then
 * added as a binary tree.  The order depends on nothing else, so a result is the same bits for any thread count.
 * k_acc is double everywhere.
 *
 * Tiles and channel sums.  For NHWC tensors two forms let the CPU walk memory in order and vectorise over channels;
 * struct <op>_args then has a member `channels`.
 *
 *	K_DEFINE_TILES(op)           <op>_tile(a, row, c, count) writes channels c .. c+count-1 (count <= K_TILE) of
 *	                             pixel `row`; makes `int op(d, a, rows)`.  Weights that depend on the pixel alone
 *	                             are found once a tile.  On the GPU a tile is 16 bytes where the channels make whole
 *	                             tiles, else one element.
 *	K_DEFINE_CHANNEL_SUM(op, K)  <op>_term(a, s, c, j, sum), <op>_store(a, s, c, sum): one sum for each channel c
 *	                             of sample s over its pixels j; makes `int op(d, a, samples, count)`.  Declared
 *	                             with K_DECLARE_SUM.  The CPU adds K_SEGMENTS fixed runs of pixels, then the runs
 *	                             in order: the same bits for any thread count.  The GPU likewise, with as many runs
 *	                             as the sizes ask for (struct k_parts).
 *	K_DEFINE_LONG_CHANNEL_SUM    the same for terms that have many reads of their own: the GPU reads for one at a
 *	                             time, else for K_AHEAD.
 *
 * Views.  K_READ(x, pointer, i, count) makes x[0 .. count-1] of a tile's elements from pointer[i] on, K_READ_MASTER of
 * k_master; K_WRITE(y, pointer, i, count, old) one to write, which holds what is there where `old` is not 0, and
 * K_PUT(y, pointer, i, count) ends it; K_CHANGE_MASTER and K_PUT_MASTER are those of k_master, what is there always held.
 * On the CPU they are the memory itself, through pointers that promise not to overlap, which is what lets the compiler
 * vectorise; on the GPU registers, moved 16 bytes at a time.
 *
 * K_ALIGNED(pointer, type, i, count), type being k_elem or k_master, promises that pointer[i] is at a multiple of 16 bytes
 * where it starts a whole tile: the GPU then moves it so without asking, and reads of a loop run ahead.
 *
 * K_GIVE(y, value, count, accumulate) writes or adds value[] to a view, in loops that the compiler vectorises.
 *
 * K_FN_INLINED is a K_FN that the CPU's compiler puts into its loops however long it is, so that it, too, is compiled for
 * the processor at hand.
 *
 * K_SIMD before a loop over a tile has the CPU's compiler take several elements at a time where it would not by itself.
 * K_ROLLED before a loop over a tile keeps the GPU's compiler from unrolling it, where the registers would not suffice.
 *
 * Rows.  K_DEFINE_WHOLE_ROWS(op) is a map whose output i, by <op>_at(a, i), is a row of a->channels elements.
 * K_DEFINE_ROWS(op, K), for what needs sums over a row's channels first: <op>_term(a, row, c, sum) adds to them,
 * <op>_tile(a, row, c, count, sum) then writes as above; makes `int op(d, a, rows)`, declared by K_DECLARE.  The CPU
 * adds every K_TILE-th channel, then those sums as a tree; the GPU likewise with a warp of K_WARP threads.
 *
 * Float only.  K_DEFINE_F32(op, args, blocks), in a text for K_F32 alone, is a map whose arguments are `struct args`,
 * which several operators may share; on the GPU registers are kept to what `blocks` blocks of K_LANES threads leave
 * on a multiprocessor, and a thread does one element.  Declared by K_DECLARE_F32(op, args).  At most K_MAP_MOST
 * elements.
 *
 * K_WARPS is defined where the lanes of a warp run side by side and share memory: by nvcc, and by tests/kernels/warp.c, which
 * runs a text's warps on the CPU.
 *
 * Rules of the text, which gcc, clang and nvcc (as C++) all read: helper functions are K_FN and start with the
 * file's stem (all kernels share one translation unit under nvcc); no VLA, compound literals, out-of-order
 * designators or implicit conversions from void *; enums outside structs; struct args hold plain data and pointers
 * only.  Functions of math.h by their plain names in double, K_MATH(name)(x) in k_real.  No fast-math anywhere.
 */
#ifndef KERNELS_KERNEL_H
#define KERNELS_KERNEL_H

#include <math.h>
#include <stdint.h>
#include <string.h>
#include "host/run/device.h"
#include "host/run/err.h"

typedef double k_acc;
enum { K_LANES = 256, K_SEGMENTS = 8, K_FEW = 16, K_WARP = 32 };
#define K_MAP_MOST (INT64_C(256) << 20)
enum { K_SERIAL = 8192 }; /* fewer elements than this are not worth a second thread */

#if defined(K_F64)
typedef double k_real;
typedef double k_elem;
typedef double k_master;
#define K_MATH(name) name
#define K_SUFFIX(op) op##_f64
#elif defined(__CUDACC__) && defined(K_BF16)
#include <cuda_bf16.h>
typedef float k_real;
typedef __nv_bfloat16 k_elem;
typedef float k_master;
#define K_MATH(name) name##f
#define K_SUFFIX(op) op##_bf16
#else
typedef float k_real;
typedef float k_elem;
typedef float k_master;
#define K_MATH(name) name##f
#define K_SUFFIX(op) op##_f32
#endif

#define K_LOAD(pointer, i) ((k_real)((const k_elem *)(pointer))[i])
#define K_STORE(pointer, i, value) (((k_elem *)(pointer))[i] = (k_elem)(value))

/* i / d and i % d for i >= 0, d > 0; 32-bit division where both fit, several times faster on every device. */
#if defined(__CUDACC__)
#define K_HELPER static __device__ __forceinline__
#else
#define K_HELPER static inline
#endif
K_HELPER int64_t k_div(int64_t i, int64_t d)
{
	return ((i | d) >> 32) == 0 ? (int64_t)((uint32_t)i / (uint32_t)d) : i / d;
}
K_HELPER int64_t k_mod(int64_t i, int64_t d)
{
	return i - k_div(i, d) * d;
}

#define K_GIVE(y, value, count, accumulate)                                                                  \
	do {                                                                                                 \
		if (accumulate)                                                                              \
			K_SIMD for (int64_t k_ = 0; k_ < (count); k_++)                                             \
				(y)[k_] += (value)[k_];                                                      \
		else                                                                                         \
			K_SIMD for (int64_t k_ = 0; k_ < (count); k_++)                                             \
				(y)[k_] = (value)[k_];                                                       \
	} while (0)

/* ---- contract, in <op>.h (read by C and C++) ---- */
#ifdef __cplusplus
#define K_API extern "C"
#else
#define K_API extern
#endif
#if defined(__CUDACC__) /* the kernels themselves have these names there, and take their args by value */
#define K_DECLARE(op) struct op##_args
#define K_DECLARE_SUM(op) struct op##_args
#else
#define K_DECLARE(op)                                                                                        \
	K_API int op(const struct device *d, const struct op##_args *a, int64_t n);                          \
	K_API void op##_f32(const struct op##_args *a, int64_t n);                                           \
	K_API void op##_f64(const struct op##_args *a, int64_t n)
#define K_DECLARE_SUM(op)                                                                                    \
	K_API int op(const struct device *d, const struct op##_args *a, int64_t groups, int64_t count);      \
	K_API void op##_f32(const struct op##_args *a, int64_t groups, int64_t count);                       \
	K_API void op##_f64(const struct op##_args *a, int64_t groups, int64_t count)
#endif

#define K_DECLARE_F32(op, args) K_API int op(const struct device *d, const struct args *a, int64_t n)

/* Launches a kernel by name through the plugin; in kernels/kernel.c. */
K_API int kernel_launch_map(const struct device *d, const char *op, const void *args, int64_t n);
K_API int kernel_launch_f32(const struct device *d, const char *op, const void *args, int64_t n);
K_API int kernel_launch_sum(const struct device *d, const char *op, const void *args, int64_t groups,
	int64_t count);
K_API int kernel_launch_channel_sum(const struct device *d, const char *op, const void *args, int64_t samples,
	int64_t channels, int64_t count);
K_API int64_t kernel_tiles(const struct device *d, int64_t channels); /* of a row, on the GPU */

/* Loops and views. */
#if defined(__CUDACC__)
#include "kernels/kernel_gpu.h"
#else
#include "kernels/kernel_cpu.h"
#endif
#endif

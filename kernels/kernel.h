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
 * Rules of the text, which gcc, clang and nvcc (as C++) all read: helper functions are K_FN and start with the
 * file's stem (all kernels share one translation unit under nvcc); no VLA, compound literals, out-of-order
 * designators or implicit conversions from void *; enums outside structs; struct args hold plain data and pointers
 * only.  Functions of math.h by their plain names in double, K_MATH(name)(x) in k_real.  No fast-math anywhere.
 */
#ifndef KERNELS_KERNEL_H
#define KERNELS_KERNEL_H

#include <math.h>
#include <stdint.h>
#include "host/run/device.h"
#include "host/run/err.h"

typedef double k_acc;
enum { K_LANES = 256 };

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

/* ---- contract, in <op>.h (read by C and C++) ---- */
#ifdef __cplusplus
#define K_API extern "C"
#else
#define K_API extern
#endif
#define K_DECLARE(op)                                                                                        \
	K_API int op(const struct device *d, const struct op##_args *a, int64_t n);                          \
	K_API void op##_f32(const struct op##_args *a, int64_t n);                                           \
	K_API void op##_f64(const struct op##_args *a, int64_t n)
#define K_DECLARE_SUM(op)                                                                                    \
	K_API int op(const struct device *d, const struct op##_args *a, int64_t groups, int64_t count);      \
	K_API void op##_f32(const struct op##_args *a, int64_t groups, int64_t count);                       \
	K_API void op##_f64(const struct op##_args *a, int64_t groups, int64_t count)

/* Launches a kernel by name through the plugin; in kernels/kernel.c. */
K_API int kernel_launch_map(const struct device *d, const char *op, const void *args, int64_t n);
K_API int kernel_launch_sum(const struct device *d, const char *op, const void *args, int64_t groups,
	int64_t count);

/* ---- loops ---- */
#if defined(__CUDACC__)

#define K_FN static __device__ __forceinline__
#define K_GLOBAL(op) extern "C" __global__ void K_SUFFIX(op)
#define K_DEFINE(op) K_DEFINE_(op, K_SUFFIX(op))
#define K_DEFINE_(op, kernel)                                                                                \
	extern "C" __global__ void __launch_bounds__(K_LANES) kernel(const struct op##_args a, int64_t n)    \
	{                                                                                                    \
		int64_t step = (int64_t)blockDim.x * gridDim.x;                                              \
		for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step)           \
			op##_at(&a, i);                                                                      \
	}
#define K_DEFINE_SUM(op, K) K_DEFINE_SUM_(op, K, K_SUFFIX(op))
#define K_DEFINE_SUM_(op, K, kernel)                                                                         \
	extern "C" __global__ void __launch_bounds__(K_LANES)                                                \
		kernel(const struct op##_args a, int64_t groups, int64_t count)                              \
	{                                                                                                    \
		__shared__ k_acc lane[(K) * K_LANES];                                                        \
		for (int64_t g = blockIdx.x; g < groups; g += gridDim.x) {                                   \
			k_acc sum[K] = { 0 };                                                                \
			for (int64_t j = threadIdx.x; j < count; j += K_LANES)                               \
				op##_term(&a, g, j, sum);                                                    \
			for (int k = 0; k < (K); k++)                                                        \
				lane[k * K_LANES + threadIdx.x] = sum[k];                                    \
			for (int h = K_LANES / 2; h > 0; h /= 2) {                                           \
				__syncthreads();                                                             \
				if ((int)threadIdx.x < h)                                                    \
					for (int k = 0; k < (K); k++)                                        \
						lane[k * K_LANES + threadIdx.x] +=                           \
							lane[k * K_LANES + threadIdx.x + h];                 \
			}                                                                                    \
			if (threadIdx.x == 0) {                                                              \
				for (int k = 0; k < (K); k++)                                                \
					sum[k] = lane[k * K_LANES];                                          \
				op##_store(&a, g, sum);                                                      \
			}                                                                                    \
			__syncthreads();                                                                     \
		}                                                                                            \
	}

#else

#define K_FN static inline
#define K_PRAGMA(text) _Pragma(#text)
#define K_DEFINE(op)                                                                                         \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t n)                                              \
	{                                                                                                    \
		K_PRAGMA(omp parallel for schedule(static))                                                  \
		for (int64_t i = 0; i < n; i++)                                                              \
			op##_at(a, i);                                                                       \
	}                                                                                                    \
	K_DISPATCH(op)
#define K_DEFINE_SUM(op, K)                                                                                  \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t groups, int64_t count)                          \
	{                                                                                                    \
		K_PRAGMA(omp parallel for schedule(static))                                                  \
		for (int64_t g = 0; g < groups; g++) {                                                       \
			k_acc lane[K_LANES][K];                                                              \
			for (int t = 0; t < K_LANES; t++)                                                    \
				for (int k = 0; k < (K); k++)                                                \
					lane[t][k] = 0;                                                      \
			for (int64_t j = 0; j < count; j++)                                                  \
				op##_term(a, g, j, lane[j % K_LANES]);                                       \
			for (int h = K_LANES / 2; h > 0; h /= 2)                                             \
				for (int t = 0; t < h; t++)                                                  \
					for (int k = 0; k < (K); k++)                                        \
						lane[t][k] += lane[t + h][k];                                \
			op##_store(a, g, lane[0]);                                                           \
		}                                                                                            \
	}                                                                                                    \
	K_DISPATCH_SUM(op)

#if defined(K_F64)
#define K_DISPATCH(op)
#define K_DISPATCH_SUM(op)
#else
#define K_DISPATCH(op)                                                                                       \
	int op(const struct device *d, const struct op##_args *a, int64_t n)                                 \
	{                                                                                                    \
		if (d->kind == DEVICE_CUDA)                                                                  \
			return kernel_launch_map(d, #op, a, n);                                              \
		if (d->elem == DEVICE_F64)                                                                   \
			op##_f64(a, n);                                                                      \
		else                                                                                         \
			op##_f32(a, n);                                                                      \
		return 0;                                                                                    \
	}
#define K_DISPATCH_SUM(op)                                                                                   \
	int op(const struct device *d, const struct op##_args *a, int64_t groups, int64_t count)             \
	{                                                                                                    \
		if (d->kind == DEVICE_CUDA)                                                                  \
			return kernel_launch_sum(d, #op, a, groups, count);                                  \
		if (d->elem == DEVICE_F64)                                                                   \
			op##_f64(a, groups, count);                                                          \
		else                                                                                         \
			op##_f32(a, groups, count);                                                          \
		return 0;                                                                                    \
	}
#endif
#endif
#endif

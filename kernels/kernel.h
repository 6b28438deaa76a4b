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

/* ---- loops ---- */
#if defined(__CUDACC__)

#define K_FN K_HELPER
enum { K_AHEAD = 8 }; /* terms whose reads are under way at once */
#include "kernels/gpu_parts.h"
enum { K_TILE = K_WIDE_BYTES / sizeof(k_elem), K_MASTERS = K_WIDE_BYTES / sizeof(k_master) };

K_FN bool k_wide(const void *p, int64_t count)
{
	return count == K_TILE && (uintptr_t)p % K_WIDE_BYTES == 0;
}

K_FN void k_read(k_real *to, const k_elem *from, int64_t count)
{
	if (k_wide(from, count)) {
		const uint4 v = *(const uint4 *)from;
		const uint32_t word[4] = { v.x, v.y, v.z, v.w };
#if defined(K_BF16)
		for (int k = 0; k < 4; k++) {
			to[2 * k] = __uint_as_float(word[k] << 16);
			to[2 * k + 1] = __uint_as_float(word[k] & 0xffff0000u);
		}
#else
		for (int k = 0; k < 4; k++)
			to[k] = __uint_as_float(word[k]);
#endif
		return;
	}
	for (int k = 0; k < K_TILE; k++)
		if (k < count)
			to[k] = (k_real)from[k];
}

K_FN void k_read_master(k_real *to, const k_master *from, int64_t count)
{
	if (k_wide(from, count)) {
		for (int k = 0; k < K_TILE; k += K_MASTERS) {
			const float4 v = *(const float4 *)(from + k);
			to[k] = v.x;
			to[k + 1] = v.y;
			to[k + 2] = v.z;
			to[k + 3] = v.w;
		}
		return;
	}
	for (int k = 0; k < K_TILE; k++)
		if (k < count)
			to[k] = from[k];
}

/* One store: of an assignment the compiler makes four. */
K_FN void k_write_wide(void *to, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	asm volatile("st.global.v4.b32 [%0], {%1, %2, %3, %4};"
		     :
		     : "l"(__cvta_generic_to_global(to)), "r"(a), "r"(b), "r"(c), "r"(d)
		     : "memory");
}

K_FN void k_write_master(k_master *to, const k_real *from, int64_t count)
{
	if (k_wide(to, count)) {
		for (int k = 0; k < K_TILE; k += K_MASTERS)
			k_write_wide(to + k, __float_as_uint(from[k]), __float_as_uint(from[k + 1]),
				__float_as_uint(from[k + 2]), __float_as_uint(from[k + 3]));
		return;
	}
	for (int k = 0; k < K_TILE; k++)
		if (k < count)
			to[k] = from[k];
}

K_FN void k_write(k_elem *to, const k_real *from, int64_t count)
{
	if (k_wide(to, count)) {
		uint32_t word[4];
		for (int k = 0; k < 4; k++) {
#if defined(K_BF16)
			word[k] = (uint32_t)__bfloat16_as_ushort(__float2bfloat16_rn(from[2 * k])) |
				(uint32_t)__bfloat16_as_ushort(__float2bfloat16_rn(from[2 * k + 1])) << 16;
#else
			word[k] = __float_as_uint(from[k]);
#endif
		}
		k_write_wide(to, word[0], word[1], word[2], word[3]);
		return;
	}
	for (int k = 0; k < K_TILE; k++)
		if (k < count)
			to[k] = (k_elem)from[k];
}

#define K_READ(x, pointer, i, count)                                                                         \
	k_real x[K_TILE];                                                                                    \
	k_read(x, (const k_elem *)(pointer) + (i), count)
#define K_READ_MASTER(x, pointer, i, count)                                                                  \
	k_real x[K_TILE];                                                                                    \
	k_read_master(x, (const k_master *)(pointer) + (i), count)
#define K_WRITE(y, pointer, i, count, old)                                                                   \
	k_real y[K_TILE];                                                                                    \
	if (old)                                                                                             \
	k_read(y, (const k_elem *)(pointer) + (i), count)
#define K_PUT(y, pointer, i, count) k_write((k_elem *)(pointer) + (i), y, count)
#define K_CHANGE_MASTER(y, pointer, i, count) K_READ_MASTER(y, pointer, i, count)
#define K_PUT_MASTER(y, pointer, i, count) k_write_master((k_master *)(pointer) + (i), y, count)

#define K_ALIGNED(pointer, type, i, count)                                                                   \
	__builtin_assume((count) != K_TILE || (uintptr_t)((const type *)(pointer) + (i)) % K_WIDE_BYTES == 0)
#define K_ROLLED _Pragma("unroll 1")
#define K_SIMD
#define K_GLOBAL(op) extern "C" __global__ void K_SUFFIX(op)
#define K_DEFINE(op) K_DEFINE_(op, K_SUFFIX(op))
#define K_DEFINE_(op, kernel)                                                                                \
	extern "C" __global__ void __launch_bounds__(K_LANES) kernel(const struct op##_args a, int64_t n)    \
	{                                                                                                    \
		int64_t step = (int64_t)blockDim.x * gridDim.x;                                              \
		for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step)           \
			op##_at(&a, i);                                                                      \
	}
#define K_DEFINE_WHOLE_ROWS(op) K_DEFINE(op)
#define K_DEFINE_F32(op, args, blocks)                                                                       \
	extern "C" __global__ void __launch_bounds__(K_LANES, blocks)                                        \
		op##_f32(const __grid_constant__ struct args a, int64_t n)                                   \
	{                                                                                                    \
		int64_t i = (int64_t)blockIdx.x * K_LANES + threadIdx.x;                                     \
		if (i < n)                                                                                   \
			op##_at(&a, i);                                                                      \
	}
#define K_DEFINE_TILES(op) K_DEFINE_TILES_(op, K_SUFFIX(op))
#define K_DEFINE_TILES_(op, kernel)                                                                          \
	extern "C" __global__ void __launch_bounds__(K_LANES) kernel(const struct op##_args a, int64_t n)    \
	{                                                                                                    \
		int64_t step = (int64_t)blockDim.x * gridDim.x;                                              \
		int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;                                  \
		if (a.channels % K_TILE != 0) {                                                              \
			for (; i < n; i += step)                                                             \
				op##_tile(&a, k_div(i, a.channels), k_mod(i, a.channels), 1);                \
			return;                                                                              \
		}                                                                                            \
		const int64_t tiles = a.channels / K_TILE;                                                   \
		for (; i < n; i += step)                                                                     \
			op##_tile(&a, k_div(i, tiles), k_mod(i, tiles) * K_TILE, K_TILE);                    \
	}
#define K_DEFINE_ROWS(op, K) K_DEFINE_ROWS_(op, K, K_SUFFIX(op))
#define K_DEFINE_ROWS_(op, K, kernel)                                                                        \
	extern "C" __global__ void __launch_bounds__(K_LANES) kernel(const struct op##_args a, int64_t n)    \
	{                                                                                                    \
		int64_t thread = (int64_t)blockIdx.x * blockDim.x + threadIdx.x, rows = n / K_WARP;          \
		int64_t step = (int64_t)blockDim.x * gridDim.x / K_WARP;                                     \
		for (int64_t row = thread / K_WARP; row < rows; row += step) {                               \
			k_acc sum[K] = { 0 };                                                                \
			for (int64_t c = threadIdx.x % K_WARP; c < a.channels; c += K_WARP)                  \
				op##_term(&a, row, c, sum);                                                  \
			for (int k = 0; k < (K); k++)                                                        \
				for (int h = K_WARP / 2; h > 0; h /= 2)                                      \
					sum[k] += __shfl_xor_sync(0xffffffffu, sum[k], h);                   \
			for (int64_t c = threadIdx.x % K_WARP; c < a.channels; c += K_WARP)                  \
				op##_tile(&a, row, c, 1, sum);                                               \
		}                                                                                            \
	}
#define K_DEFINE_SUM(op, K) K_DEFINE_SUM_(op, K, K_SUFFIX(op))
#define K_DEFINE_CHANNEL_SUM(op, K) K_DEFINE_CHANNEL_SUM_(op, K, K_SUFFIX(op), K_AHEAD)
#define K_DEFINE_LONG_CHANNEL_SUM(op, K) K_DEFINE_CHANNEL_SUM_(op, K, K_SUFFIX(op), 1)
/* A block adds a run of pixels of `lanes` channels; the last of a tile's blocks to be done adds their sums in order. */
#define K_DEFINE_CHANNEL_SUM_(op, K, kernel, ahead)                                                          \
	extern "C" __global__ void __launch_bounds__(K_LANES, (K) > 2 ? 2 : 4)                               \
		kernel(const struct op##_args a, int64_t count, const struct k_parts p)                      \
	{                                                                                                    \
		static_assert((K) <= K_PART_SUMS, "room for a run's sums");                                  \
		__shared__ k_acc lane[(K) * K_LANES];                                                        \
		__shared__ bool is_last;                                                                     \
		const int t = (int)threadIdx.x, row = t / p.lanes, rows = K_LANES / p.lanes;                 \
		const int segment = (int)(blockIdx.x % p.segments), group = (int)(blockIdx.x / p.segments);  \
		const int64_t s = group / p.tiles, c = (int64_t)(group % p.tiles) * p.lanes + t % p.lanes;   \
		const bool there = c < a.channels;                                                           \
		const int64_t first = segment * p.length;                                                    \
		const int64_t end = first + p.length < count ? first + p.length : count;                     \
		k_acc sum[K] = { 0 };                                                                        \
		int64_t j = there ? first + row : end;                                                       \
		for (; (ahead) > 1 && j + ((ahead) - 1) * rows < end; j += (ahead) * rows)                   \
			_Pragma("unroll") for (int u = 0; u < (ahead); u++)                                  \
				op##_term(&a, s, c, j + u * rows, sum);                                      \
		for (; j < end; j += rows)                                                                   \
			op##_term(&a, s, c, j, sum);                                                         \
		K_ADD_ROWS(K, sum, lane, t, p.lanes)                                                         \
		if (p.segments > 1) {                                                                        \
			k_acc *part = p.sums + (int64_t)group * p.segments * (K) * p.lanes;                  \
			if (row == 0)                                                                        \
				for (int k = 0; k < (K); k++)                                                \
					part[(segment * (K) + k) * p.lanes + t] = lane[k * K_LANES + t];     \
			__threadfence();                                                                     \
			__syncthreads();                                                                     \
			if (t == 0)                                                                          \
				is_last = atomicAdd(&p.done[group], 1u) == (unsigned)p.segments - 1;         \
			__syncthreads();                                                                     \
			if (!is_last)                                                                        \
				return;                                                                      \
			__threadfence();                                                                     \
			for (int k = 0; k < (K); k++)                                                        \
				sum[k] = 0;                                                                  \
			for (int i = row; i < p.segments; i += rows)                                         \
				for (int k = 0; k < (K); k++)                                                \
					sum[k] += __ldcg(part + (i * (K) + k) * p.lanes + t % p.lanes);      \
			K_ADD_ROWS(K, sum, lane, t, p.lanes)                                                 \
			if (t == 0)                                                                          \
				p.done[group] = 0;                                                           \
		}                                                                                            \
		if (row == 0 && there) {                                                                     \
			for (int k = 0; k < (K); k++)                                                        \
				sum[k] = lane[k * K_LANES + t];                                              \
			op##_store(&a, s, c, sum);                                                           \
		}                                                                                            \
	}
/* Each lane's sums over the rows of the block, as a tree. */
#define K_ADD_ROWS(K, sum, lane, t, lanes)                                                                   \
	for (int k = 0; k < (K); k++)                                                                        \
		lane[k * K_LANES + t] = sum[k];                                                              \
	for (int h = K_LANES / 2; h >= lanes; h /= 2) {                                                      \
		__syncthreads();                                                                             \
		if (t < h)                                                                                   \
			for (int k = 0; k < (K); k++)                                                        \
				lane[k * K_LANES + t] += lane[k * K_LANES + t + h];                          \
	}                                                                                                    \
	__syncthreads();
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

#define K_FN K_HELPER
enum { K_TILE = 16 };
#define K_ALIGNED(pointer, type, i, count) (void)0
#define K_PRAGMA(text) _Pragma(#text)
#define K_ROLLED
#if defined(__clang__) /* it vectorises what it can by itself, and warns of what it is told to and cannot */
#define K_SIMD
#else
#define K_SIMD K_PRAGMA(omp simd)
#endif
#define K_READ(x, pointer, i, count) const k_elem *__restrict__ x = (const k_elem *)(pointer) + (i)
#define K_READ_MASTER(x, pointer, i, count) const k_master *__restrict__ x = (const k_master *)(pointer) + (i)
#define K_WRITE(y, pointer, i, count, old) k_elem *__restrict__ y = (k_elem *)(pointer) + (i)
#define K_PUT(y, pointer, i, count) (void)0
#define K_CHANGE_MASTER(y, pointer, i, count) k_master *__restrict__ y = (k_master *)(pointer) + (i)
#define K_PUT_MASTER(y, pointer, i, count) (void)0
#define K_DEFINE(op) K_DEFINE_(op, n)
#define K_DEFINE_WHOLE_ROWS(op) K_DEFINE_(op, n *a->channels)
#define K_DEFINE_(op, work)                                                                                  \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t n)                                              \
	{                                                                                                    \
		K_PRAGMA(omp parallel for schedule(static) if (work > K_SERIAL))                             \
		for (int64_t i = 0; i < n; i++)                                                              \
			op##_at(a, i);                                                                       \
	}                                                                                                    \
	K_DISPATCH(op)
#define K_DEFINE_SUM(op, K)                                                                                  \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t groups, int64_t count)                          \
	{                                                                                                    \
		K_PRAGMA(omp parallel for schedule(static) if (groups > 1 && groups * count > K_SERIAL))     \
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

#define K_DEFINE_F32(op, args, blocks)                                                                       \
	int op(const struct device *d, const struct args *a, int64_t n)                                      \
	{                                                                                                    \
		if (d->kind == DEVICE_CUDA)                                                                  \
			return kernel_launch_f32(d, #op, a, n);                                              \
		K_PRAGMA(omp parallel for schedule(dynamic, 256) if (n > K_SERIAL))                          \
		for (int64_t i = 0; i < n; i++)                                                              \
			op##_at(a, i);                                                                       \
		return 0;                                                                                    \
	}

/* The copy of the arguments tells the compiler that no store changes them. */
#define K_DEFINE_TILES(op)                                                                                   \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t n)                                              \
	{                                                                                                    \
		const struct op##_args b = *a;                                                               \
		K_PRAGMA(omp parallel for schedule(static) if (n * b.channels > K_SERIAL))                   \
		for (int64_t row = 0; row < n; row++) {                                                      \
			int64_t c = 0;                                                                       \
			for (; c + K_TILE <= b.channels; c += K_TILE)                                        \
				op##_tile(&b, row, c, K_TILE);                                               \
			if (c < b.channels)                                                                  \
				op##_tile(&b, row, c, b.channels - c);                                       \
		}                                                                                            \
	}                                                                                                    \
	K_DISPATCH_TILES(op)
#define K_DEFINE_ROWS(op, K)                                                                                 \
	static inline void op##_sums(const struct op##_args *a, int64_t row, k_acc *total)                   \
	{                                                                                                    \
		k_acc sum[K][K_TILE] = { { 0 } };                                                            \
		const int64_t whole = a->channels / K_TILE * K_TILE;                                         \
		for (int64_t c = 0; c < whole; c += K_TILE)                                                  \
			for (int t = 0; t < K_TILE; t++) {                                                   \
				k_acc one[K] = { 0 };                                                        \
				op##_term(a, row, c + t, one);                                               \
				for (int k = 0; k < (K); k++)                                                \
					sum[k][t] += one[k];                                                 \
			}                                                                                    \
		for (int64_t c = whole; c < a->channels; c++) {                                              \
			k_acc one[K] = { 0 };                                                                \
			op##_term(a, row, c, one);                                                           \
			for (int k = 0; k < (K); k++)                                                        \
				sum[k][c - whole] += one[k];                                                 \
		}                                                                                            \
		for (int k = 0; k < (K); k++) {                                                              \
			for (int h = K_TILE / 2; h > 0; h /= 2)                                              \
				for (int t = 0; t < h; t++)                                                  \
					sum[k][t] += sum[k][t + h];                                          \
			total[k] = sum[k][0];                                                                \
		}                                                                                            \
	}                                                                                                    \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t n)                                              \
	{                                                                                                    \
		const struct op##_args b = *a;                                                               \
		K_PRAGMA(omp parallel for schedule(static) if (n * b.channels > K_SERIAL))                   \
		for (int64_t row = 0; row < n; row++) {                                                      \
			k_acc sum[K];                                                                        \
			int64_t c = 0;                                                                       \
			op##_sums(&b, row, sum);                                                             \
			for (; c + K_TILE <= b.channels; c += K_TILE)                                        \
				op##_tile(&b, row, c, K_TILE, sum);                                          \
			if (c < b.channels)                                                                  \
				op##_tile(&b, row, c, b.channels - c, sum);                                  \
		}                                                                                            \
	}                                                                                                    \
	K_DISPATCH_ROWS(op)
#define K_DEFINE_LONG_CHANNEL_SUM(op, K) K_DEFINE_CHANNEL_SUM(op, K)
#define K_DEFINE_CHANNEL_SUM(op, K)                                                                          \
	typedef k_acc op##_sums[K][K_TILE];                                                                  \
	static inline void op##_pixel(const struct op##_args *a, int64_t s, int64_t c, int64_t width, int64_t j, \
		op##_sums sum)                                                                               \
	{                                                                                                    \
		for (int64_t t = 0; t < width; t++) {                                                        \
			k_acc one[K] = { 0 };                                                                \
			op##_term(a, s, c + t, j, one);                                                      \
			for (int k = 0; k < (K); k++)                                                        \
				sum[k][t] += one[k];                                                         \
		}                                                                                            \
	}                                                                                                    \
	static void op##_segment(const struct op##_args *a, int64_t tile, int64_t count, int p, op##_sums total) \
	{                                                                                                    \
		const int64_t tiles = (a->channels + K_TILE - 1) / K_TILE, s = tile / tiles;                 \
		const int64_t c = tile % tiles * K_TILE, end = count * (p + 1) / K_SEGMENTS;                 \
		const int64_t width = a->channels - c < K_TILE ? a->channels - c : K_TILE;                   \
		op##_sums sum = { { 0 } };                                                                   \
		for (int64_t j = count * p / K_SEGMENTS; j < end; j++)                                       \
			if (width == K_TILE) /* the constant lets the compiler vectorise */                  \
				op##_pixel(a, s, c, K_TILE, j, sum);                                         \
			else                                                                                 \
				op##_pixel(a, s, c, width, j, sum);                                          \
		memcpy(total, sum, sizeof(sum));                                                             \
	}                                                                                                    \
	static void op##_finish(const struct op##_args *a, int64_t tile, op##_sums *part)                    \
	{                                                                                                    \
		const int64_t tiles = (a->channels + K_TILE - 1) / K_TILE, c = tile % tiles * K_TILE;        \
		for (int64_t t = 0; t < K_TILE && c + t < a->channels; t++) {                                \
			k_acc sum[K] = { 0 };                                                                \
			for (int p = 0; p < K_SEGMENTS; p++)                                                 \
				for (int k = 0; k < (K); k++)                                                \
					sum[k] += part[p][k][t];                                             \
			op##_store(a, tile / tiles, c + t, sum);                                             \
		}                                                                                            \
	}                                                                                                    \
	/* Many tiles are shared out whole; of few, the segments. */                                         \
	static void op##_few(const struct op##_args *a, int64_t n, int64_t count)                            \
	{                                                                                                    \
		op##_sums part[K_FEW * K_SEGMENTS];                                                          \
		const int64_t parts = n * K_SEGMENTS;                                                        \
		K_PRAGMA(omp parallel for schedule(static) if (n * count * K_TILE > K_SERIAL))               \
		for (int64_t i = 0; i < parts; i++)                                                          \
			op##_segment(a, i / K_SEGMENTS, count, (int)(i % K_SEGMENTS), part[i]);              \
		for (int64_t i = 0; i < n; i++)                                                              \
			op##_finish(a, i, part + i * K_SEGMENTS);                                            \
	}                                                                                                    \
	static void op##_many(const struct op##_args *a, int64_t n, int64_t count)                           \
	{                                                                                                    \
		K_PRAGMA(omp parallel for schedule(static) if (n * count * K_TILE > K_SERIAL))               \
		for (int64_t i = 0; i < n; i++) {                                                            \
			op##_sums part[K_SEGMENTS];                                                          \
			for (int p = 0; p < K_SEGMENTS; p++)                                                 \
				op##_segment(a, i, count, p, part[p]);                                       \
			op##_finish(a, i, part);                                                             \
		}                                                                                            \
	}                                                                                                    \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t samples, int64_t count)                         \
	{                                                                                                    \
		const struct op##_args b = *a;                                                               \
		const int64_t n = samples * ((b.channels + K_TILE - 1) / K_TILE);                            \
		if (n <= K_FEW)                                                                              \
			op##_few(&b, n, count);                                                              \
		else                                                                                         \
			op##_many(&b, n, count);                                                             \
	}                                                                                                    \
	K_DISPATCH_CHANNEL_SUM(op)

#if defined(K_F64)
#define K_DISPATCH(op)
#define K_DISPATCH_TILES(op)
#define K_DISPATCH_ROWS(op)
#define K_DISPATCH_SUM(op)
#define K_DISPATCH_CHANNEL_SUM(op)
#else
#define K_DISPATCH(op) K_DISPATCH_(op, n)
#define K_DISPATCH_TILES(op) K_DISPATCH_(op, n *kernel_tiles(d, a->channels))
#define K_DISPATCH_ROWS(op) K_DISPATCH_(op, n *K_WARP)
#define K_DISPATCH_(op, launched)                                                                            \
	int op(const struct device *d, const struct op##_args *a, int64_t n)                                 \
	{                                                                                                    \
		if (d->kind == DEVICE_CUDA)                                                                  \
			return kernel_launch_map(d, #op, a, launched);                                       \
		if (d->elem == DEVICE_F64)                                                                   \
			op##_f64(a, n);                                                                      \
		else                                                                                         \
			op##_f32(a, n);                                                                      \
		return 0;                                                                                    \
	}
#define K_DISPATCH_SUM(op) K_DISPATCH_SUM_(op, groups, kernel_launch_sum(d, #op, a, groups, count))
#define K_DISPATCH_CHANNEL_SUM(op)                                                                           \
	K_DISPATCH_SUM_(op, samples, kernel_launch_channel_sum(d, #op, a, samples, a->channels, count))
#define K_DISPATCH_SUM_(op, groups, launch)                                                                  \
	int op(const struct device *d, const struct op##_args *a, int64_t groups, int64_t count)             \
	{                                                                                                    \
		if (d->kind == DEVICE_CUDA)                                                                  \
			return launch;                                                                       \
		if (d->elem == DEVICE_F64)                                                                   \
			op##_f64(a, groups, count);                                                          \
		else                                                                                         \
			op##_f32(a, groups, count);                                                          \
		return 0;                                                                                    \
	}
#endif
#endif
#endif

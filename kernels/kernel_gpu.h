/* What kernels/kernel.h says, for nvcc: every operator becomes a kernel.  Included by it alone. */
#ifndef KERNELS_KERNEL_GPU_H
#define KERNELS_KERNEL_GPU_H
#define K_FN K_HELPER
#define K_FN_INLINED K_HELPER
#define K_WARPS
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
#endif

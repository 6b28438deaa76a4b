/* What kernels/kernel.h says, for the CPU: every operator becomes an OpenMP loop, and a dispatcher that also finds the
 * kernel on a GPU.  Included by it alone. */
#ifndef KERNELS_KERNEL_CPU_H
#define KERNELS_KERNEL_CPU_H
#define K_FN K_HELPER
#define K_FN_INLINED K_HELPER __attribute__((always_inline))
#include <omp.h>
enum { K_TILE = 16 };
#define K_ALIGNED(pointer, type, i, count) (void)0
#define K_PRAGMA(text) _Pragma(#text)
#define K_ROLLED
#if defined(__clang__) /* it vectorises what it can by itself, and warns of what it is told to and cannot */
#define K_SIMD
#else
#define K_SIMD K_PRAGMA(omp simd)
#endif
/* A loop that the program starts in the version for the processor at hand: with AVX-512, AVX2 or neither, the same bits in
 * all three, since nothing is contracted or reordered.  The oracle has one. */
#if defined(K_F32) && defined(__x86_64__) && defined(__GLIBC__) && __GNUC__ >= 12 && \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define K_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define K_CLONES
#endif
/* Calls rows(a, first, end) for the rows 0 .. n - 1, shared out evenly among the threads. */
#define K_SHARE_ROWS(rows, a, n, worth)                                                                      \
	K_PRAGMA(omp parallel if (worth))                                                                    \
	{                                                                                                    \
		const int64_t k_thread = omp_get_thread_num(), k_threads = omp_get_num_threads();            \
		rows(a, n *k_thread / k_threads, n *(k_thread + 1) / k_threads);                             \
	}
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
	K_CLONES static void op##_rows(const struct op##_args *a, int64_t first, int64_t end)                \
	{                                                                                                    \
		const struct op##_args b = *a;                                                               \
		for (int64_t row = first; row < end; row++) {                                                \
			int64_t c = 0;                                                                       \
			for (; c + K_TILE <= b.channels; c += K_TILE)                                        \
				op##_tile(&b, row, c, K_TILE);                                               \
			if (c < b.channels)                                                                  \
				op##_tile(&b, row, c, b.channels - c);                                       \
		}                                                                                            \
	}                                                                                                    \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t n)                                              \
	{                                                                                                    \
		K_SHARE_ROWS(op##_rows, a, n, n * a->channels > K_SERIAL)                                    \
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
	K_CLONES static void op##_rows(const struct op##_args *a, int64_t first, int64_t end)                \
	{                                                                                                    \
		const struct op##_args b = *a;                                                               \
		for (int64_t row = first; row < end; row++) {                                                \
			k_acc sum[K];                                                                        \
			int64_t c = 0;                                                                       \
			op##_sums(&b, row, sum);                                                             \
			for (; c + K_TILE <= b.channels; c += K_TILE)                                        \
				op##_tile(&b, row, c, K_TILE, sum);                                          \
			if (c < b.channels)                                                                  \
				op##_tile(&b, row, c, b.channels - c, sum);                                  \
		}                                                                                            \
	}                                                                                                    \
	void K_SUFFIX(op)(const struct op##_args *a, int64_t n)                                              \
	{                                                                                                    \
		K_SHARE_ROWS(op##_rows, a, n, n * a->channels > K_SERIAL)                                    \
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
	K_CLONES static void op##_segment(const struct op##_args *a, int64_t tile, int64_t count, int p, op##_sums total) \
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

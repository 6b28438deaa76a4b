/*
 * Vectors of SIMD_LANES floats (simd_f), 32-bit integers (simd_i) and booleans (simd_m), in the width this file is
 * compiled for.  The names mean the same in all three headers:
 *
 *	simd_window            2 SIMD_LANES neighbouring values in registers; simd_pick() looks up one for each lane
 *	simd_pair              two rows of SIMD_LANES values as a window: indices SIMD_LANES apart are one above the other
 *	simd_pick_row          a lookup in SIMD_LANES values
 *	simd_tagged            which of SIMD_LANES bytes are the given one
 *	simd_pick_mask         a lookup in two such answers, for each lane
 *	simd_gather_*          one value for each lane from memory
 *	simd_narrow(d)         SIMD_LANES doubles as floats
 *	simd_line(a, b, s, o)  a[l] + b[l] * s - o in double, as floats
 *	simd_line_from         the same, less a float for each lane
 *	simd_fma(a, b, c)      a * b + c; simd_fnma: c - a * b
 */
#ifndef KERNELS_CPU_SIMD_H
#define KERNELS_CPU_SIMD_H
#include <math.h>
#include <stdint.h>
#include <string.h>
#define SIMD_ISA_PORTABLE 0
#define SIMD_ISA_AVX2 1
#define SIMD_ISA_AVX512 2
#define SIMD_FN static inline __attribute__((always_inline))
/* Before a loop over few taps or rows: else gcc keeps what it indexes in memory. */
#define SIMD_UNROLL _Pragma("GCC unroll 16")
#define SIMD_JOIN_(a, b) a##_##b
#define SIMD_JOIN(a, b) SIMD_JOIN_(a, b)
#if SIMD_ISA == SIMD_ISA_AVX512
#include "kernels/cpu/simd_avx512.h"
#define SIMD_NAME(name) SIMD_JOIN(name, avx512)
#elif SIMD_ISA == SIMD_ISA_AVX2
#include "kernels/cpu/simd_avx2.h"
#define SIMD_NAME(name) SIMD_JOIN(name, avx2)
#else
#include "kernels/cpu/simd_portable.h"
#define SIMD_NAME(name) SIMD_JOIN(name, portable)
#endif

SIMD_FN simd_f simd_clamp(simd_f x, simd_f low, simd_f high)
{
	return simd_min(simd_max(x, low), high);
}
#endif

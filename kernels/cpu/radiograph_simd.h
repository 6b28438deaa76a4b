/*
 * radiograph_f32() by tiles of pixels, built for AVX-512, AVX2 and the machine's baseline; the best that this
 * processor has is chosen at run time.  The text is kernels/radiograph_tile.h, without contraction of
 * multiply and add, so every build gives the bits of radiograph_f32() itself.
 *
 * 512 x 512 pixels, two threads of an AMD EPYC (Zen 4), 12 energies / the 71 bins of 80 kVp: AVX-512 1.1 / 5.9 ms,
 * AVX2 1.8 / 9.7 ms, baseline 3.5 / 18.8 ms, radiograph_f32() 13.9 / 66 ms.
 */
#ifndef KERNELS_CPU_RADIOGRAPH_SIMD_H
#define KERNELS_CPU_RADIOGRAPH_SIMD_H
#include "kernels/radiograph.h"
#ifdef __cplusplus
extern "C" {
#endif
struct radiograph_build {
	const char *name; /* "avx512", "avx2", "baseline" */
	void (*run)(const struct radiograph_args *a, int64_t n);
};
/* What this processor can run, best first; returns how many (1 to 3). */
int radiograph_simd_builds(struct radiograph_build builds[3]);

void radiograph_avx512(const struct radiograph_args *a, int64_t n);
void radiograph_avx2(const struct radiograph_args *a, int64_t n);
void radiograph_baseline(const struct radiograph_args *a, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

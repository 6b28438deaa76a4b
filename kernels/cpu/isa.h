/*
 * Which vector instructions this processor has.  Files of kernels/cpu/ that come in several widths are compiled once
 * a width with SIMD_ISA set (kernels/CMakeLists.txt), their functions named by SIMD_NAME(), and chosen at run time.
 */
#ifndef KERNELS_CPU_ISA_H
#define KERNELS_CPU_ISA_H
#ifdef __cplusplus
extern "C" {
#endif
enum isa { ISA_PORTABLE, ISA_AVX2, ISA_AVX512, ISA_COUNT };
/* The widest one of this processor, or a narrower one named in $XBMD_ISA (portable, avx2, avx512). */
enum isa isa_best(void);
/* For tests: from now on this one (it must be there), or ISA_COUNT = the best again. */
void isa_force(enum isa isa);
int isa_available(enum isa isa);
const char *isa_name(enum isa isa);
#ifdef __cplusplus
}
#endif
#endif

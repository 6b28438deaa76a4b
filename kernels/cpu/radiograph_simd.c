#include "kernels/cpu/radiograph_simd.h"

int radiograph_simd_builds(struct radiograph_build builds[3])
{
	int n = 0;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
		__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		builds[n++] = (struct radiograph_build){ "avx512", radiograph_avx512 };
	if (__builtin_cpu_supports("avx2"))
		builds[n++] = (struct radiograph_build){ "avx2", radiograph_avx2 };
#endif
	builds[n++] = (struct radiograph_build){ "baseline", radiograph_baseline };
	return n;
}

void radiograph_simd(const struct radiograph_args *a, int64_t n)
{
	struct radiograph_build builds[3];
	radiograph_simd_builds(builds);
	builds[0].run(a, n);
}

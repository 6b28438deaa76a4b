#include "kernels/cpu/isa.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[ISA_COUNT] = { "portable", "avx2", "avx512" };
static enum isa forced = ISA_COUNT;

int isa_available(enum isa isa)
{
#if defined(__x86_64__)
	if (isa == ISA_AVX512)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
	if (isa == ISA_AVX2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
	return isa == ISA_PORTABLE;
}

void isa_force(enum isa isa)
{
	forced = isa;
}

const char *isa_name(enum isa isa)
{
	return names[isa];
}

enum isa isa_best(void)
{
	if (forced != ISA_COUNT)
		return forced;
	const char *wanted = getenv("XBMD_ISA");
	for (int isa = ISA_COUNT - 1; isa > ISA_PORTABLE; isa--)
		if (isa_available((enum isa)isa) && (!wanted || strcmp(wanted, names[isa]) == 0))
			return (enum isa)isa;
	return ISA_PORTABLE;
}

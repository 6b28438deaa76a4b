#include "kernels/cpu/isa.h"
#include "kernels/cpu/slab_ray.h"

void slab_ray_cpu(const struct slab_ray_args *a)
{
#if defined(__x86_64__)
	enum isa isa = isa_best();
	if (isa == ISA_AVX512) {
		slab_ray_avx512(a);
		return;
	}
	if (isa == ISA_AVX2) {
		slab_ray_avx2(a);
		return;
	}
#endif
	slab_ray_portable(a);
}

#include "kernels/cpu/isa.h"
#include "kernels/cpu/slab_ray.h"

static const struct {
	void (*render)(const struct slab_ray_args *a);
	void (*layouts)(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a);
} variants[ISA_COUNT] = {
	[ISA_PORTABLE] = { slab_ray_portable, slab_ray_layouts_portable },
#if defined(__x86_64__)
	[ISA_AVX2] = { slab_ray_avx2, slab_ray_layouts_avx2 },
	[ISA_AVX512] = { slab_ray_avx512, slab_ray_layouts_avx512 },
#endif
};

void slab_ray_cpu(const struct slab_ray_args *a)
{
	variants[isa_best()].render(a);
}

void slab_ray_cpu_layouts(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a)
{
	variants[isa_best()].layouts(layouts, a);
}

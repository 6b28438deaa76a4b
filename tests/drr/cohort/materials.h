// A picture of true materials the long way: a volume for each, rendered by itself.
#ifndef TESTS_DRR_COHORT_MATERIALS_H
#define TESTS_DRR_COHORT_MATERIALS_H
#include <vector>
#include "ct/anatomy.h"
#include "drr/projector.h"
#include "tests/drr/cohort/cohort.h"

// (MATERIALS, rows, cols) g/cm2.
inline std::vector<float> MaterialsOf(const struct anatomy_voxels &truth, const struct geometry &g, const struct pose &pose)
{
	struct device cpu = Cpu();
	const struct volume *volumes[MATERIALS] = { &truth.soft, &truth.fat, &truth.mineral,
		truth.metal.voxels.data ? &truth.metal : NULL };
	const size_t pixels = (size_t)(g.cols * g.rows);
	std::vector<float> materials(MATERIALS * pixels);
	for (size_t m = 0; m < MATERIALS; m++) {
		struct projector_source source = {};
		source.values = volumes[m];
		source.hu_per_value = 1;
		source.materials = material_model_default();
		struct resident resident;
		struct projection out;
		if (!volumes[m])
			continue;
		EXPECT_OK(projection_alloc(&out, &g, 1, 0, true, false, false, false));
		EXPECT_OK(resident_open(&resident, &cpu, &source));
		EXPECT_OK(projector_render(&out, &resident, PROJECTOR_TRILINEAR, &g, &pose, 1));
		for (size_t i = 0; i < pixels; i++)
			materials[m * pixels + i] = 0.1f * out.integral[i]; // g/cm3 x mm -> g/cm2
		resident_close(&resident);
		projection_free(&out);
	}
	return materials;
}
#endif

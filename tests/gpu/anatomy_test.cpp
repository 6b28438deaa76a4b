// A digital hip's voxels and films, by a GPU and by the CPU: both in double, so they differ by rounding, and in the few
// voxels whose share lies within rounding of a threshold.
#include "tests/ct/findings.h"

#include "drr/cohort/ray_body.h"
#include "kernels/anatomy_cells.h"
#include "tests/support/devices.h"

namespace
{

void ExpectClose(const struct device *gpu, const struct anatomy &a, const struct anatomy_grid &g)
{
	const FindingsVoxels there(gpu, a, g), here(nullptr, a, g);
	const int64_t n = volume_count(&here.v.labels);
	ASSERT_EQ(here.Densities().size(), there.Densities().size());
	for (size_t d = 0; d < here.Densities().size(); d++) {
		const float *expected = volume_f32(here.Densities()[d]), *got = volume_f32(there.Densities()[d]);
		int64_t differ = 0;
		double sum = 0, other = 0;
		for (int64_t i = 0; i < n; i++) {
			differ += !(std::fabs((double)got[i] - (double)expected[i]) < 1e-5);
			sum += (double)expected[i];
			other += (double)got[i];
		}
		EXPECT_GT(sum, 0) << d;
		EXPECT_NEAR(sum, other, 1e-6 * sum) << d;
		EXPECT_LE(differ, n / 100000) << "density " << d;
	}
	int64_t differ = 0, bone = 0;
	for (int64_t i = 0; i < n; i++) {
		differ += volume_u8(&here.v.labels)[i] != volume_u8(&there.v.labels)[i];
		bone += volume_u8(&here.v.labels)[i] != 0;
	}
	EXPECT_GT(bone, n / 100);
	EXPECT_LE(differ, n / 100000);
}

TEST(Anatomy, ShapesWithMetal)
{
	GPU_OR_SKIP(gpu);
	const FindingsBody body(true);
	ExpectClose(&gpu.device, body.a, FindingsGrid(2.0));
}

TEST(Anatomy, DiseasedJoints)
{
	GPU_OR_SKIP(gpu);
	const FindingsBody body(false);
	ExpectClose(&gpu.device, body.a, FindingsGrid(3.0));
	ExpectClose(&gpu.device, body.a, FindingsGrid(6.5));
}

TEST(Anatomy, BonesOfALabelMap)
{
	GPU_OR_SKIP(gpu);
	const MapBody body;
	ExpectClose(&gpu.device, body.a, FindingsGrid(3.0));
}

// Laid where rays read it, in the GPU's memory, and projected there.
TEST(Anatomy, FilmOfABody)
{
	GPU_OR_SKIP(gpu);
	static const FindingsBody body(true);
	struct device cpu = {};
	ASSERT_OK(device_open(&cpu, "cpu"));
	const struct anatomy_grid grid = FindingsGrid(3.0);
	const struct geometry g = { GEOMETRY_CONE, GEOMETRY_AP, 1100, 900, 160, 130, 3.0, { 0, 0, 0 } };
	const size_t pixels = (size_t)(MATERIALS * g.cols * g.rows);
	std::vector<float> film[2];
	for (int i = 0; i < 2; i++) {
		const struct device *device = i ? &gpu.device : &cpu;
		struct ray_body b = {};
		film[i].assign(pixels, NAN);
		EXPECT_OK(ray_body_make(&b, device, &body.a, &grid, &g, 1, i == 1));
		EXPECT_OK(ray_body_project(film[i].data(), &b, &g));
		ray_body_free(&b);
	}
	double most = 0, worst = 0;
	for (size_t i = 0; i < pixels; i++) {
		most = std::fmax(most, (double)film[0][i]);
		worst = std::fmax(worst, std::fabs((double)film[1][i] - (double)film[0][i]));
	}
	EXPECT_GT(most, 10);
	EXPECT_LT(worst, 2e-4 * most);
}

} // namespace

#include "drr/cohort/ray_body.h"

#include <cmath>
#include <vector>
#include "drr/cohort/label_box.h"
#include "tests/drr/cohort/cohort.h"
#include "tests/drr/cohort/materials.h"

namespace
{

const struct pose kStill = {};
constexpr int64_t kCols = 60, kRows = 70;

struct geometry Cone(double pixel_mm)
{
	return { GEOMETRY_CONE, GEOMETRY_AP, 1100, 900, kCols, kRows, pixel_mm, { 40, 0, -20 } };
}

struct anatomy_grid GridOf(const Subject &s)
{
	struct anatomy_grid grid;
	const struct scan_setting setting = { 5.0, 1 };
	scan_body_grid(&grid, s.anatomy.get(), s.scan.body_to_world, 0, &setting);
	return grid;
}

std::vector<float> ByVolumes(const Subject &s, const struct geometry &g)
{
	const struct anatomy_grid grid = GridOf(s);
	struct anatomy_voxels voxels;
	EXPECT_OK(anatomy_voxelise(&voxels, NULL, s.anatomy.get(), &grid));
	std::vector<float> m = MaterialsOf(voxels, g, kStill);
	anatomy_voxels_free(&voxels);
	return m;
}

// By rounding alone: one pass over all materials, or one each.
void ExpectNear(const std::vector<float> &expected, const std::vector<float> &actual)
{
	ASSERT_EQ(expected.size(), actual.size());
	for (size_t i = 0; i < expected.size(); i++)
		ASSERT_NEAR((double)expected[i], (double)actual[i], 2e-6 * std::fmax(1, (double)expected[i])) << i;
}

struct Body {
	struct ray_body b = {};
	int rc;
	Body(const Subject &s, const std::vector<struct geometry> &seen)
	{
		static struct device cpu = Cpu();
		const struct anatomy_grid grid = GridOf(s);
		rc = ray_body_make(&b, &cpu, s.anatomy.get(), &grid, seen.data(), (int)seen.size(), true);
	}
	~Body()
	{
		ray_body_free(&b);
	}
	Body(const Body &) = delete;
	std::vector<float> Project(const struct geometry &g)
	{
		std::vector<float> m((size_t)(MATERIALS * kCols * kRows), NAN);
		EXPECT_OK(ray_body_project(m.data(), &b, &g));
		return m;
	}
	int64_t Filled() const
	{
		int64_t n = 0;
		const float *soft = b.laid.g_cm3[MATERIAL_SOFT];
		for (size_t i = 0; i < b.values[MATERIAL_SOFT].bytes / sizeof(float); i++)
			n += soft[i] > 0;
		return n;
	}
};

struct person Nailed()
{
	struct person p = person_sample(51, 0, 2);
	p.anatomy.femur[ANATOMY_RIGHT].nail_mm = 6;
	return p;
}

// Left out is only what no ray passes: the picture is the same to the bit, metal included.
TEST(RayBody, PictureOfThePartSeenIsThatOfTheWhole)
{
	const Subject s(Nailed(), 51);
	const struct geometry g = Cone(2.5), wide = Cone(9);
	Body part(s, { g }), all(s, { wide });
	ASSERT_EQ(0, part.rc) << err_message();
	ASSERT_EQ(0, all.rc) << err_message();
	EXPECT_LT(part.Filled(), 0.4 * (double)all.Filled());
	const std::vector<float> seen = part.Project(g);
	EXPECT_EQ(all.Project(g), seen);
	ExpectNear(ByVolumes(s, g), seen);
	double metal = 0;
	for (size_t i = MATERIAL_METAL * kCols * kRows; i < seen.size(); i++)
		metal += (double)seen[i];
	EXPECT_GT(metal, 10);
}

TEST(RayBody, TwoWindowsOfParallelRays)
{
	const Subject s(52, 0);
	struct geometry g[2];
	for (int i = 0; i < 2; i++)
		g[i] = { GEOMETRY_PARALLEL, GEOMETRY_AP, 0, 0, kCols, kRows, 1.0,
			{ i ? -90.0 : 90.0, 0, i ? -30.0 : -10.0 } };
	Body b(s, { g[0], g[1] });
	ASSERT_EQ(0, b.rc) << err_message();
	for (const struct geometry &window : g)
		ExpectNear(ByVolumes(s, window), b.Project(window));
}

// The double kernel, which cuts rays off, reads volumes only.
TEST(RayBody, RefusesRaysThatEndInside)
{
	const Subject s(53, 0);
	struct geometry g = Cone(2.5);
	g.sdd_mm = g.sod_mm = 900; // the detector stands in the middle of the body
	Body b(s, { g });
	ASSERT_EQ(0, b.rc) << err_message();
	std::vector<float> m((size_t)(MATERIALS * kCols * kRows));
	EXPECT_NE(0, ray_body_project(m.data(), &b.b, &g));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(LabelBox, HoldsTheLabelTightly)
{
	const int64_t n[3] = { 7, 6, 5 };
	const double to_world[4][4] = { { 2, 0, 0, 10 }, { 0, 3, 0, 20 }, { 0, 0, 4, 30 }, { 0, 0, 0, 1 } };
	struct volume labels, v;
	struct label_box box;
	ASSERT_OK(volume_init(&labels, n, to_world, VOLUME_U8));
	EXPECT_FALSE(label_box_find(&box, &labels, 9));
	volume_u8(&labels)[(3 * 6 + 2) * 7 + 5] = 9;
	volume_u8(&labels)[(1 * 6 + 4) * 7 + 2] = 9;
	volume_u8(&labels)[0] = 8;
	ASSERT_TRUE(label_box_find(&box, &labels, 9));
	ASSERT_OK(label_box_volume(&v, &box, &labels));
	EXPECT_EQ(4, v.n[0]);
	EXPECT_EQ(3, v.n[1]);
	EXPECT_EQ(3, v.n[2]);
	EXPECT_EQ(14, v.to_world[0][3]);
	EXPECT_EQ(26, v.to_world[1][3]);
	EXPECT_EQ(34, v.to_world[2][3]);
	EXPECT_EQ(9, volume_u8(&labels)[label_box_index(&box, &labels, 3, 0, 2)]);
	EXPECT_EQ(9, volume_u8(&labels)[label_box_index(&box, &labels, 0, 2, 0)]);
	volume_free(&v);
	volume_free(&labels);
}

} // namespace

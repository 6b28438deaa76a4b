// The float projector against double on real CT, in every instruction set of this machine, and its sums by label.
#include <memory>
#include "host/files/nifti.h"
#include "tests/drr/scene.h"

namespace
{

class RealCt : public ::testing::Test
{
      protected:
	volume ct_ = {}, labels_ = {};
	geometry g_ = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 512, 512, 0.9, 900, 1200);
	void TearDown() override
	{
		volume_free(&ct_);
		volume_free(&labels_);
	}
	bool Read(const char *name, const char *labels = nullptr)
	{
		std::string folder = TestData();
		if (folder.empty())
			return false;
		EXPECT_OK(nifti_read_image(&ct_, (folder + "/" + name).c_str()));
		if (labels) {
			EXPECT_OK(nifti_read_labels(&labels_, (folder + "/" + labels).c_str()));
		}
		geometry_volume_centre_mm(&ct_, g_.isocentre_mm);
		return true;
	}
	projector_source Source() const
	{
		projector_source s = {};
		s.values = &ct_;
		s.hu_per_value = 1;
		s.materials = material_model_default();
		return s;
	}
	std::vector<float> Integral(const char *spec, const projector_source &source, projector_model model,
		const geometry &g, const std::vector<pose> &poses)
	{
		Cpu cpu(spec);
		Film film;
		EXPECT_OK(projection_alloc(&film.p, &g, (int64_t)poses.size(), 0, true, false, false, false));
		EXPECT_OK(Render(&film.p, &cpu.d, source, model, g, poses));
		return std::vector<float>(film.p.integral, film.p.integral + film.pixels() * poses.size());
	}
};

// One view from the front, one turned about every axis; int16 storage (whole HU) and float storage (a tenth more).
TEST_F(RealCt, FloatKeepsWithinItsBounds)
{
	if (!Read("real/torso_ct.nii.gz"))
		GTEST_SKIP() << "test data not found: set XBMD_TEST_DATA to its folder";
	std::mt19937 random(3);
	const std::vector<pose> poses = { pose{}, RandomPose(&random, 0.3, 20) };
	for (bool whole : { true, false }) {
		if (!whole)
			for (int64_t i = 0; i < volume_count(&ct_); i++)
				volume_f32(&ct_)[i] += 0.1f;
		for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
			for (const pose &p : poses) {
				std::vector<float> ref = Integral("ref", Source(), model, g_, { p });
				std::vector<double> want(ref.begin(), ref.end());
				for (const char *spec : FloatSpecs()) {
					std::vector<float> got = Integral(spec, Source(), model, g_, { p });
					auto agree = ImagesAgree(
						got.data(), want.data(), want.size(), MostError(model), 5e-7);
					EXPECT_TRUE(agree) << spec << " model " << model << " whole " << whole;
					printf("%s, model %d, %s: %s\n", spec, (int)model, whole ? "int16" : "float",
						agree.message());
				}
			}
	}
}

// Lanes close together, in a window, far apart; along columns and along rows; at 45 degrees, where tiles have no
// common axis; beside the volume.
TEST_F(RealCt, FloatKeepsWithinItsBoundsHoweverTheLanesLie)
{
	if (!Read("real/torso_ct.nii.gz"))
		GTEST_SKIP() << "test data not found: set XBMD_TEST_DATA to its folder";
	std::mt19937 random(4);
	const double kPi = 3.14159265358979323846;
	for (double pixel_mm : { 0.7, 3.0, 5.0, 14.0 })
		for (int trial = 0; trial < 6; trial++) {
			geometry g = Geometry(trial % 2 ? GEOMETRY_PARALLEL : GEOMETRY_CONE,
				(geometry_view)(trial % 3), 61 + trial, 50, pixel_mm, 900, 1250);
			std::copy(g_.isocentre_mm, g_.isocentre_mm + 3, g.isocentre_mm);
			pose p = RandomPose(&random, kPi, 40);
			if (trial == 4)
				p = pose{}, p.rotate_rad[2] = kPi / 4;
			for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH }) {
				std::vector<float> ref = Integral("ref", Source(), model, g, { p });
				std::vector<double> want(ref.begin(), ref.end());
				for (const char *spec : FloatSpecs()) {
					std::vector<float> got = Integral(spec, Source(), model, g, { p });
					EXPECT_TRUE(ImagesAgree(
						got.data(), want.data(), want.size(), MostError(model), 5e-7))
						<< spec << " model " << model << " pixel " << pixel_mm << " trial "
						<< trial;
				}
			}
		}
}

// All 42 labels of the slab in eight groups: the groups add up to the whole.
TEST_F(RealCt, EightGroupsOfLabelsAddUpToTheWhole)
{
	if (!Read("real/torso_slab_ct.nii.gz", "real/torso_slab_dseg.nii.gz"))
		GTEST_SKIP() << "test data not found: set XBMD_TEST_DATA to its folder";
	std::vector<uint8_t> channel(65536);
	for (size_t i = 0; i < channel.size(); i++)
		channel[i] = (uint8_t)(i % 8);
	projector_source s = Source();
	s.labels = &labels_;
	s.channel_of_label = channel.data();
	s.n_channels = 8;
	std::mt19937 random(5);
	const std::vector<pose> poses = { pose{}, RandomPose(&random, 0.4, 10), RandomPose(&random, 3, 10) };
	geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 200, 150, 2.2, 900, 1200);
	std::copy(g_.isocentre_mm, g_.isocentre_mm + 3, g.isocentre_mm);
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
		for (const char *spec : FloatSpecs()) {
			Cpu cpu(spec);
			Film film;
			ASSERT_OK(projection_alloc(&film.p, &g, 3, 8, true, false, true, true));
			ASSERT_OK(Render(&film.p, &cpu.d, s, model, g, poses));
			const size_t pixels = film.pixels();
			std::vector<float> sum(3 * pixels);
			std::vector<double> want(3 * pixels);
			for (size_t p = 0; p < 3; p++)
				for (size_t i = 0; i < pixels; i++) {
					double total = 0;
					for (size_t c = 0; c < 8; c++)
						total += film.p.mineral[(p * 8 + c) * pixels + i];
					sum[p * pixels + i] = (float)total;
					want[p * pixels + i] = 1e-4 * film.p.integral[p * pixels + i];
				}
			EXPECT_TRUE(ImagesAgree(sum.data(), want.data(), sum.size(), 1e-6, 1e-6))
				<< spec << " model " << model;
		}
}

// A resident volume is made once: more renders, of any kind, leave its copies where they are.
TEST(Resident, KeepsItsCopies)
{
	std::array<int64_t, 3> n = { 20, 18, 16 };
	Affine affine(n, { 1, 1, 1 });
	Grid grid(n, affine.m);
	grid.Fill([](int64_t i) { return (double)(i % 37); });
	Cpu cpu;
	Resident volume(&cpu.d, Source(grid));
	geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 30, 30, 1);
	pose front = {}, side = {};
	side.rotate_rad[2] = 1.5;
	Film film;
	ASSERT_OK(projection_alloc(&film.p, &g, 1, 0, true, true, false, false));
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_PWC, &g, &front, 1));
	const void *x_rows = volume.r.field[RESIDENT_VALUE].values[SLAB_X].data;
	EXPECT_NE(nullptr, x_rows);
	EXPECT_EQ(SLAB_I16, volume.r.field[RESIDENT_VALUE].type);
	EXPECT_EQ(nullptr, volume.r.field[RESIDENT_VALUE].values[SLAB_Y].data) << "made before it is needed";
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_PWC, &g, &side, 1));
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_TRILINEAR, &g, &side, 1));
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_JOSEPH, &g, &front, 1));
	EXPECT_EQ(x_rows, volume.r.field[RESIDENT_VALUE].values[SLAB_X].data);
	EXPECT_NE(nullptr, volume.r.field[RESIDENT_VALUE].values[SLAB_Y].data);
}

// Constant bricks are passed over without a change beyond rounding: a box in air of -1000, against the reference.
TEST(Resident, PassesConstantBricksExactly)
{
	std::array<int64_t, 3> n = { 70, 66, 80 };
	Affine affine(n, { 1, 1.2, 0.9 }, { 0.05, -0.03, 0.1 });
	for (double air : { 0.0, -1000.0 }) {
		Grid grid(n, affine.m);
		grid.Fill([&](int64_t) { return air; });
		for (int64_t i = 30; i < 41; i++)
			for (int64_t j = 20; j < 44; j++)
				for (int64_t k = 33; k < 50; k++)
					grid.at(i, j, k) = (float)(300 + (i * 7 + j * 3 + k) % 50);
		std::mt19937 random(6);
		for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
			for (int trial = 0; trial < 4; trial++) {
				geometry g = Geometry(trial % 2 ? GEOMETRY_PARALLEL : GEOMETRY_CONE, GEOMETRY_AP, 90,
					80, 1.3);
				pose p = RandomPose(&random, trial < 2 ? 0.2 : 3, 4);
				Film ref;
				RenderIntegral(&ref, grid, model, g, { p }, "ref");
				std::vector<double> want(ref.p.integral, ref.p.integral + ref.pixels());
				for (const char *spec : FloatSpecs()) {
					Film fast;
					RenderIntegral(&fast, grid, model, g, { p }, spec);
					EXPECT_TRUE(ImagesAgree(fast.p.integral, want.data(), want.size(),
						MostError(model), 5e-7))
						<< spec << " model " << model << " air " << air;
				}
			}
		Cpu cpu;
		Resident volume(&cpu.d, Source(grid));
		Film film;
		geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 8, 8, 1);
		pose p = {};
		ASSERT_OK(projection_alloc(&film.p, &g, 1, 0, true, false, false, false));
		ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_PWC, &g, &p, 1));
		EXPECT_TRUE(volume.r.field[RESIDENT_VALUE].bricked) << "the test needs constant bricks";
	}
}

} // namespace

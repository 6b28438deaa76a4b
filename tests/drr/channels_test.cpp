// Label channels, materials and batches: the quantities of one pass agree with each other.
#include <cstring>
#include <omp.h>
#include "tests/drr/scene.h"

namespace
{

class Channels : public ::testing::TestWithParam<projector_model>
{
      protected:
	const std::array<int64_t, 3> n_ = { 18, 15, 17 };
	Affine affine_{ n_, { 1.5, 2, 1.25 }, { 0.2, -0.4, 0.7 } };
	Grid values_{ n_, affine_.m }, labels_{ n_, affine_.m, VOLUME_U16 };
	std::vector<uint8_t> channel_ = std::vector<uint8_t>(65536, PROJECTOR_NO_CHANNEL);
	std::vector<uint8_t> bone_ = std::vector<uint8_t>(65536, 0);
	projector_source source_ = {};
	std::vector<pose> poses_;
	Cpu cpu_;
	void SetUp() override
	{
		std::mt19937 random(21);
		std::uniform_real_distribution<double> hu(-1100, 1500);
		const uint16_t ids[4] = { 0, 3, 700, 65535 };
		values_.Fill([&](int64_t) { return hu(random); });
		for (int64_t i = 0; i < labels_.count(); i++)
			volume_u16(&labels_.v)[i] = ids[random() % 4];
		for (int i = 0; i < 4; i++)
			channel_[ids[i]] = (uint8_t)i;
		bone_[700] = bone_[65535] = 1;
		source_ = Source(values_);
		source_.labels = &labels_.v;
		source_.channel_of_label = channel_.data();
		source_.bone_of_label = bone_.data();
		source_.n_channels = 4;
		for (int i = 0; i < 3; i++)
			poses_.push_back(RandomPose(&random, 3, 4));
	}
	void Render(Film *film, const geometry &g, const std::vector<pose> &poses, const char *spec = "cpu")
	{
		Cpu cpu(spec);
		ASSERT_OK(projection_alloc(
			&film->p, &g, (int64_t)poses.size(), source_.n_channels, true, true, true, true));
		ASSERT_OK(::Render(&film->p, &cpu.d, source_, GetParam(), g, poses));
	}
	geometry g_ = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 23, 20, 3);
};

TEST_P(Channels, OfAllLabelsAddUpToTheWhole)
{
	Film film;
	Render(&film, g_, poses_);
	std::vector<double> sum(film.pixels() * poses_.size()), total(sum.size());
	for (size_t p = 0; p < poses_.size(); p++)
		for (size_t i = 0; i < film.pixels(); i++) {
			total[p * film.pixels() + i] = film.p.integral[p * film.pixels() + i] * 1e-4;
			for (size_t c = 0; c < 4; c++)
				sum[p * film.pixels() + i] += film.p.mineral[(p * 4 + c) * film.pixels() + i];
		}
	EXPECT_TRUE(AllClose(sum.data(), total.data(), sum.size(), 1e-5, 1e-6));
}

TEST_P(Channels, PathIsTheIntegralOfTheLabelsIndicator)
{
	Film film, indicator;
	Render(&film, g_, poses_);
	Grid ones(n_, affine_.m);
	ones.Fill([&](int64_t i) { return volume_u16(&labels_.v)[i] == 700; });
	RenderIntegral(&indicator, ones, GetParam(), g_, poses_);
	for (size_t p = 0; p < poses_.size(); p++) {
		std::vector<double> cm(film.pixels());
		for (size_t i = 0; i < cm.size(); i++)
			cm[i] = indicator.p.integral[p * cm.size() + i] * 0.1;
		EXPECT_TRUE(
			AllClose(film.p.path + (p * 4 + 2) * cm.size(), cm.data(), cm.size(), 1e-9, 1e-6));
	}
}

TEST_P(Channels, MaterialsAreTheIntegralsOfTheRule)
{
	Film film;
	Render(&film, g_, poses_);
	for (int m = 0; m < MATERIALS; m++) {
		Grid density(n_, affine_.m);
		density.Fill([&](int64_t i) {
			double g_cm3[MATERIALS];
			material_of_hu(&source_.materials, volume_f32(&values_.v)[i],
				bone_[volume_u16(&labels_.v)[i]], g_cm3);
			return g_cm3[m];
		});
		Film expected;
		RenderIntegral(&expected, density, GetParam(), g_, poses_);
		for (size_t p = 0; p < poses_.size(); p++) {
			std::vector<double> g_cm2(film.pixels());
			for (size_t i = 0; i < g_cm2.size(); i++)
				g_cm2[i] = expected.p.integral[p * g_cm2.size() + i] * 0.1;
			EXPECT_TRUE(AllClose(film.p.materials + (p * MATERIALS + (size_t)m) * g_cm2.size(),
				g_cm2.data(), g_cm2.size(), 1e-6, 1e-6))
				<< m;
		}
	}
}

TEST_P(Channels, ADensityVolumeGivesTheSameMaterialsAsItsCt)
{
	Film ct, density;
	Render(&ct, g_, poses_);
	for (int64_t i = 0; i < values_.count(); i++)
		volume_f32(&values_.v)[i] = 0.8f * volume_f32(&values_.v)[i] - 12;
	source_.hu_per_value = 1 / 0.8;
	source_.hu_offset = 12 / 0.8;
	Render(&density, g_, poses_);
	EXPECT_TRUE(AllClose(
		density.p.materials, ct.p.materials, MATERIALS * ct.pixels() * poses_.size(), 1e-5, 1e-5));
}

TEST_P(Channels, AreLinearInTheVolume)
{
	Film a, b, sum;
	Grid other(n_, affine_.m), mix(n_, affine_.m);
	std::mt19937 random(4);
	std::uniform_real_distribution<double> unit(-1000, 1000);
	other.Fill([&](int64_t) { return unit(random); });
	mix.Fill([&](int64_t i) { return 2 * volume_f32(&values_.v)[i] - 3 * volume_f32(&other.v)[i]; });
	RenderIntegral(&a, values_, GetParam(), g_, poses_);
	RenderIntegral(&b, other, GetParam(), g_, poses_);
	RenderIntegral(&sum, mix, GetParam(), g_, poses_);
	std::vector<double> expected(a.pixels() * poses_.size());
	for (size_t i = 0; i < expected.size(); i++)
		expected[i] = 2.0 * a.p.integral[i] - 3.0 * b.p.integral[i];
	EXPECT_TRUE(AllClose(sum.p.integral, expected.data(), expected.size(), 0.05, 0)); // of 1e5
}

TEST_P(Channels, ABatchIsBitIdenticalToItsPosesAlone)
{
	Film all;
	Render(&all, g_, poses_);
	for (size_t p = 0; p < poses_.size(); p++) {
		Film one;
		Render(&one, g_, { poses_[p] });
		EXPECT_EQ(0, memcmp(one.p.integral, all.p.integral + p * one.pixels(),
				     one.pixels() * sizeof(float)));
		EXPECT_EQ(0, memcmp(one.p.mineral, all.p.mineral + 4 * p * one.pixels(),
				     4 * one.pixels() * sizeof(float)));
		EXPECT_EQ(0, memcmp(one.p.path, all.p.path + 4 * p * one.pixels(),
				     4 * one.pixels() * sizeof(float)));
		EXPECT_EQ(0, memcmp(one.p.materials, all.p.materials + MATERIALS * p * one.pixels(),
				     MATERIALS * one.pixels() * sizeof(float)));
	}
}

TEST_P(Channels, DoNotDependOnTheNumberOfThreads)
{
	Film one, three;
	int before = omp_get_max_threads();
	omp_set_num_threads(1);
	Render(&one, g_, poses_);
	omp_set_num_threads(3);
	Render(&three, g_, poses_);
	omp_set_num_threads(before);
	size_t count = one.pixels() * poses_.size();
	EXPECT_EQ(0, memcmp(one.p.integral, three.p.integral, count * sizeof(float)));
	EXPECT_EQ(0, memcmp(one.p.mineral, three.p.mineral, 4 * count * sizeof(float)));
	EXPECT_EQ(0, memcmp(one.p.materials, three.p.materials, MATERIALS * count * sizeof(float)));
}

TEST_P(Channels, AreTheSameOnTheReferenceDevice)
{
	Film cpu, ref;
	Render(&cpu, g_, poses_);
	Render(&ref, g_, poses_, "ref");
	const size_t n = cpu.pixels() * poses_.size();
	auto agree = [&](const float *got, const float *want, size_t count) {
		std::vector<double> wanted(want, want + count);
		return ImagesAgree(got, wanted.data(), count, MostError(GetParam()), 5e-7);
	};
	EXPECT_TRUE(agree(cpu.p.integral, ref.p.integral, n));
	EXPECT_TRUE(agree(cpu.p.mineral, ref.p.mineral, 4 * n));
	EXPECT_TRUE(agree(cpu.p.path, ref.p.path, 4 * n));
	EXPECT_TRUE(agree(cpu.p.materials, ref.p.materials, MATERIALS * n));
}

TEST_P(Channels, OfByteLabelsAreTheSame)
{
	Grid bytes(n_, affine_.m, VOLUME_U8);
	for (int64_t i = 0; i < labels_.count(); i++) {
		uint16_t label = volume_u16(&labels_.v)[i];
		volume_u16(&labels_.v)[i] = label == 700 ? 7 : label == 65535 ? 255 : label;
		volume_u8(&bytes.v)[i] = (uint8_t)volume_u16(&labels_.v)[i];
	}
	channel_[7] = 2, channel_[255] = 3, bone_[7] = bone_[255] = 1;
	Film words, narrow;
	Render(&words, g_, poses_);
	source_.labels = &bytes.v;
	Render(&narrow, g_, poses_);
	EXPECT_EQ(0, memcmp(words.p.mineral, narrow.p.mineral,
			     4 * words.pixels() * poses_.size() * sizeof(float)));
	EXPECT_EQ(0, memcmp(words.p.materials, narrow.p.materials,
			     MATERIALS * words.pixels() * poses_.size() * sizeof(float)));
}

TEST_P(Channels, WithoutLabelsTheWholeVolumeIsOne)
{
	source_.labels = nullptr;
	source_.channel_of_label = source_.bone_of_label = nullptr;
	source_.n_channels = 1;
	for (const char *spec : { "ref", "cpu" }) {
		Film film;
		Render(&film, g_, poses_, spec);
		std::vector<double> expected(film.pixels() * poses_.size());
		double most = 0;
		for (size_t i = 0; i < expected.size(); i++) {
			expected[i] = film.p.integral[i] * 1e-4;
			most = std::max(most, std::fabs(expected[i]));
		}
		/* In float the two passes round on their own: by shares of the largest. */
		bool exact = std::string(spec) == "ref";
		EXPECT_TRUE(AllClose(film.p.mineral, expected.data(), expected.size(), exact ? 1e-9 : 1e-6 * most,
			exact ? 1e-6 : 0));
	}
}

INSTANTIATE_TEST_SUITE_P(Model, Channels,
	::testing::Values(PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH), [](const auto &info) {
		return info.param == PROJECTOR_PWC	   ? "Pwc"
		       : info.param == PROJECTOR_TRILINEAR ? "Trilinear"
							   : "Joseph";
	});

TEST(Projector, RefusesWhatItCannotDo)
{
	std::array<int64_t, 3> n = { 3, 3, 3 }, m = { 3, 4, 3 };
	Affine affine(n, { 1, 1, 1 });
	Grid values(n, affine.m), labels(m, affine.m, VOLUME_U16);
	geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 4, 4, 1);
	pose p = {};
	Cpu cpu;
	Film film;
	ASSERT_OK(projection_alloc(&film.p, &g, 1, 0, true, true, false, false));
	projector_source s = Source(values);
	s.labels = &labels.v;
	EXPECT_EQ(-1, Render(&film.p, &cpu.d, s, PROJECTOR_PWC, g, { p }));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	s = Source(values);
	s.materials.slope_mg_cm3_per_hu = 0;
	EXPECT_EQ(-1, Render(&film.p, &cpu.d, s, PROJECTOR_PWC, g, { p }));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_NE(nullptr, strstr(err_message(), "slope")) << err_message();
	s = Source(values);
	s.n_channels = PROJECTOR_CHANNELS + 1;
	EXPECT_EQ(-1, Render(&film.p, &cpu.d, s, PROJECTOR_PWC, g, { p }));
	geometry bad = g;
	bad.pixel_mm = 0;
	s = Source(values);
	EXPECT_EQ(-1, Render(&film.p, &cpu.d, s, PROJECTOR_PWC, bad, { p }));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

} // namespace

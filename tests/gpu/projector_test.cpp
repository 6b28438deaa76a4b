// The projector and the radiograph on each device against the oracle.
#include "tests/gpu/parity.h"

#include <cmath>
#include <cstring>
#include "drr/projector.h"
#include "drr/spectrum.h"

namespace
{

class Projector : public Parity
{
      protected:
	static constexpr int64_t kN[3] = { 45, 38, 41 };
	void SetUp() override
	{
		Parity::SetUp();
		if (IsSkipped() || HasFatalFailure())
			return;
		const double affine[4][4] = { { 1.1, 0.05, 0, -25 }, { -0.05, 1.3, 0, -24 },
			{ 0, 0, 0.9, -18 }, { 0, 0, 0, 1 } };
		ASSERT_OK(volume_init(&values_, kN, affine, VOLUME_F32));
		ASSERT_OK(volume_init(&labels_, kN, affine, VOLUME_U8));
		const std::vector<double> hu = Values(volume_count(&values_), 1, -200, 1800);
		for (int64_t i = 0; i < volume_count(&values_); i++) {
			volume_f32(&values_)[i] = (float)hu[(size_t)i];
			volume_u8(&labels_)[i] = (uint8_t)(i / 7 % 4);
		}
	}
	void TearDown() override
	{
		volume_free(&values_);
		volume_free(&labels_);
		Parity::TearDown();
	}
	static geometry Film(geometry_projection kind)
	{
		geometry g = {};
		g.projection = kind;
		g.sdd_mm = 1000;
		g.sod_mm = 900;
		g.cols = 61;
		g.rows = 47;
		g.pixel_mm = 1.3;
		return g;
	}
	static std::vector<pose> Poses()
	{
		std::vector<pose> poses(3);
		poses[1].rotate_rad[0] = 0.3;
		poses[1].rotate_rad[2] = -0.2;
		poses[2].shift_mm[0] = 5;
		poses[2].rotate_rad[1] = 1.1;
		return poses;
	}
	// All four quantities of three poses.
	static int Render(const struct device *device, projection *out, const projector_source &source,
		projector_model model, geometry_projection kind)
	{
		const geometry g = Film(kind);
		if (projection_alloc(out, &g, 3, source.n_channels, true, true, true, true) != 0)
			return -1;
		resident volume = {};
		int rc = resident_open(&volume, device, &source);
		if (rc == 0)
			rc = projector_render(out, &volume, model, &g, Poses().data(), 3);
		resident_close(&volume);
		return rc;
	}
	// Two channels of four labels, one of them bone.
	projector_source Source()
	{
		for (int i = 0; i < 256; i++)
			channel_of_label_[i] = PROJECTOR_NO_CHANNEL;
		channel_of_label_[1] = 0;
		channel_of_label_[3] = 1;
		bone_of_label_[3] = 1;
		projector_source source = {};
		source.values = &values_;
		source.labels = &labels_;
		source.channel_of_label = channel_of_label_;
		source.bone_of_label = bone_of_label_;
		source.n_channels = 2;
		source.hu_per_value = 1;
		source.materials = material_model_default();
		return source;
	}
	void CompareAll(const projection &got, const projection &want, double most)
	{
		const int64_t pixels = want.cols * want.rows * want.n_poses;
		Compare("integral", got.integral, want.integral, pixels, most);
		Compare("materials", got.materials, want.materials, pixels * MATERIALS, most);
		Compare("mineral", got.mineral, want.mineral, pixels * 2, most);
		Compare("path", got.path, want.path, pixels * 2, most);
	}
	// The reference is double.  On noise a ray along a face sees the rounding of the CPU vectors in pwc: 3e-5.
	void Compare(const char *what, const float *got, const float *want, int64_t n, double most = 5e-6)
	{
		float largest = 0;
		for (int64_t i = 0; i < n; i++)
			largest = std::fmax(largest, std::fabs(want[i]));
		EXPECT_GT(largest, 0) << what;
		EXPECT_TRUE(AllClose(got, want, (size_t)n, most * largest, 0)) << what;
	}
	volume values_ = {}, labels_ = {};
	uint8_t channel_of_label_[256] = {}, bone_of_label_[256] = {};
};
constexpr int64_t Projector::kN[3];
INSTANTIATE_TEST_SUITE_P(On, Projector, ::testing::Values("cpu", "cuda-f32"), ParityName);

TEST_P(Projector, AgreesInEveryModelAndQuantity)
{
	const projector_source source = Source();
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
		for (geometry_projection kind : { GEOMETRY_CONE, GEOMETRY_PARALLEL }) {
			SCOPED_TRACE(
				"model " + std::to_string(model) + ", projection " + std::to_string(kind));
			projection got = {}, want = {};
			ASSERT_OK(Render(&ref_, &want, source, model, kind));
			ASSERT_OK(Render(&device_, &got, source, model, kind));
			CompareAll(got, want, model == PROJECTOR_PWC && device_.kind == DEVICE_CPU ? 3e-5 : 5e-6);
			projection_free(&got);
			projection_free(&want);
		}
}

// The same model in float on both, in tissue that varies as tissue does.
TEST_P(Projector, AgreesWithTheCpu)
{
	struct device cpu = {};
	ASSERT_OK(device_open(&cpu, "cpu"));
	const projector_source source = Source();
	for (int64_t i = 0; i < volume_count(&values_); i++)
		volume_f32(&values_)[i] = (float)std::rint(400 + 80 * std::sin(0.2 * (double)(i % kN[0])) +
							   60 * std::cos(0.15 * (double)(i / kN[0] / kN[1])));
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH }) {
		SCOPED_TRACE("model " + std::to_string(model));
		projection got = {}, want = {};
		ASSERT_OK(Render(&cpu, &want, source, model, GEOMETRY_CONE));
		ASSERT_OK(Render(&device_, &got, source, model, GEOMETRY_CONE));
		const int64_t pixels = want.cols * want.rows * want.n_poses;
		Compare("integral", got.integral, want.integral, pixels, 5e-6);
		projection_free(&got);
		projection_free(&want);
	}
	device_close(&cpu);
}

TEST_P(Projector, NeighboursInTheBatchChangeNoBit)
{
	projector_source source = Source();
	const geometry g = Film(GEOMETRY_CONE);
	const std::vector<pose> poses = Poses();
	const size_t n = (size_t)(g.cols * g.rows);
	resident volume = {};
	ASSERT_OK(resident_open(&volume, &device_, &source));
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH }) {
		projection batch = {}, one = {};
		ASSERT_OK(projection_alloc(&batch, &g, 3, 2, true, true, true, true));
		ASSERT_OK(projection_alloc(&one, &g, 1, 2, true, true, true, true));
		ASSERT_OK(projector_render(&batch, &volume, model, &g, poses.data(), 3));
		for (size_t p = 0; p < 3; p++) {
			ASSERT_OK(projector_render(&one, &volume, model, &g, &poses[p], 1));
			EXPECT_EQ(0, memcmp(one.integral, batch.integral + p * n, n * sizeof(float)));
			EXPECT_EQ(0, memcmp(one.materials, batch.materials + p * n * MATERIALS,
					     n * MATERIALS * sizeof(float)));
			EXPECT_EQ(0, memcmp(one.mineral, batch.mineral + p * n * 2, n * 2 * sizeof(float)));
			EXPECT_EQ(0, memcmp(one.path, batch.path + p * n * 2, n * 2 * sizeof(float)));
		}
		projection_free(&batch);
		projection_free(&one);
	}
	resident_close(&volume);
}

// More channels than a thread has numbers for with their paths, several of them in most slabs, and each output alone.
TEST_P(Projector, ManyChannelsAgree)
{
	const geometry g = Film(GEOMETRY_CONE);
	const size_t n = (size_t)(3 * g.cols * g.rows) * PROJECTOR_CHANNELS;
	uint8_t channel_of_label[256];
	for (int i = 0; i < 256; i++)
		channel_of_label[i] = i < PROJECTOR_CHANNELS ? (uint8_t)i : (uint8_t)PROJECTOR_NO_CHANNEL;
	for (int64_t i = 0; i < volume_count(&labels_); i++)
		volume_u8(&labels_)[i] = (uint8_t)(i * 7919 / 5 % 41);
	projector_source source = Source();
	source.channel_of_label = channel_of_label;
	source.n_channels = PROJECTOR_CHANNELS;
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
		for (bool whole : { true, false }) { // int16, then float32
			SCOPED_TRACE("model " + std::to_string(model) + (whole ? ", int16" : ", float32"));
			for (int64_t i = 0; i < volume_count(&values_); i++)
				volume_f32(&values_)[i] = (float)(i % 1999) + (whole ? 0.0F : 0.25F);
			projection want = {}, got = {}, one = {};
			ASSERT_OK(projection_alloc(&want, &g, 3, PROJECTOR_CHANNELS, false, false, true, true));
			ASSERT_OK(projection_alloc(&got, &g, 3, PROJECTOR_CHANNELS, false, false, true, true));
			ASSERT_OK(projection_alloc(&one, &g, 3, PROJECTOR_CHANNELS, false, false, true, false));
			resident ref = {}, volume = {};
			ASSERT_OK(resident_open(&ref, &ref_, &source));
			ASSERT_OK(resident_open(&volume, &device_, &source));
			ASSERT_OK(projector_render(&want, &ref, model, &g, Poses().data(), 3));
			ASSERT_OK(projector_render(&got, &volume, model, &g, Poses().data(), 3));
			ASSERT_OK(projector_render(&one, &volume, model, &g, Poses().data(), 3));
			resident_close(&ref);
			resident_close(&volume);
			const double most = model == PROJECTOR_PWC && device_.kind == DEVICE_CPU ? 3e-5 : 5e-6;
			Compare("mineral", got.mineral, want.mineral, (int64_t)n, most);
			Compare("path", got.path, want.path, (int64_t)n, most);
			Compare("mineral alone", one.mineral, want.mineral, (int64_t)n, most);
			projection_free(&want);
			projection_free(&got);
			projection_free(&one);
		}
}

TEST_P(Projector, ImagesMayStayOnTheDevice)
{
	projector_source source = Source();
	const geometry g = Film(GEOMETRY_CONE);
	const size_t n = (size_t)(3 * g.cols * g.rows);
	resident volume = {};
	projection there = {}, host = {};
	std::vector<float> got(n);
	ASSERT_OK(resident_open(&volume, &device_, &source));
	ASSERT_OK(projection_alloc(&host, &g, 3, 2, true, false, false, false));
	ASSERT_OK(projection_alloc_on(&there, &device_, &g, 3, 2, true, false, false, false));
	EXPECT_EQ(device_.kind == DEVICE_CUDA ? &device_ : nullptr, there.where);
	ASSERT_OK(projector_render(&host, &volume, PROJECTOR_JOSEPH, &g, Poses().data(), 3));
	ASSERT_OK(projector_render(&there, &volume, PROJECTOR_JOSEPH, &g, Poses().data(), 3));
	const struct memory images = { there.integral, n * sizeof(float), there.where };
	ASSERT_OK(memory_read(got.data(), &images, 0, n * sizeof(float)));
	EXPECT_EQ(0, memcmp(got.data(), host.integral, n * sizeof(float)));
	projection_free(&there);
	projection_free(&host);
	resident_close(&volume);
}

TEST_P(Projector, RadiographAgrees)
{
	const int64_t n = 1001;
	spectrum s = {};
	ASSERT_OK(spectrum_load(&s, 80, 0));
	std::vector<float> materials, got((size_t)n), want((size_t)n);
	for (double v : Values(MATERIALS * n, 5, 0, 8))
		materials.push_back((float)v);
	ASSERT_OK(radiograph_apply(&ref_, want.data(), materials.data(), n, &s));
	ASSERT_OK(radiograph_apply(&device_, got.data(), materials.data(), n, &s));
	Compare("radiograph", got.data(), want.data(), n);
}

} // namespace

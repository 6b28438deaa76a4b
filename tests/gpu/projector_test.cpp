// The projector and the radiograph on each device against the oracle.
#include "tests/gpu/parity.h"

#include <cmath>
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
	// All four quantities of three poses.
	static int Render(const struct device *device, projection *out, const projector_source &source,
		projector_model model, geometry_projection kind)
	{
		geometry g = {};
		g.projection = kind;
		g.sdd_mm = 1000;
		g.sod_mm = 900;
		g.cols = 61;
		g.rows = 47;
		g.pixel_mm = 1.3;
		pose poses[3] = {};
		poses[1].rotate_rad[0] = 0.3;
		poses[1].rotate_rad[2] = -0.2;
		poses[2].shift_mm[0] = 5;
		poses[2].rotate_rad[1] = 1.1;
		if (projection_alloc(out, &g, 3, source.n_channels, true, true, true, true) != 0)
			return -1;
		resident volume = {};
		int rc = resident_open(&volume, device, &source);
		if (rc == 0)
			rc = projector_render(out, &volume, model, &g, poses, 3);
		resident_close(&volume);
		return rc;
	}
	// The reference is double.  On noise a ray along a face sees its rounding: pwc within 6e-5, the others 5e-6.
	void Compare(const char *what, const float *got, const float *want, int64_t n, double most = 5e-6)
	{
		float largest = 0;
		for (int64_t i = 0; i < n; i++)
			largest = std::fmax(largest, std::fabs(want[i]));
		EXPECT_GT(largest, 0) << what;
		EXPECT_TRUE(AllClose(got, want, (size_t)n, most * largest, 0)) << what;
	}
	volume values_ = {}, labels_ = {};
};
constexpr int64_t Projector::kN[3];
INSTANTIATE_TEST_SUITE_P(On, Projector, ::testing::Values("cpu", "cuda-f32"), ParityName);

TEST_P(Projector, AgreesInEveryModelAndQuantity)
{
	uint8_t channel_of_label[256], bone_of_label[256] = {};
	for (int i = 0; i < 256; i++)
		channel_of_label[i] = PROJECTOR_NO_CHANNEL;
	channel_of_label[1] = 0;
	channel_of_label[3] = 1;
	bone_of_label[3] = 1;
	projector_source source = {};
	source.values = &values_;
	source.labels = &labels_;
	source.channel_of_label = channel_of_label;
	source.bone_of_label = bone_of_label;
	source.n_channels = 2;
	source.hu_per_value = 1;
	source.materials = material_model_default();
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
		for (geometry_projection kind : { GEOMETRY_CONE, GEOMETRY_PARALLEL }) {
			SCOPED_TRACE(
				"model " + std::to_string(model) + ", projection " + std::to_string(kind));
			projection got = {}, want = {};
			ASSERT_OK(Render(&ref_, &want, source, model, kind));
			ASSERT_OK(Render(&device_, &got, source, model, kind));
			const int64_t pixels = want.cols * want.rows * want.n_poses;
			const double most = model == PROJECTOR_PWC ? 6e-5 : 5e-6;
			Compare("integral", got.integral, want.integral, pixels, most);
			Compare("materials", got.materials, want.materials, pixels * MATERIALS, most);
			Compare("mineral", got.mineral, want.mineral, pixels * 2, most);
			Compare("path", got.path, want.path, pixels * 2, most);
			projection_free(&got);
			projection_free(&want);
		}
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

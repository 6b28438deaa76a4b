// The projector's adjoint and its pose gradient on each device against the oracle.
#include "tests/gpu/parity.h"

#include <cmath>
#include "drr/adjoint.h"
#include "drr/pose_gradient.h"

namespace
{

constexpr int64_t kPoses = 3, kCols = 45, kRows = 38;

class Transpose : public Parity
{
      protected:
	void SetUp() override
	{
		Parity::SetUp();
		if (IsSkipped() || HasFatalFailure())
			return;
		const int64_t n[3] = { 27, 33, 22 };
		const double affine[4][4] = { { 1.1, 0.05, 0, -15 }, { -0.05, 1.3, 0, -21 },
			{ 0, 0, 0.9, -10 }, { 0, 0, 0, 1 } };
		ASSERT_OK(volume_init(&values_, n, affine, VOLUME_F32));
		const std::vector<double> random = Values(volume_count(&values_), 1, -1, 3);
		for (size_t i = 0; i < random.size(); i++)
			volume_f32(&values_)[i] = (float)random[i];
		for (double v : Values(kPoses * kCols * kRows, 2))
			images_.push_back((float)v);
		poses_[1].rotate_rad[0] = 0.3;
		poses_[1].rotate_rad[2] = -0.2;
		poses_[2].shift_mm[0] = 5;
		poses_[2].rotate_rad[1] = 1.1;
		poses_[0].rotate_rad[1] = 0.1; // no ray stays on a plane of voxels
		poses_[0].rotate_rad[0] = -0.07;
	}
	void TearDown() override
	{
		volume_free(&values_);
		Parity::TearDown();
	}
	static geometry Geometry(geometry_projection kind)
	{
		geometry g = {};
		g.projection = kind;
		g.sdd_mm = 1000;
		g.sod_mm = 900;
		g.cols = kCols;
		g.rows = kRows;
		g.pixel_mm = 1.3;
		return g;
	}
	volume values_ = {};
	std::vector<float> images_;
	pose poses_[kPoses] = {};
};
INSTANTIATE_TEST_SUITE_P(On, Transpose, ::testing::Values("cpu", "cuda-f32"), ParityName);

TEST_P(Transpose, AdjointAgreesInEveryModel)
{
	const size_t voxels = (size_t)volume_count(&values_);
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
		for (geometry_projection kind : { GEOMETRY_CONE, GEOMETRY_PARALLEL }) {
			SCOPED_TRACE(
				"model " + std::to_string(model) + ", projection " + std::to_string(kind));
			const geometry g = Geometry(kind);
			std::vector<float> got(voxels, NAN), want(voxels, NAN);
			ASSERT_OK(projector_adjoint(
				want.data(), &ref_, &values_, model, &g, poses_, kPoses, images_.data()));
			ASSERT_OK(projector_adjoint(
				got.data(), &device_, &values_, model, &g, poses_, kPoses, images_.data()));
			float largest = 0;
			for (float v : want)
				largest = std::fmax(largest, std::fabs(v));
			EXPECT_GT(largest, 0);
			EXPECT_TRUE(AllClose(got.data(), want.data(), voxels, 1e-6 * largest, 0));
		}
}

TEST_P(Transpose, PoseGradientAgrees)
{
	projector_source source = {};
	source.values = &values_;
	for (geometry_projection kind : { GEOMETRY_CONE, GEOMETRY_PARALLEL }) {
		const geometry g = Geometry(kind);
		double got[kPoses][6], want[kPoses][6];
		resident volume = {};
		ASSERT_OK(resident_open(&volume, &ref_, &source));
		ASSERT_OK(projector_pose_gradient(want, &volume, &g, poses_, kPoses, images_.data()));
		resident_close(&volume);
		ASSERT_OK(resident_open(&volume, &device_, &source));
		EXPECT_OK(projector_pose_gradient(got, &volume, &g, poses_, kPoses, images_.data()));
		resident_close(&volume);
		double largest = 0;
		for (double v : want[1])
			largest = std::fmax(largest, std::fabs(v));
		EXPECT_GT(largest, 0);
		EXPECT_TRUE(AllClose(got[0], want[0], 6 * kPoses, 1e-9 * largest, 0));
	}
}

} // namespace

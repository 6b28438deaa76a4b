// What projector_render does around the kernels on a GPU, on a pretended one.
#include "kernels/ray.h"
#include "tests/drr/pretended_projector.h"
#include "tests/drr/scene.h"

namespace
{

class ProjectorGpu : public ::testing::Test
{
      protected:
	void SetUp() override
	{
		gpu.Add("ray", ray);
		grid_.Fill([](int64_t i) { return (double)(i * 7919 % 2000) - 500; });
		for (int64_t i = 0; i < volume_count(&labels_.v); i++)
			volume_u8(&labels_.v)[i] = (uint8_t)(i / 13 % 4);
		std::fill_n(channels_, 256, (uint8_t)PROJECTOR_NO_CHANNEL);
		channels_[1] = 0;
		channels_[3] = 1;
		bone_[3] = 1;
		source_ = Source(grid_);
		source_.labels = &labels_.v;
		source_.channel_of_label = channels_;
		source_.bone_of_label = bone_;
		source_.n_channels = 2;
	}
	int64_t Pixels(const projection &p) const
	{
		return p.cols * p.rows * p.n_poses;
	}
	static void Same(const float *got, const float *want, int64_t n, double most)
	{
		double largest = 0;
		for (int64_t i = 0; i < n; i++)
			largest = std::max(largest, std::fabs((double)want[i]));
		ASSERT_GT(largest, 0);
		EXPECT_TRUE(AllClose(got, want, (size_t)n, most * largest, 0));
	}
	static void Same(const projection &got, const projection &want, double most)
	{
		const int64_t n = want.cols * want.rows * want.n_poses;
		Same(got.integral, want.integral, n, most);
		Same(got.materials, want.materials, n * MATERIALS, most);
		Same(got.mineral, want.mineral, n * 2, most);
		Same(got.path, want.path, n * 2, most);
	}
	const std::array<int64_t, 3> n_ = { 33, 40, 29 };
	Affine affine_{ n_, { 1.5, 1.1, 1.3 }, { 0.1, -0.2, 0.3 } };
	Grid grid_{ n_, affine_.m }, labels_{ n_, affine_.m, VOLUME_U8 };
	uint8_t channels_[256], bone_[256] = {};
	PretendedProjector gpu;
	const device &device_ = gpu.device;
	projector_source source_;
	geometry g_ = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 41, 35, 2.1);
	std::vector<pose> poses_ = std::vector<pose>(3);
};

TEST_F(ProjectorGpu, AgreesInEveryModelAndQuantity)
{
	Cpu ref("ref");
	poses_[1].rotate_rad[2] = 0.7; // rays between two axes
	poses_[2].rotate_rad[0] = 1.4;
	poses_[2].shift_mm[1] = 4;
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH }) {
		Film got, want;
		ASSERT_OK(projection_alloc(&got.p, &g_, 3, 2, true, true, true, true));
		ASSERT_OK(projection_alloc(&want.p, &g_, 3, 2, true, true, true, true));
		ASSERT_OK(Render(&got.p, &device_, source_, model, g_, poses_));
		ASSERT_OK(Render(&want.p, &ref.d, source_, model, g_, poses_));
		Same(got.p, want.p, MostError(model));
	}
}

TEST_F(ProjectorGpu, TheVolumeIsSentOnce)
{
	Film film;
	ASSERT_OK(projection_alloc(&film.p, &g_, 1, 2, true, true, true, true));
	poses_.resize(1);
	Resident volume(&device_, source_);
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_PWC, &g_, poses_.data(), 1));
	const int64_t before = gpu.to_device, allocations = gpu.allocations, launches = gpu.launches;
	EXPECT_GT(before, volume_count(&grid_.v) * (int64_t)sizeof(int16_t));
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_PWC, &g_, poses_.data(), 1));
	EXPECT_EQ(before, gpu.to_device);
	EXPECT_EQ(allocations, gpu.allocations);
	EXPECT_EQ(5, gpu.launches - launches) << "one render and one sum a pass, by label of one part the render alone";
	poses_[0].shift_mm[0] = 1;
	ASSERT_OK(projector_render(&film.p, &volume.r, PROJECTOR_PWC, &g_, poses_.data(), 1));
	EXPECT_EQ((int64_t)sizeof(ray_pose) + 1, gpu.to_device - before) << "the pose, once";
	EXPECT_EQ(allocations, gpu.allocations);
}

TEST_F(ProjectorGpu, ABatchIsOneLaunchAndChangesNoBit)
{
	for (size_t p = 0; p < 3; p++)
		poses_[p].rotate_rad[2] = 0.4 * (double)p;
	Film batch, one;
	ASSERT_OK(projection_alloc(&batch.p, &g_, 3, 0, true, false, false, false));
	ASSERT_OK(projection_alloc(&one.p, &g_, 1, 0, true, false, false, false));
	Resident volume(&device_, source_);
	ASSERT_OK(projector_render(&batch.p, &volume.r, PROJECTOR_JOSEPH, &g_, poses_.data(), 3));
	EXPECT_EQ((std::vector<std::string>{ "slab_ray_joseph_i16", "slab_ray_total" }), gpu.kernels);
	const size_t n = (size_t)(g_.cols * g_.rows);
	for (size_t p = 0; p < 3; p++) {
		ASSERT_OK(projector_render(&one.p, &volume.r, PROJECTOR_JOSEPH, &g_, &poses_[p], 1));
		EXPECT_EQ(0, std::memcmp(one.p.integral, batch.p.integral + p * n, n * sizeof(float)));
	}
}

TEST_F(ProjectorGpu, LittleMemoryMeansMoreLaunchesAndTheSameBits)
{
	for (size_t p = 0; p < 3; p++)
		poses_[p].rotate_rad[0] = 0.3 * (double)p;
	Film large, small;
	ASSERT_OK(projection_alloc(&large.p, &g_, 3, 2, true, true, true, true));
	ASSERT_OK(projection_alloc(&small.p, &g_, 3, 2, true, true, true, true));
	ASSERT_OK(Render(&large.p, &device_, source_, PROJECTOR_PWC, g_, poses_));
	const int64_t launches = gpu.launches;
	Resident volume(&device_, source_);
	volume.r.partial_bytes_most = 1;
	ASSERT_OK(projector_render(&small.p, &volume.r, PROJECTOR_PWC, &g_, poses_.data(), 3));
	EXPECT_EQ(5, launches);
	EXPECT_EQ(3 * 4 + 1, gpu.launches - launches) << "by label nothing is kept";
	Same(small.p, large.p, 0);
}

TEST_F(ProjectorGpu, ImagesStayOnTheDeviceWhenAsked)
{
	Film host;
	projection there = {};
	ASSERT_OK(projection_alloc(&host.p, &g_, 3, 2, true, true, true, true));
	ASSERT_OK(projection_alloc_on(&there, &device_, &g_, 3, 2, true, true, true, true));
	EXPECT_EQ(&device_, there.where);
	Resident volume(&device_, source_);
	ASSERT_OK(projector_render(&host.p, &volume.r, PROJECTOR_TRILINEAR, &g_, poses_.data(), 3));
	ASSERT_OK(projector_render(&there, &volume.r, PROJECTOR_TRILINEAR, &g_, poses_.data(), 3));
	const float *planes[4] = { there.integral, there.materials, there.mineral, there.path };
	const float *wanted[4] = { host.p.integral, host.p.materials, host.p.mineral, host.p.path };
	const size_t count[4] = { 1, MATERIALS, 2, 2 }, n = (size_t)Pixels(there);
	for (int i = 0; i < 4; i++) {
		std::vector<float> got(n * count[i]);
		ASSERT_TRUE(gpu.There(planes[i]));
		ASSERT_EQ(0, gpu.api.memory_to_host(nullptr, got.data(), planes[i], got.size() * sizeof(float)));
		EXPECT_EQ(0, std::memcmp(got.data(), wanted[i], got.size() * sizeof(float))) << i;
	}
	projection_free(&there);
	EXPECT_EQ(nullptr, there.integral);
}

// A source inside the volume: the double kernel.
TEST_F(ProjectorGpu, RaysFromInsideTakeTheOtherKernel)
{
	Cpu ref("ref");
	g_.sod_mm = 5;
	Film got, want;
	ASSERT_OK(projection_alloc(&got.p, &g_, 3, 2, true, true, true, true));
	ASSERT_OK(projection_alloc(&want.p, &g_, 3, 2, true, true, true, true));
	ASSERT_OK(Render(&got.p, &device_, source_, PROJECTOR_PWC, g_, poses_));
	EXPECT_EQ((std::vector<std::string>{ "ray" }), gpu.kernels);
	ASSERT_OK(Render(&want.p, &ref.d, source_, PROJECTOR_PWC, g_, poses_));
	Same(got.p, want.p, 0);
}

TEST_F(ProjectorGpu, AFailedLaunchIsAnErrorAndNothingIsLeft)
{
	gpu.api.launch_map = [](plugin_device *, const char *, plugin_elem, const void *, int64_t) { return -1; };
	Film film;
	ASSERT_OK(projection_alloc(&film.p, &g_, 3, 0, true, false, false, false));
	EXPECT_EQ(-1, Render(&film.p, &device_, source_, PROJECTOR_PWC, g_, poses_));
	EXPECT_NE(nullptr, strstr(err_message(), "the pretended GPU refuses")) << err_message();
}

} // namespace

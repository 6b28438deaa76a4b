// The ray kernel alone: writes what is asked for and nothing else; odd sizes; one voxel.
#include <cmath>
#include <vector>
#include "kernels/ray.h"
#include "tests/support/support.h"

namespace
{

// Parallel rays along index axis `along`, pixels of one voxel over the other two.
ray_pose Along(int along)
{
	ray_pose p = {};
	p.direction[along] = -1;
	p.du[along == 0 ? 1 : 0] = 1;
	p.dv[along == 2 ? 1 : 2] = 1;
	for (int k = 0; k < 3; k++)
		p.to_mm[k][k] = 1;
	return p;
}

ray_args Args(const std::vector<float> &values, int64_t a, int64_t b, int64_t c, const ray_pose *pose,
	int64_t cols, int64_t rows)
{
	ray_args args = {};
	args.values = values.data();
	args.n[0] = a, args.n[1] = b, args.n[2] = c;
	args.poses = pose;
	args.cols = cols;
	args.rows = rows;
	return args;
}

TEST(RayKernel, AxisParallelRaysSumTheirVoxels)
{
	const int64_t n[3] = { 3, 5, 7 };
	std::vector<float> values(3 * 5 * 7);
	for (size_t i = 0; i < values.size(); i++)
		values[i] = (float)((i * 37) % 101);
	for (int along = 0; along < 3; along++) {
		ray_pose pose = Along(along);
		int u = along == 0 ? 1 : 0, v = along == 2 ? 1 : 2;
		for (int64_t model : { RAY_PWC, RAY_TRILINEAR, RAY_JOSEPH }) {
			Guarded out((size_t)(n[u] * n[v]) * sizeof(float));
			ray_args a = Args(values, 3, 5, 7, &pose, n[u], n[v]);
			a.model = model;
			a.integral = (float *)out.data();
			ray_f32(&a, n[u] * n[v]);
			for (int64_t r = 0; r < n[v]; r++)
				for (int64_t c = 0; c < n[u]; c++) {
					double sum = 0;
					for (int64_t k = 0; k < n[along]; k++) {
						int64_t index[3];
						index[along] = k, index[u] = c, index[v] = r;
						sum += values[(
							size_t)(index[0] + 3 * (index[1] + 5 * index[2]))];
					}
					EXPECT_NEAR(sum, ((float *)out.data())[r * n[u] + c], 1e-4)
						<< along << " model " << model;
				}
			EXPECT_TRUE(out.intact());
		}
	}
}

// One voxel of 2 mm seen along its space diagonal: chord 2 sqrt(3); trilinear: integral of (1-|t|)^3 over |t|
// < 1 is 1/2.
TEST(RayKernel, SpaceDiagonalOfOneVoxel)
{
	std::vector<float> values = { 4 };
	ray_pose pose = {};
	for (int k = 0; k < 3; k++) {
		pose.direction[k] = 0.5 / std::sqrt(3.0);
		pose.origin[k] = 10;
		pose.to_mm[k][k] = 2;
	}
	const double expected[2] = { 4 * 2 * std::sqrt(3.0), 4 * 2 * std::sqrt(3.0) * 0.5 };
	for (int64_t model : { RAY_PWC, RAY_TRILINEAR })
		for (auto run : { ray_f32, ray_f64 }) {
			Guarded out(sizeof(float));
			ray_args a = Args(values, 1, 1, 1, &pose, 1, 1);
			a.model = model;
			a.integral = (float *)out.data();
			run(&a, 1);
			EXPECT_NEAR(expected[model], ((float *)out.data())[0], 1e-6);
			EXPECT_TRUE(out.intact());
		}
}

TEST(RayKernel, WritesEveryWantedPlaneAndNoOther)
{
	std::vector<float> values(2 * 2 * 2, 1000);
	std::vector<uint8_t> tags = { 0, 1, RAY_NO_CHANNEL, 0, 1, 1, 0, RAY_NO_CHANNEL };
	ray_pose poses[2] = { Along(2), Along(2) };
	Guarded mineral(2 * 2 * 4 * sizeof(float)), path(2 * 2 * 4 * sizeof(float));
	ray_args a = Args(values, 2, 2, 2, poses, 2, 2);
	a.tags = tags.data();
	a.n_channels = 2;
	a.mineral = (float *)mineral.data();
	a.path = (float *)path.data();
	ray_f32(&a, 8);
	const float expected[2][4] = { { 1, 0, 1, 1 },
		{ 1, 2, 0, 0 } }; // voxels of channel 0 and 1 behind each pixel
	for (int p = 0; p < 2; p++)
		for (int c = 0; c < 2; c++)
			for (int i = 0; i < 4; i++) {
				EXPECT_NEAR(0.1 * expected[c][i],
					((float *)mineral.data())[(p * 2 + c) * 4 + i], 1e-7);
				EXPECT_NEAR(0.1 * expected[c][i], ((float *)path.data())[(p * 2 + c) * 4 + i],
					1e-7);
			}
	EXPECT_TRUE(mineral.intact());
	EXPECT_TRUE(path.intact());
}

// At 45 degrees through voxel corners each slab's crossings fall on its ends: nothing is lost or counted
// twice.
TEST(RayKernel, DiagonalsThroughVoxelCorners)
{
	const int64_t n = 64;
	std::vector<float> values((size_t)(n * n * n), 1);
	for (double tilt : { 1.0, -1.0, 1 - 1e-15, 1 + 1e-15, 1 - 1e-9 })
		for (double offset : { 0.0, 0.5, 0.25, 1e-13 }) {
			ray_pose pose = {};
			double length = std::sqrt(2 + tilt * tilt);
			pose.direction[0] = 1 / length;
			pose.direction[1] = tilt / length;
			pose.direction[2] = 1 / length;
			pose.origin[0] = 31.5 + offset;
			pose.origin[1] = pose.origin[2] = 31.5;
			for (int k = 0; k < 3; k++)
				pose.to_mm[k][k] = 1;
			float out;
			ray_args a = Args(values, n, n, n, &pose, 1, 1);
			a.model = RAY_PWC;
			a.integral = &out;
			ray_f32(&a, 1);
			EXPECT_NEAR(((double)n - offset) * std::sqrt(3.0), out, 1e-5)
				<< tilt << " " << offset;
		}
}

// The voxels a diagonal passes through from corner to corner, among others worth a thousand times more:
// whichever way its crossings at the slabs' very ends are rounded, it stays in its own.
TEST(RayKernel, DiagonalsStayInTheirVoxels)
{
	const int64_t n = 64;
	for (double sign : { 1.0, -1.0 }) {
		std::vector<float> values((size_t)(n * n * n), 1000);
		double sum = 0;
		for (int64_t k = 0; k < n; k++) {
			int64_t j = sign > 0 ? k : n - 1 - k;
			values[(size_t)(k + n * (j + n * k))] = (float)(k % 7);
			sum += (double)(k % 7) * std::sqrt(3.0);
		}
		for (int ulps = -8; ulps <= 8; ulps++)
			for (int step = 0; step < 100; step++) {
				ray_pose pose = {};
				pose.direction[0] = pose.direction[2] = 1;
				pose.direction[1] = sign * (1 + ulps * 1.2e-16);
				for (int k = 0; k < 3; k++) {
					pose.origin[k] = 31.5 + (k == 1 ? sign : 1) * 0.317 * step;
					pose.to_mm[k][k] = 1;
				}
				float out;
				ray_args a = Args(values, n, n, n, &pose, 1, 1);
				a.integral = &out;
				a.model = RAY_PWC;
				ray_f32(&a, 1);
				ASSERT_NEAR(sum, out, 1e-3) << sign << " " << ulps << " " << step;
			}
	}
}

// Turning a pose by 90 degrees leaves cos 90 = 6e-17: such a ray along the low face is along it from end to
// end.
TEST(RayKernel, RoundingDoesNotTiltARay)
{
	std::vector<float> values(4 * 4 * 4, 1);
	for (double tilt : { 6e-17, -6e-17, 0.0 })
		for (double from : { -0.5, 3.5 }) {
			ray_pose pose = Along(2);
			pose.direction[0] = tilt;
			pose.origin[0] = from;
			pose.origin[1] = 1;
			float out;
			ray_args a = Args(values, 4, 4, 4, &pose, 1, 1);
			a.integral = &out;
			a.model = RAY_PWC;
			ray_f32(&a, 1);
			EXPECT_EQ(from < 0 ? 4.0f : 0.0f, out) << tilt << " " << from;
		}
}

} // namespace

// The GPU's projector run on the CPU from the same text, against the double reference and the CPU's vectors.
#include "tests/kernels/slab_trace.h"

namespace
{

class SlabRay : public ::testing::TestWithParam<int>
{
};
INSTANTIATE_TEST_SUITE_P(Models, SlabRay, ::testing::Values(RAY_PWC, RAY_TRILINEAR, RAY_JOSEPH));

TEST_P(SlabRay, AgreesWithDoubleAtAnyAngle)
{
	std::mt19937 random(1);
	Volume v(61, 47, 53);
	v.Fill(2);
	v.Lay();
	for (int trial = 0; trial < 24; trial++) {
		SCOPED_TRACE(trial);
		Case c = { &v, {}, 45 + trial % 5, 37 - trial % 3, GetParam(), trial / 2 % 2, 1, 0, false };
		double turn = trial % 4 == 0 ? 0.1 : 3.2;
		for (int p = 0; p < 2; p++)
			c.poses.push_back(Pose(&random, v, trial % 2, c.cols, c.rows, turn, trial % 2 ? 3.1 : 1.6));
		Compare(Traced(c, kText, 1 + trial % 3, trial % 5 == 0), Reference(c), GetParam(), Bound(GetParam()), 5e-7);
	}
	Seen(GetParam());
}

// Real size along the ray: rounding does not grow with the number of slabs.
TEST_P(SlabRay, AgreesWithDoubleOverManySlabs)
{
	std::mt19937 random(5);
	Volume v(210, 333, 190);
	v.Fill(3);
	v.Lay();
	for (int64_t type : { SLAB_I16, SLAB_F32 }) {
		Case c = { &v, {}, 40, 33, GetParam(), type, 1, 0, false };
		c.poses.push_back(Pose(&random, v, true, c.cols, c.rows, 0.5, 7));
		Compare(Traced(c, kText), Reference(c), GetParam(), Bound(GetParam()), 5e-7);
	}
	Seen(GetParam());
}

// White noise is the worst case: each of the two keeps within its bound of the reference.
TEST_P(SlabRay, AgreesWithTheVectors)
{
	std::mt19937 random(7);
	for (bool body : { true, false }) {
		Volume v(50, 64, 47);
		v.Fill(4);
		if (body)
			v.Body();
		v.Lay();
		for (int trial = 0; trial < 12; trial++) {
			SCOPED_TRACE(trial);
			Case c = { &v, {}, 47, 40, GetParam(), trial % 2, 1, 0, false };
			c.poses.push_back(
				Pose(&random, v, trial / 2 % 2, c.cols, c.rows, 3.2, trial / 2 % 2 ? 3.1 : 1.6));
			Compare(Traced(c, kText), Traced(c, kVectors), GetParam(),
				body ? 5e-6 : 2 * Bound(GetParam()), body ? 5e-7 : 1e-6);
		}
		Seen(GetParam());
	}
}

TEST_P(SlabRay, SeveralFieldsInOnePass)
{
	std::mt19937 random(8);
	Volume v(41, 33, 52);
	v.Fill(5);
	v.Lay();
	for (int64_t fields : { 3, 4 }) {
		Case c = { &v, {}, 37, 29, GetParam(), SLAB_F32, fields, 0, false };
		for (int p = 0; p < 3; p++)
			c.poses.push_back(Pose(&random, v, p % 2, c.cols, c.rows, 3.2, 2));
		Compare(Traced(c, kText), Reference(c), GetParam(), Bound(GetParam()), 5e-7);
	}
}

// With the knowledge of constant bricks the image is the same up to rounding; in a hollow volume they are most.
TEST_P(SlabRay, ConstantBricksAreSkippedExactly)
{
	std::mt19937 random(10);
	for (float constant : { -1000.0F, 0.0F }) {
		Volume v(90, 85, 101);
		v.Fill(11);
		v.Hollow(constant);
		for (size_t i = 0; i < v.values.size(); i++)
			v.tags[i] = v.values[i] == constant ? (uint8_t)RAY_NO_CHANNEL : (uint8_t)(i % 3);
		v.Lay();
		v.bricks = v.Bricks([&](size_t i) { return v.values[i]; });
		v.tag_bricks = v.Bricks([&](size_t i) { return v.tags[i] == RAY_NO_CHANNEL ? 0.0F : NAN; });
		ASSERT_GT(std::count(v.bricks.begin(), v.bricks.end(), constant), 100);
		ASSERT_GT(std::count(v.tag_bricks.begin(), v.tag_bricks.end(), 0.0F), 100);
		for (int64_t channels : { 0, 3 })
			for (int trial = 0; trial < 6; trial++) {
				SCOPED_TRACE(trial);
				Case c = { &v, {}, 43, 38, GetParam(), SLAB_I16, 1, channels, true };
				c.poses.push_back(Pose(&random, v, trial % 2, c.cols, c.rows, trial < 2 ? 0.05 : 3.2, 3));
				Images want = Reference(c), got = Traced(c, kText, 1 + trial % 3);
				Compare(got, want, GetParam(), Bound(GetParam()), 5e-7);
			}
	}
	Seen(GetParam());
}

// Along one axis a hundred times as many slabs as along another, and rays between the two: no lane is left waiting.
TEST_P(SlabRay, WarpsOfRaysAlongSeveralAxes)
{
	Volume v(9, 530, 8);
	v.Fill(24);
	v.Label(3);
	v.Lay();
	v.bricks = v.Bricks([&](size_t i) { return v.values[i]; });
	v.tag_bricks = v.Bricks([&](size_t i) { return v.tags[i] == RAY_NO_CHANNEL ? 0.0F : NAN; });
	for (int64_t channels : { 0, 3 }) {
		Case c = { &v, {}, 40, 9, GetParam(), SLAB_I16, 1, channels, true };
		ray_pose p = {};
		p.cone = 1;
		for (int k = 0; k < 3; k++)
			p.to_mm[k][k] = 1;
		p.source[0] = -700, p.source[1] = -440, p.source[2] = 4.2;
		p.origin[0] = 640, p.origin[1] = 940, p.origin[2] = 0;
		p.du[0] = 3, p.du[1] = -3, p.dv[2] = 1;
		c.poses.push_back(p);
		Compare(Traced(c, kWarps, 1), Reference(c), GetParam(), Bound(GetParam()), 5e-7);
	}
	Seen(GetParam());
}

// Rays along faces and through corners: the voxel that counts is the reference's.
TEST_P(SlabRay, RaysAlongFacesAndDiagonals)
{
	Volume v(24, 24, 24);
	v.Fill(12);
	v.Lay();
	for (int tilt = -2; tilt <= 2; tilt++)
		for (int axis = 0; axis < 3; axis++) {
			SCOPED_TRACE(tilt * 10 + axis);
			ray_pose p = {};
			const int b = (axis + 1) % 3, c = (axis + 2) % 3;
			p.direction[axis] = -1;
			p.direction[b] = tilt / 2.0;
			p.direction[c] = tilt == 2 ? 1 : 0;
			p.origin[b] = p.origin[c] = -2.5;
			p.origin[axis] = 11.5;
			p.du[b] = p.dv[c] = 0.5;
			for (int k = 0; k < 3; k++)
				p.to_mm[k][k] = 1;
			Case one = { &v, { p }, 60, 57, GetParam(), SLAB_F32, 1, 0, false };
			Compare(Traced(one, kText, 2), Reference(one), GetParam(), Bound(GetParam()), 5e-7);
		}
}

// Columns (or rows) of pixels parallel to an axis of the volume, about which the source turns; the detector sticks out.
ray_pose About(const Volume &v, int axis, double angle, bool cone, bool rows_along, int64_t cols, int64_t rows,
	double pixel)
{
	const int b = (axis + 1) % 3, c = (axis + 2) % 3;
	const double spacing[3] = { 0.8, 1.1, 0.9 }, away = 200;
	double to[3] = {}, across[3] = {}, along[3] = {};
	to[b] = std::cos(angle), to[c] = std::sin(angle);
	across[b] = -to[c], across[c] = to[b];
	along[axis] = 1;
	ray_pose p = {};
	p.cone = cone;
	for (int k = 0; k < 3; k++) {
		double middle = 0.5 * (double)(v.n[k] - 1) + 0.137; // no ray on a face
		p.to_mm[k][k] = spacing[k];
		p.du[k] = pixel * (rows_along ? along : across)[k] / spacing[k];
		p.dv[k] = pixel * (rows_along ? across : along)[k] / spacing[k];
		p.direction[k] = -to[k] / spacing[k];
		p.source[k] = middle + away * to[k] / spacing[k];
		p.origin[k] = middle - (cone ? away : 0) * to[k] / spacing[k] - 0.5 * (double)(cols - 1) * p.du[k] -
			      0.5 * (double)(rows - 1) * p.dv[k];
	}
	return p;
}

TEST_P(SlabRay, VectorsAgreeWithDoubleWhereSourcesTurnAboutAnAxis)
{
	Volume v(61, 47, 73);
	v.Fill(17);
	v.Hollow(-300);
	v.Lay();
	v.bricks = v.Bricks([&](size_t i) { return v.values[i]; });
	for (int trial = 0; trial < 48; trial++) {
		SCOPED_TRACE(trial);
		const bool cone = trial / 3 % 2, rows_along = trial / 6 % 2;
		const int64_t fields = trial % 7 == 3 ? 3 : trial % 7 == 5 ? 4 : 1;
		Case c = { &v, {}, 141, 122, GetParam(), fields > 1 ? SLAB_F32 : trial % 5 % 2, fields, 0, trial % 4 == 1 };
		// Near 45 degrees tiles have no common axis, and the test's own way out knows one field.
		std::vector<double> angles = { 0, 0.31 + 0.13 * trial, 0.25 * 3.14159265358979323846 };
		if (fields > 1)
			angles = { 0, 0.006 * trial, 1.4 };
		for (double angle : angles)
			c.poses.push_back(About(v, trial % 3, angle, cone, rows_along, c.cols, c.rows, cone ? 1.05 : 0.5));
		Images all = Traced(c, kVectors, 1);
		Compare(all, Reference(c), GetParam(), Bound(GetParam()), 5e-7);
		Case one = c;
		one.poses = { c.poses[1] };
		Images alone = Traced(one, kVectors, 1);
		const size_t n = alone.planes[0].size();
		EXPECT_EQ(0, std::memcmp(alone.planes[0].data(), all.planes[0].data() + n, n * sizeof(float)));
	}
	Seen(GetParam());
}

TEST_P(SlabRay, NeighboursInTheBatchChangeNoBit)
{
	std::mt19937 random(13);
	Volume v(66, 47, 53);
	v.Fill(14);
	v.Label(3);
	v.Lay();
	for (int64_t channels : { 0, 3 }) {
		const int64_t parts = channels ? 1 : 3;
		Case all = { &v, {}, 45, 37, GetParam(), SLAB_I16, 1, channels, false };
		for (int p = 0; p < 5; p++)
			all.poses.push_back(Pose(&random, v, p % 2, all.cols, all.rows, 3.2, 2));
		Images batch = Traced(all, kText, parts);
		Case one = all;
		one.poses = { all.poses[3] };
		Images alone = Traced(one, kText, parts);
		for (size_t plane = 0; plane < alone.planes.size(); plane++) {
			size_t n = alone.planes[plane].size();
			EXPECT_EQ(0, std::memcmp(alone.planes[plane].data(), batch.planes[plane].data() + 3 * n,
					     n * sizeof(float)));
		}
		Images turned = Traced(all, kText, parts, true);
		EXPECT_EQ(batch.planes, turned.planes);
	}
}

// A single image that nearly fills the device: a thread does two parts of three, and in a batch all.
TEST_P(SlabRay, PartsAThreadChangeNoBit)
{
	std::mt19937 random(15);
	Volume v(70, 75, 66);
	v.Fill(16);
	v.Lay();
	Case one = { &v, {}, 544, 512, GetParam(), SLAB_I16, 1, 0, false };
	one.poses.push_back(Pose(&random, v, true, one.cols, one.rows, 3.2, 0.2));
	Case two = one;
	two.poses.push_back(Pose(&random, v, true, one.cols, one.rows, 3.2, 0.2));
	const std::vector<float> alone = Traced(one, kText, 3).planes[0], batch = Traced(two, kText, 3).planes[0];
	EXPECT_EQ(0, std::memcmp(alone.data(), batch.data(), alone.size() * sizeof(float)));
	EXPECT_GT(*std::max_element(alone.begin(), alone.end()), 0);
}

TEST(SlabRayParts, FollowVolumeAndImageAlone)
{
	Volume v(5, 6, 7);
	Case c = { &v, std::vector<ray_pose>(2), 512, 512, RAY_PWC, SLAB_I16, 1, 0, false };
	slab_ray_args a = Args(c);
	a.n[0] = a.n[1] = 512, a.n[2] = 400;
	EXPECT_EQ(3, slab_ray_parts(&a)); // four times what an H200 holds
	a.n_poses = 64;
	EXPECT_EQ(3, slab_ray_parts(&a));
	a.cols = a.rows = 200;
	EXPECT_EQ(13, slab_ray_parts(&a));
	a.n[0] = a.n[1] = a.n[2] = 20;
	EXPECT_EQ(1, slab_ray_parts(&a));
}

} // namespace

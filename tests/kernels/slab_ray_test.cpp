// The GPU's projector run on the CPU from the same text, against the double reference and the CPU's vectors.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>
#include "kernels/cpu/slab_ray.h"
#include "kernels/ray.h"
#include "tests/kernels/slab_scene.h"
#include "tests/kernels/warp.h"
#include "tests/support/support.h"

namespace
{

struct Case {
	const Volume *volume;
	std::vector<ray_pose> poses;
	int64_t cols, rows, model, type, fields, channels;
	bool bricks;
};

slab_ray_args Args(const Case &c)
{
	slab_ray_args a = {};
	const Volume &v = *c.volume;
	for (int k = 0; k < 3; k++)
		a.n[k] = v.n[k];
	for (int which = 0; which < SLAB_LAYOUTS; which++) {
		a.layout[which] = v.layout[which];
		a.tags[which] = v.laid_tags[which].data();
		a.words[which] = c.type == SLAB_I16 ? (const void *)v.words_i16[which].data()
						    : (const void *)v.words_f32[which].data();
		for (int k = 0; k < 3; k++)
			a.spans[which][k] = v.laid_spans[which][k].data();
		for (int64_t f = 0; f < c.fields; f++)
			a.field[f].values[which] = c.type == SLAB_I16 ? (const void *)v.laid_i16[which].data()
								      : (const void *)v.laid[which].data();
	}
	a.n_fields = c.fields;
	a.n_channels = c.channels;
	for (int64_t f = 0; f < c.fields; f++) {
		a.field[f].type = c.type;
		a.field[f].scale = 1 + (double)f;
		a.factor[f] = c.channels ? 1e-4 : 1;
		a.step[f] = (c.channels ? c.channels : 1) * c.cols * c.rows;
		if (c.bricks)
			a.field[f].bricks = c.channels ? v.tag_bricks.data() : v.bricks.data();
	}
	a.path_step = c.channels * c.cols * c.rows;
	a.poses = c.poses.data();
	a.n_poses = (int64_t)c.poses.size();
	a.cols = c.cols;
	a.rows = c.rows;
	a.model = c.model;
	return a;
}

struct Images {
	std::vector<std::vector<float>> planes; // fields, or values and lengths
};

// A device whose kernels are warps of lanes.
device Warps()
{
	static plugin_api api = {};
	api.launch_map = [](plugin_device *, const char *op, plugin_elem, const void *args, int64_t n) {
		return warp_launch(op, args, n);
	};
	api.last_error = warp_error;
	device warps = {};
	warps.kind = DEVICE_CUDA;
	warps.plugin = &api;
	return warps;
}

enum Way { kText, kWarps, kVectors };
Images Traced(const Case &c, Way way, int64_t parts = 0, bool turned = false, bool mineral = true, bool path = true)
{
	slab_ray_args a = Args(c);
	const size_t pixels = (size_t)(a.n_poses * a.cols * a.rows) * (size_t)std::max<int64_t>(1, c.channels);
	const int64_t planes = c.channels ? 2 : c.fields;
	std::vector<Guarded> out;
	for (int64_t f = 0; f < planes; f++)
		out.emplace_back(pixels * sizeof(float));
	for (int64_t f = 0; f < c.fields; f++)
		a.sum[f] = (float *)out[(size_t)f].data();
	if (c.channels && path)
		a.path = (float *)out[1].data();
	if (c.channels && !mineral)
		a.sum[0] = nullptr;
	std::vector<uint8_t> turns(c.poses.size(), turned);
	a.turned = turned ? turns.data() : nullptr;
	a.parts = parts ? parts : slab_ray_parts(&a);
	Guarded partial((size_t)slab_ray_partial(&a) * sizeof(float));
	if (way != kVectors) {
		a.partial = (float *)partial.data();
		const device d = way == kWarps ? Warps() : device{};
		EXPECT_OK(slab_ray(&d, &a));
	} else {
		struct ray_args other = {}; // the vectors' own way out at tiles without a common axis
		other.values = c.volume->values.data();
		other.tags = c.channels ? c.volume->tags.data() : nullptr;
		std::memcpy(other.n, a.n, sizeof(a.n));
		other.poses = a.poses;
		other.cols = a.cols;
		other.rows = a.rows;
		other.model = a.model;
		other.n_channels = c.channels;
		(c.channels ? other.mineral : other.integral) = a.sum[0];
		other.path = a.path;
		a.slow = [](const void *context, int64_t i) { ray_pixel((const ray_args *)context, i); };
		a.slow_context = &other;
		slab_ray_cpu(&a);
	}
	EXPECT_TRUE(partial.intact());
	Images images;
	for (Guarded &g : out) {
		EXPECT_TRUE(g.intact());
		images.planes.emplace_back((float *)g.data(), (float *)g.data() + pixels);
	}
	return images;
}

Images Reference(const Case &c)
{
	const size_t pixels = c.poses.size() * (size_t)(c.cols * c.rows);
	Images images;
	ray_args a = {};
	a.values = c.volume->values.data();
	a.tags = c.channels ? c.volume->tags.data() : nullptr;
	for (int k = 0; k < 3; k++)
		a.n[k] = c.volume->n[k];
	a.poses = c.poses.data();
	a.cols = c.cols;
	a.rows = c.rows;
	a.model = c.model;
	a.n_channels = c.channels;
	images.planes.assign(c.channels ? 2 : 1, std::vector<float>(pixels * (size_t)std::max<int64_t>(1, c.channels)));
	if (c.channels) {
		a.mineral = images.planes[0].data();
		a.path = images.planes[1].data();
	} else {
		a.integral = images.planes[0].data();
	}
	ray_f64(&a, (int64_t)pixels);
	for (int64_t f = 1; f < c.fields; f++) { // the same field, scaled
		images.planes.push_back(images.planes[0]);
		for (float &x : images.planes.back())
			x *= 1 + (float)f;
	}
	return images;
}

double worst_of[3], rms_of[3]; // by model, what the run saw

void Compare(const Images &got, const Images &want, int64_t model, double most, double rms)
{
	ASSERT_EQ(want.planes.size(), got.planes.size());
	for (size_t p = 0; p < want.planes.size(); p++) {
		const std::vector<float> &g = got.planes[p], &w = want.planes[p];
		double largest = 0, worst = 0, sum = 0;
		ASSERT_EQ(w.size(), g.size());
		for (size_t i = 0; i < w.size(); i++) {
			double error = std::fabs((double)g[i] - (double)w[i]);
			largest = std::max(largest, (double)std::fabs(w[i]));
			worst = error <= worst ? worst : error; // NaN stays
			sum += error * error;
		}
		ASSERT_GT(largest, 0) << "plane " << p;
		double mean = std::sqrt(sum / (double)w.size()) / largest;
		worst /= largest;
		EXPECT_TRUE(worst <= most) << "plane " << p << ": largest difference " << worst;
		EXPECT_TRUE(mean <= rms) << "plane " << p << ": rms " << mean;
		worst_of[model] = std::max(worst_of[model], worst);
		rms_of[model] = std::max(rms_of[model], mean);
	}
}

double Bound(int64_t model)
{
	return model == RAY_PWC ? 2e-5 : 5e-6;
}

class SlabRay : public ::testing::TestWithParam<int>
{
};
INSTANTIATE_TEST_SUITE_P(Models, SlabRay, ::testing::Values(RAY_PWC, RAY_TRILINEAR, RAY_JOSEPH));

void Seen(int64_t model)
{
	::testing::Test::RecordProperty("worst", std::to_string(worst_of[model]));
	printf("model %d: largest difference %.2g, rms %.2g of the maximum\n", (int)model, worst_of[model], rms_of[model]);
	worst_of[model] = rms_of[model] = 0;
}

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

TEST_P(SlabRay, LabelsAgreeAndAddUp)
{
	std::mt19937 random(9);
	Volume v(58, 44, 49);
	v.Fill(6);
	v.Label(7);
	v.Lay();
	for (int trial = 0; trial < 6; trial++) {
		SCOPED_TRACE(trial);
		Case c = { &v, {}, 43, 38, GetParam(), trial % 2, 1, 7, false };
		for (int p = 0; p < 2; p++)
			c.poses.push_back(Pose(&random, v, trial / 2 % 2, c.cols, c.rows, 3.2, 2));
		Images got = Traced(c, kText, 1 + trial % 2);
		Compare(got, Reference(c), GetParam(), Bound(GetParam()), 5e-7);
		Volume bare = v;
		for (size_t i = 0; i < v.values.size(); i++)
			if (v.tags[i] == RAY_NO_CHANNEL)
				bare.values[i] = 0;
		bare.Lay();
		Case whole = c;
		whole.volume = &bare;
		whole.channels = 0;
		const std::vector<float> total = Traced(whole, kText).planes[0];
		const size_t pixels = (size_t)(c.cols * c.rows);
		double most = 0, worst = 0;
		for (size_t i = 0; i < total.size(); i++) {
			double sum = 0;
			for (size_t channel = 0; channel < 7; channel++)
				sum += (double)got.planes[0][(i / pixels * 7 + channel) * pixels + i % pixels];
			most = std::max(most, 1e-4 * (double)std::fabs(total[i]));
			worst = std::max(worst, std::fabs(sum - 1e-4 * (double)total[i]));
		}
		EXPECT_LE(worst, 1e-6 * most);
	}
	Seen(GetParam());
}

// More channels than a thread has numbers for, every voxel of another than its neighbours, and each output alone.
TEST_P(SlabRay, ManyChannelsMeetInASlab)
{
	std::mt19937 random(19);
	for (int channels : { 3, 16, 17, 32 }) {
		SCOPED_TRACE(channels);
		Volume v(31, 26, 29);
		v.Fill(20);
		for (size_t i = 0; i < v.tags.size(); i++) {
			const uint8_t tag = (uint8_t)(random() % (unsigned)(channels + 1));
			v.tags[i] = tag < channels ? tag : (uint8_t)RAY_NO_CHANNEL;
		}
		v.Lay();
		for (int64_t type : { SLAB_I16, SLAB_F32 }) {
			Case c = { &v, {}, 43, 38, GetParam(), type, 1, channels, false };
			for (int p = 0; p < 2; p++)
				c.poses.push_back(Pose(&random, v, p, c.cols, c.rows, 3.2, 2));
			const Images want = Reference(c), got = Traced(c, kText, 1);
			Compare(got, want, GetParam(), Bound(GetParam()), 5e-7);
			Compare(Traced(c, kText, 2), want, GetParam(), Bound(GetParam()), 5e-7);
			EXPECT_EQ(got.planes[0], Traced(c, kText, 1, false, true, false).planes[0]);
			EXPECT_EQ(got.planes[1], Traced(c, kText, 1, false, false, true).planes[1]);
		}
	}
	Seen(GetParam());
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

// Bricks that say anything but 0 are walked.
TEST_P(SlabRay, BricksOfOneChannelAreWalked)
{
	std::mt19937 random(14);
	Volume v(90, 85, 101);
	v.Fill(13);
	for (int64_t k = 0; k < v.n[2]; k++)
		for (int64_t j = 0; j < v.n[1]; j++)
			for (int64_t i = 0; i < v.n[0]; i++)
				v.tags[v.At(i, j, k)] = i < 34	       ? (uint8_t)RAY_NO_CHANNEL
							: k < 47       ? (uint8_t)(2)
							: j % 85 < 64 ? (uint8_t)(0)
								       : (uint8_t)(i % 3);
	v.Lay();
	v.tag_bricks = v.Bricks([&](size_t i) {
		return v.tags[i] == RAY_NO_CHANNEL ? 0.0F : 1.0F + (float)v.tags[i];
	});
	for (float filled : { 0.0F, 1.0F, 3.0F })
		ASSERT_GT(std::count(v.tag_bricks.begin(), v.tag_bricks.end(), filled), 10);
	for (int trial = 0; trial < 9; trial++) {
		SCOPED_TRACE(trial);
		Case c = { &v, {}, 43, 38, GetParam(), trial % 2 ? SLAB_I16 : SLAB_F32, 1, 3, true };
		c.poses.push_back(Pose(&random, v, trial % 2, c.cols, c.rows, trial < 3 ? 0.05 : 3.2, 3));
		Images want = Reference(c);
		Compare(Traced(c, kText, 1 + trial % 3), want, GetParam(), Bound(GetParam()), 5e-7);
		Compare(Traced(c, kVectors, 1), want, GetParam(), Bound(GetParam()), 5e-7);
	}
	Seen(GetParam());
}

// As a GPU runs it: lanes vote, wait for each other, and walk what the longest of them walks; tiles whose rays move along
// different axes too.
TEST_P(SlabRay, WarpsAgreeByLabel)
{
	std::mt19937 random(22);
	Volume v(66, 60, 71);
	v.Fill(23);
	v.Label(7);
	for (size_t i = 0; i < v.tags.size(); i++) {
		v.tags[i] = i % 15 ? v.tags[i] : (uint8_t)(i % 7);
		const int64_t z = (int64_t)i / (v.n[0] * v.n[1]); // a plate in bricks without channels
		v.tags[i] = z < 34 || z >= 40 ? (uint8_t)RAY_NO_CHANNEL : v.tags[i];
	}
	v.Lay();
	v.tag_bricks = v.Bricks([&](size_t i) { return v.tags[i] == RAY_NO_CHANNEL ? 0.0F : NAN; });
	ASSERT_GT(std::count(v.tag_bricks.begin(), v.tag_bricks.end(), 0.0F), 50);
	for (int trial = 0; trial < 4; trial++) {
		SCOPED_TRACE(trial);
		// Rays far apart: one of a warp meets the plate, its neighbour a brick that is passed over.
		Case c = { &v, {}, 37, 23, GetParam(), trial / 2 % 2, 1, trial < 2 ? 7 : 17, trial != 3 };
		c.poses.push_back(Pose(&random, v, true, c.cols, c.rows, trial % 2 ? 3.2 : 0.05, 9));
		const Images want = Reference(c);
		Compare(Traced(c, kWarps, 1 + trial % 2), want, GetParam(), Bound(GetParam()), 5e-7);
		Case two = c;
		two.poses.push_back(Pose(&random, v, true, c.cols, c.rows, 3.2, 3));
		const Images alone = Traced(c, kWarps, 1), batch = Traced(two, kWarps, 1);
		for (size_t p = 0; p < 2; p++)
			EXPECT_EQ(0, std::memcmp(alone.planes[p].data(), batch.planes[p].data(),
					     alone.planes[p].size() * sizeof(float)));
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

// One pass of rays by each way there is, and the double reference, for the tests of slab_ray.
#ifndef TESTS_KERNELS_SLAB_TRACE_H
#define TESTS_KERNELS_SLAB_TRACE_H
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

struct Case {
	const Volume *volume;
	std::vector<ray_pose> poses;
	int64_t cols, rows, model, type, fields, channels;
	bool bricks;
};

inline slab_ray_args Args(const Case &c)
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
inline device Warps()
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
inline Images Traced(const Case &c, Way way, int64_t parts = 0, bool turned = false, bool mineral = true, bool path = true)
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

inline Images Reference(const Case &c)
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

inline double worst_of[3], rms_of[3]; // by model, what the run saw

inline void Compare(const Images &got, const Images &want, int64_t model, double most, double rms)
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

inline double Bound(int64_t model)
{
	return model == RAY_PWC ? 2e-5 : 5e-6;
}

inline void Seen(int64_t model)
{
	::testing::Test::RecordProperty("worst", std::to_string(worst_of[model]));
	printf("model %d: largest difference %.2g, rms %.2g of the maximum\n", (int)model, worst_of[model], rms_of[model]);
	worst_of[model] = rms_of[model] = 0;
}
#endif

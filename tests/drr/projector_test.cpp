// The integrals against closed forms and slow independent implementations.
#include <algorithm>
#include <memory>
#include "tests/drr/scene.h"

namespace
{

const double kPi = 3.14159265358979323846;

struct Trial {
	geometry g;
	pose p;
};
// Cone and parallel, all views, odd and even detectors, any angle.
std::vector<Trial> Trials(int count, unsigned seed, double pixel_mm, double turn_rad = kPi)
{
	std::mt19937 random(seed);
	std::vector<Trial> trials;
	for (int i = 0; i < count; i++) {
		geometry g = Geometry(i % 2 ? GEOMETRY_PARALLEL : GEOMETRY_CONE, (geometry_view)(i / 2 % 3),
			24 + i % 3, 23 + i % 2, pixel_mm * (i % 2 ? 1 : 1.5));
		trials.push_back({ g, RandomPose(&random, turn_rad, 3) });
	}
	return trials;
}

// Where a ray is inside the box low..high of index space: slab method on the segment; empty when first >=
// second.
std::pair<double, double> Inside(const IndexRay &ray, const Vec3 &low, const Vec3 &high)
{
	double enter = 0, leave = 1;
	for (int k = 0; k < 3; k++) {
		double d = ray.to[k] - ray.from[k];
		if (std::fabs(d) < 1e-9) {
			if (ray.from[k] < low[k] || ray.from[k] > high[k])
				return { 1, 0 };
			continue;
		}
		double a = (low[k] - ray.from[k]) / d, b = (high[k] - ray.from[k]) / d;
		enter = std::max(enter, std::min(a, b));
		leave = std::min(leave, std::max(a, b));
	}
	return { enter, leave };
}

class Box : public ::testing::Test
{
      protected:
	const std::array<int64_t, 3> n_ = { 26, 21, 24 };
	const int margin_ = 4; // empty voxels around the box
	Affine affine_{ n_, { 1.5, 2, 1.25 }, { 0.2, -0.4, 0.7 }, { 1, -2, 3 } };
	Grid grid_{ n_, affine_.m };
	Vec3 low_, high_; // outermost voxel centres of the box
	const float density_ = 3.25f;
	void SetUp() override
	{
		for (int k = 0; k < 3; k++) {
			low_[k] = margin_;
			high_[k] = (double)n_[k] - 1 - margin_;
		}
		for (int64_t i = margin_; i < n_[0] - margin_; i++)
			for (int64_t j = margin_; j < n_[1] - margin_; j++)
				for (int64_t k = margin_; k < n_[2] - margin_; k++)
					grid_.at(i, j, k) = density_;
	}
	// The ray is in one coordinate's ramp at a time, on its way in and on its way out.
	bool AwayFromEdges(const IndexRay &ray) const
	{
		const Vec3 one = { 1, 1, 1 };
		auto core = Inside(ray, low_, high_), support = Inside(ray, low_ - one, high_ + one);
		if (core.first >= core.second)
			return false;
		for (auto ends : { std::make_pair(support.first, core.first),
			     std::make_pair(core.second, support.second) }) {
			int outside = 0;
			for (int k = 0; k < 3; k++) {
				double a = ray.from[k] + ends.first * (ray.to[k] - ray.from[k]);
				double b = ray.from[k] + ends.second * (ray.to[k] - ray.from[k]);
				double least = std::min(a, b), most = std::max(a, b);
				outside += least < low_[k] - 1e-9 || most > high_[k] + 1e-9;
			}
			if (outside != 1)
				return false;
		}
		return true;
	}
};

TEST_F(Box, PiecewiseConstantIsTheChordForAllRays)
{
	const Vec3 half = { 0.5, 0.5, 0.5 };
	int64_t hits = 0;
	for (Trial &t : Trials(60, 5, 1.9)) {
		Film film;
		RenderIntegral(&film, grid_, PROJECTOR_PWC, t.g, { t.p }, "ref");
		std::vector<double> chord(film.pixels());
		for (int64_t i = 0; i < (int64_t)chord.size(); i++) {
			IndexRay ray = RayOf(t.g, t.p, grid_.v, i % t.g.cols, i / t.g.cols);
			auto in = Inside(ray, low_ - half, high_ + half);
			chord[i] = std::max(0.0, in.second - in.first) * ray.mm * density_;
			hits += chord[i] > 0;
		}
		double most = *std::max_element(chord.begin(), chord.end());
		EXPECT_TRUE(AllClose(film.p.integral, chord.data(), chord.size(), 1e-10 * most, 1e-6));
		for (const char *spec : FloatSpecs()) {
			Film fast;
			RenderIntegral(&fast, grid_, PROJECTOR_PWC, t.g, { t.p }, spec);
			EXPECT_TRUE(AllClose(fast.p.integral, chord.data(), chord.size(), 2e-6 * most, 0)) << spec;
		}
	}
	EXPECT_GT(hits, 5000);
}

TEST_F(Box, TrilinearIsTheChordAwayFromTheEdges)
{
	const Vec3 half = { 0.5, 0.5, 0.5 };
	int64_t hits = 0;
	for (Trial &t : Trials(60, 6, 1.2)) {
		Film film;
		RenderIntegral(&film, grid_, PROJECTOR_TRILINEAR, t.g, { t.p }, "ref");
		double most = *std::max_element(film.p.integral, film.p.integral + film.pixels());
		std::vector<std::unique_ptr<Film>> fast;
		for (const char *spec : FloatSpecs()) {
			fast.push_back(std::make_unique<Film>());
			RenderIntegral(fast.back().get(), grid_, PROJECTOR_TRILINEAR, t.g, { t.p }, spec);
		}
		for (int64_t i = 0; i < (int64_t)film.pixels(); i++) {
			IndexRay ray = RayOf(t.g, t.p, grid_.v, i % t.g.cols, i / t.g.cols);
			if (!AwayFromEdges(ray))
				continue;
			auto in = Inside(ray, low_ - half, high_ + half);
			double chord = (in.second - in.first) * ray.mm * density_;
			ASSERT_LE(std::fabs(film.p.integral[i] - chord), 1e-6 * chord)
				<< t.g.projection << " pixel " << i;
			for (auto &f : fast)
				ASSERT_LE(std::fabs(f->p.integral[i] - chord), 2e-6 * most) << " pixel " << i;
			hits++;
		}
	}
	EXPECT_GT(hits, 5000);
}

// The whole grid is the box: a ray along an axis sees (tent in one coordinate) x (tent in the other) x
// length.
TEST(Projector, AxisParallelRaysSeeTheTentOfTheBorder)
{
	std::array<int64_t, 3> n = { 6, 7, 5 };
	Affine affine(n, { 2, 3, 4 });
	Grid grid(n, affine.m);
	grid.Fill([](int64_t) { return 1.5; });
	auto tent = [](double u, int64_t count) {
		return std::min(1.0, std::max(0.0, std::min(u + 1, (double)count - u)));
	};
	for (geometry_view view : { GEOMETRY_AP, GEOMETRY_PA, GEOMETRY_LAT })
		for (int64_t cols : { 90, 91 })
			for (double turn : { 0.0, kPi / 2, kPi, -kPi / 2 }) {
				geometry g = Geometry(GEOMETRY_PARALLEL, view, cols, 87, 0.31);
				pose p = {};
				p.rotate_rad[1] = turn;
				for (projector_model model : { PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH }) {
					Film film, fast;
					RenderIntegral(&film, grid, model, g, { p }, "ref");
					RenderIntegral(&fast, grid, model, g, { p });
					for (int64_t i = 0; i < (int64_t)film.pixels(); i++) {
						IndexRay ray = RayOf(g, p, grid.v, i % g.cols, i / g.cols);
						double expected = 1.5;
						for (int k = 0; k < 3; k++) {
							bool along = std::fabs(ray.to[k] - ray.from[k]) > 1;
							double mm = std::fabs(affine.m[k][k]);
							expected *= along ? (double)n[k] * mm
									  : tent(ray.from[k], n[k]);
						}
						ASSERT_NEAR(expected, film.p.integral[i], 1e-5)
							<< view << " " << turn << " " << i;
						ASSERT_NEAR(expected, fast.p.integral[i], 2e-6 * 31.5)
							<< view << " " << turn << " " << i;
					}
				}
			}
}

// Voxel faces belong to the higher index; the outer low face counts, the outer high face does not.
TEST(Projector, RaysAlongFacesFollowTheHalfOpenRule)
{
	std::array<int64_t, 3> n = { 3, 2, 1 };
	Affine affine(n, { 1, 1, 1 });
	Grid grid(n, affine.m);
	grid.Fill([](int64_t i) { return (double)(i % 3 + 1); });	// 1, 2, 3 along x
	geometry g = Geometry(GEOMETRY_PARALLEL, GEOMETRY_AP, 4, 1, 1); // pixels at x = 1.5, 0.5, -0.5, -1.5
	Film film;
	RenderIntegral(&film, grid, PROJECTOR_PWC, g, { pose{} });
	const float expected[4] = { 0, 6, 4, 2 };
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(expected[i], film.p.integral[i]) << i;
}

class RandomVolume : public ::testing::TestWithParam<projector_model>
{
};

TEST_P(RandomVolume, AgreesWithTheSlowImplementation)
{
	std::mt19937 random(7);
	std::uniform_real_distribution<double> unit(-1, 1);
	const std::array<int64_t, 3> sizes[] = { { 16, 13, 11 }, { 1, 9, 20 }, { 5, 1, 1 } };
	for (auto n : sizes) {
		Affine affine(n, { 1.1, 2.3, 0.7 }, { 2, -0.4, 0.9 }, { 4, 2, -1 });
		Grid grid(n, affine.m);
		grid.Fill([&](int64_t) { return unit(random); });
		for (Trial &t : Trials(12, 8, 1.3)) {
				Film film;
				RenderIntegral(&film, grid, GetParam(), t.g, { t.p }, "ref");
				std::vector<double> slow(film.pixels());
				for (int64_t i = 0; i < (int64_t)slow.size(); i++) {
					IndexRay ray = RayOf(t.g, t.p, grid.v, i % t.g.cols, i / t.g.cols);
					slow[i] = (GetParam() == PROJECTOR_PWC ? SlowPwc : SlowTrilinear)(
						ray, grid.v, volume_f32(&grid.v));
				}
				EXPECT_TRUE(AllClose(film.p.integral, slow.data(), slow.size(), 1e-8, 3e-7));
				for (const char *spec : FloatSpecs()) {
					Film fast;
					RenderIntegral(&fast, grid, GetParam(), t.g, { t.p }, spec);
					EXPECT_TRUE(ImagesAgree(fast.p.integral, slow.data(), slow.size(),
						MostError(GetParam()), 5e-7))
						<< spec;
				}
			}
	}
}

// The source inside the volume, and the detector inside it: only what lies between them counts.
TEST_P(RandomVolume, CountsOnlyWhatLiesBetweenSourceAndDetector)
{
	std::mt19937 random(9);
	std::uniform_real_distribution<double> unit(0, 1);
	std::array<int64_t, 3> n = { 40, 40, 40 };
	Affine affine(n, { 1, 1, 1 }, { 0.1, 0.2, 0.3 });
	Grid grid(n, affine.m);
	grid.Fill([&](int64_t) { return unit(random); });
	struct {
		double sod, sdd;
	} cases[] = { { 10, 100 }, { 100, 105 }, { 7.3, 12.9 }, { 200, 201 }, { 200, 400 } };
	for (auto &test : cases)
		for (geometry_view view : { GEOMETRY_AP, GEOMETRY_LAT }) {
			geometry g = Geometry(GEOMETRY_CONE, view, 9, 8, 2, test.sod, test.sdd);
			pose p = {};
			p.rotate_rad[1] = 0.2;
			p.shift_mm[1] = test.sod > 150 && test.sdd > 300
						? 300
						: 0; // the last: wholly behind the source
			Film film;
			RenderIntegral(&film, grid, GetParam(), g, { p });
			std::vector<double> slow(film.pixels());
			for (int64_t i = 0; i < (int64_t)slow.size(); i++) {
				IndexRay ray = RayOf(g, p, grid.v, i % g.cols, i / g.cols);
				slow[i] = (GetParam() == PROJECTOR_PWC ? SlowPwc : SlowTrilinear)(
					ray, grid.v, volume_f32(&grid.v));
			}
			EXPECT_TRUE(AllClose(film.p.integral, slow.data(), slow.size(), 1e-8, 3e-7))
				<< test.sod;
		}
}

INSTANTIATE_TEST_SUITE_P(Exact, RandomVolume, ::testing::Values(PROJECTOR_PWC, PROJECTOR_TRILINEAR),
	[](const auto &info) { return info.param == PROJECTOR_PWC ? "Pwc" : "Trilinear"; });

// Joseph is exact on a constant core, and close to trilinear on a smooth volume.
TEST(Projector, JosephFollowsTrilinearOnSmoothVolumes)
{
	std::array<int64_t, 3> n = { 32, 30, 28 };
	Affine affine(n, { 1, 1, 1 }, { 0.1, -0.2, 0.3 });
	Grid grid(n, affine.m);
	for (int64_t i = 0; i < n[0]; i++)
		for (int64_t j = 0; j < n[1]; j++)
			for (int64_t k = 0; k < n[2]; k++) {
				double r2 =
					std::pow(i - 15.5, 2) + std::pow(j - 14.5, 2) + std::pow(k - 13.5, 2);
				grid.at(i, j, k) = (float)std::exp(-r2 / (2 * 16));
			}
	for (Trial &t : Trials(12, 10, 1)) {
		Film joseph, trilinear;
		RenderIntegral(&joseph, grid, PROJECTOR_JOSEPH, t.g, { t.p });
		RenderIntegral(&trilinear, grid, PROJECTOR_TRILINEAR, t.g, { t.p });
		EXPECT_TRUE(AllClose(joseph.p.integral, trilinear.p.integral, joseph.pixels(), 0.05, 0));
	}
}

// Parallel areal density x pixel area is the voxels' mass.
TEST(Projector, KeepsMass)
{
	std::mt19937 random(11);
	std::uniform_real_distribution<double> unit(0, 2);
	std::array<int64_t, 3> n = { 14, 12, 10 };
	Affine affine(n, { 2, 1.5, 2.5 }, { 0.3, 0.4, -0.6 });
	Grid grid(n, affine.m);
	double mass = 0;
	grid.Fill([&](int64_t) { return unit(random); });
	for (int64_t i = 0; i < grid.count(); i++)
		mass += volume_f32(&grid.v)[i] * 2 * 1.5 * 2.5;
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR }) {
		geometry g = Geometry(GEOMETRY_PARALLEL, GEOMETRY_AP, 300, 301, 0.2);
		pose p = {};
		p.rotate_rad[0] = 0.5;
		Film film;
		RenderIntegral(&film, grid, model, g, { p });
		double sum = 0;
		for (size_t i = 0; i < film.pixels(); i++)
			sum += film.p.integral[i];
		EXPECT_NEAR(mass, sum * 0.2 * 0.2, 1e-4 * mass) << model;
	}
}

// Seven voxels of F lying in the x-z plane, off the centre; the same anatomy in every storage order.
const int kF[9][3] = { { 3, 2, 6 }, { 3, 2, 5 }, { 3, 2, 4 }, { 3, 2, 3 }, { 3, 2, 2 }, { 2, 2, 6 },
	{ 1, 3, 6 }, { 2, 2, 4 }, { 3, 4, 2 } };

TEST(Projector, AllStorageOrdersOfOneAnatomyGiveOneImage)
{
	const std::array<int64_t, 3> n = { 6, 7, 9 };
	Affine affine(n, { 1.5, 2, 2.5 }, { 0.3, -0.2, 0.5 }, { 5, 6, 7 });
	const geometry g[2] = { Geometry(GEOMETRY_CONE, GEOMETRY_AP, 37, 41, 0.83),
		Geometry(GEOMETRY_PARALLEL, GEOMETRY_LAT, 36, 40, 0.77) };
	pose p = {};
	p.rotate_rad[0] = 0.1, p.rotate_rad[1] = -0.21, p.shift_mm[2] = 1.3;
	Grid original(n, affine.m);
	for (size_t f = 0; f < 9; f++)
		original.at(kF[f][0], kF[f][1], kF[f][2]) = (float)f + 1;
	int order[3] = { 0, 1, 2 }, orders = 0;
	do {
		for (int flips = 0; flips < 8; flips++, orders++) {
			std::array<int64_t, 3> m;
			double to_world[4][4] = {};
			for (int k = 0; k < 3; k++)
				m[k] = n[order[k]];
			for (int i = 0; i < 4; i++) {
				to_world[i][3] = affine.m[i][3];
				for (int k = 0; k < 3; k++) {
					double step = affine.m[i][order[k]];
					to_world[i][k] = flips >> k & 1 ? -step : step;
					to_world[i][3] += flips >> k & 1 ? step * (double)(m[k] - 1) : 0;
				}
			}
			Grid stored(m, to_world);
			for (size_t f = 0; f < 9; f++) {
				int64_t index[3];
				for (int k = 0; k < 3; k++)
					index[k] =
						flips >> k & 1 ? m[k] - 1 - kF[f][order[k]] : kF[f][order[k]];
				stored.at(index[0], index[1], index[2]) = (float)f + 1;
			}
			for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
				for (const geometry &view : g) {
					Film a, b;
					RenderIntegral(&a, original, model, view, { p }, "ref");
					RenderIntegral(&b, stored, model, view, { p }, "ref");
					EXPECT_TRUE(
						AllClose(b.p.integral, a.p.integral, a.pixels(), 1e-5, 1e-6))
						<< order[0] << order[1] << order[2] << " flips " << flips;
					Film fast;
					RenderIntegral(&fast, stored, model, view, { p });
					std::vector<double> want(a.p.integral, a.p.integral + a.pixels());
					EXPECT_TRUE(ImagesAgree(fast.p.integral, want.data(), want.size(),
						MostError(model), 5e-7))
						<< order[0] << order[1] << order[2] << " flips " << flips;
				}
		}
	} while (std::next_permutation(order, order + 3));
	EXPECT_EQ(48, orders);
}

TEST(Projector, ShowsAVoxelWhereTheGeometryProjectsIt)
{
	std::array<int64_t, 3> n = { 30, 30, 30 };
	Affine affine(n, { 2, 2, 2 }, { 0.2, 0.1, -0.3 }, { 11, -7, 3 });
	for (Trial &t : Trials(18, 12, 1, 0.8)) {
		Grid grid(n, affine.m);
		grid.at(22, 8, 17) = 1;
		t.g.cols = 121, t.g.rows = 120;
		geometry_volume_centre_mm(&grid.v, t.g.isocentre_mm);
		double index[3] = { 22, 8, 17 }, world[3], col, row;
		volume_index_to_world(&grid.v, index, world);
		geometry_project(&t.g, &t.p, world, &col, &row);
		Film film;
		RenderIntegral(&film, grid, PROJECTOR_TRILINEAR, t.g, { t.p });
		double sum = 0, c = 0, r = 0;
		for (int64_t i = 0; i < (int64_t)film.pixels(); i++) {
			sum += film.p.integral[i];
			c += film.p.integral[i] * (double)(i % t.g.cols);
			r += film.p.integral[i] * (double)(i / t.g.cols);
		}
		ASSERT_GT(sum, 0);
		EXPECT_NEAR(col, c / sum, 0.1);
		EXPECT_NEAR(row, r / sum, 0.1);
	}
}

TEST(Projector, RaysThatMissGiveZero)
{
	std::array<int64_t, 3> n = { 4, 4, 4 };
	Affine affine(n, { 1, 1, 1 });
	Grid grid(n, affine.m);
	grid.Fill([](int64_t) { return 1; });
	geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 8, 8, 1);
	pose p = {};
	p.shift_mm[0] = 1000;
	for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH }) {
		Film film;
		RenderIntegral(&film, grid, model, g, { p });
		for (size_t i = 0; i < film.pixels(); i++)
			EXPECT_EQ(0.0f, film.p.integral[i]);
	}
}

} // namespace

// The adjoint against the projector: every weight, and the dot product.
#include "drr/adjoint.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include "host/files/nifti.h"
#include "tests/drr/scene.h"

namespace
{

const double kPi = 3.14159265358979323846;
const projector_model kModels[] = { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH };

pose Pose(double rx, double ry, double rz, double tx = 0, double ty = 0, double tz = 0)
{
	pose p = {};
	p.rotate_rad[0] = rx, p.rotate_rad[1] = ry, p.rotate_rad[2] = rz;
	p.shift_mm[0] = tx, p.shift_mm[1] = ty, p.shift_mm[2] = tz;
	return p;
}

std::vector<float> Images(int64_t n, unsigned seed, double low)
{
	std::mt19937 random(seed);
	std::uniform_real_distribution<float> value((float)low, 1);
	std::vector<float> images((size_t)n);
	for (float &v : images)
		v = value(random);
	return images;
}

std::vector<float> Adjoint(const char *spec, const volume &grid, projector_model model, const geometry &g,
	const std::vector<pose> &poses, const std::vector<float> &images)
{
	Cpu cpu(spec);
	std::vector<float> x((size_t)volume_count(&grid), NAN);
	EXPECT_OK(projector_adjoint(
		x.data(), &cpu.d, &grid, model, &g, poses.data(), (int64_t)poses.size(), images.data()));
	return x;
}

// Every entry of the matrix: rendered column by column from unit voxels, and row by row from unit images.
void ExpectSameMatrix(
	const Grid &like, projector_model model, const geometry &g, const pose &p, double *largest)
{
	const int64_t voxels = like.count(), pixels = g.cols * g.rows;
	std::vector<double> forward((size_t)(voxels * pixels)), back(forward.size());
	Grid unit({ like.v.n[0], like.v.n[1], like.v.n[2] }, like.v.to_world);
	for (int64_t i = 0; i < voxels; i++) {
		unit.Fill([i](int64_t k) { return k == i; });
		Film film;
		RenderIntegral(&film, unit, model, g, { p }, "ref");
		for (int64_t k = 0; k < pixels; k++)
			forward[(size_t)(i * pixels + k)] = film.p.integral[k];
	}
	for (int64_t k = 0; k < pixels; k++) {
		std::vector<float> image((size_t)pixels);
		image[(size_t)k] = 1;
		const std::vector<float> x = Adjoint("ref", like.v, model, g, { p }, image);
		for (int64_t i = 0; i < voxels; i++)
			back[(size_t)(i * pixels + k)] = x[(size_t)i];
	}
	*largest = *std::max_element(forward.begin(), forward.end());
	EXPECT_TRUE(AllClose(back.data(), forward.data(), forward.size(), 1e-8 * *largest, 2e-7))
		<< "model " << model << ", projection " << g.projection << ", rx " << p.rotate_rad[0];
}

class Adjoint_ : public ::testing::TestWithParam<projector_model>
{
};

TEST_P(Adjoint_, HasTheProjectorsWeights)
{
	const std::array<int64_t, 3> sizes[] = { { 4, 3, 5 }, { 1, 4, 3 }, { 3, 1, 1 }, { 1, 1, 4 } };
	std::mt19937 random(3);
	int hits = 0;
	for (auto n : sizes)
		for (int trial = 0; trial < 8; trial++) {
			Affine affine(n, { 1.3, 1.1, 0.9 }, { 0.3, 0.1 * trial, -0.2 });
			Grid grid(n, affine.m);
			geometry g = Geometry(trial % 2 ? GEOMETRY_PARALLEL : GEOMETRY_CONE,
				(geometry_view)(trial % 3), 9, 8, trial % 2 ? 0.8 : 1.4);
			if (trial % 4 == 0) // a wide cone: the fastest axis changes from pixel to pixel
				g.sod_mm = 9, g.sdd_mm = 16, g.pixel_mm = 3;
			double largest;
			ExpectSameMatrix(grid, GetParam(), g, RandomPose(&random, kPi, 0.7), &largest);
			hits += largest > 0; // one voxel may fall between the pixels of a cone
		}
	EXPECT_GT(hits, 28);
}

// Rays along faces and planes, a source inside the volume, a detector that cuts it.
TEST_P(Adjoint_, HasTheProjectorsWeightsOnTheEdge)
{
	const std::array<int64_t, 3> n = { 4, 3, 5 };
	Affine affine(n, { 1, 1, 1 });
	Grid grid(n, affine.m);
	double largest;
	for (double pixel_mm : { 1.0, 0.5 })
		for (int64_t cols : { 8, 9 })
			for (const pose &p :
				{ Pose(0, 0, 0), Pose(0, kPi / 2, 0), Pose(0, 0, -kPi / 2, 0.5) })
				ExpectSameMatrix(grid, GetParam(),
					Geometry(GEOMETRY_PARALLEL, GEOMETRY_AP, cols, 7, pixel_mm), p,
					&largest);
	for (double sod : { 1.2, 0.1, 3.0, 200.0 })
		for (double behind : { 0.3, 40.0 })
			for (const pose &p :
				{ Pose(0, 0, 0), Pose(0.2, -0.4, 0.3, 0.1, 0.2, 0.3), Pose(1, 2, 3, 250) })
				ExpectSameMatrix(grid, GetParam(),
					Geometry(GEOMETRY_CONE, GEOMETRY_LAT, 7, 8, 0.7, sod, sod + behind),
					p, &largest);
}

double Dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

void DotTest(const Grid &grid, projector_model model, double pixel_mm, const char *what)
{
	const std::vector<pose> poses = { Pose(0, 0, 0), Pose(0.3, -0.5, 0.2, 10, -5, 8),
		Pose(-1.2, 0.7, 2.5), Pose(0, kPi / 2, 0, 0, 3, 0) };
	for (geometry_projection projection : { GEOMETRY_CONE, GEOMETRY_PARALLEL })
		for (const char *spec : { "ref", "cpu" }) {
			geometry g = Geometry(projection, GEOMETRY_AP, 80, 72,
				pixel_mm * (projection == GEOMETRY_CONE ? 1.5 : 1), 800, 1200);
			geometry_volume_centre_mm(&grid.v, g.isocentre_mm);
			Film film;
			RenderIntegral(&film, grid, model, g, poses, spec);
			const size_t pixels = film.pixels() * poses.size();
			const std::vector<float> y = Images((int64_t)pixels, 5, 0);
			const std::vector<float> x = Adjoint(spec, grid.v, model, g, poses, y);
			const double ax_y = Dot(film.p.integral, y.data(), pixels);
			const double x_aty = Dot(volume_f32(&grid.v), x.data(), x.size());
			std::printf("  %s, model %d, %s, %s: <Ax,y> = %.9g, relative difference %.1e\n", what,
				model, projection == GEOMETRY_CONE ? "cone" : "parallel", spec, ax_y,
				std::fabs(ax_y - x_aty) / std::fabs(ax_y));
			EXPECT_LE(std::fabs(ax_y - x_aty), 1e-6 * std::fabs(ax_y));
		}
}

TEST_P(Adjoint_, KeepsTheDotProductOfRandomVolumes)
{
	std::mt19937 random(4);
	std::uniform_real_distribution<double> unit(0, 1);
	const std::array<int64_t, 3> n = { 31, 26, 22 };
	Affine affine(n, { 2, 1.7, 2.3 }, { 0.1, -0.3, 0.2 }, { 20, -10, 5 });
	Grid grid(n, affine.m);
	grid.Fill([&](int64_t) { return unit(random); });
	DotTest(grid, GetParam(), 1.1, "random");
}

TEST_P(Adjoint_, KeepsTheDotProductOfACt)
{
	TEST_DATA_OR_SKIP(data);
	volume ct = {};
	ASSERT_OK(nifti_read_image(&ct, (data + "/real/torso_slab_ct.nii.gz").c_str()));
	Grid grid({ ct.n[0], ct.n[1], ct.n[2] }, ct.to_world);
	grid.Fill([&](int64_t i) { return (double)volume_f32(&ct)[i]; });
	volume_free(&ct);
	DotTest(grid, GetParam(), 5.3, "CT");
}

INSTANTIATE_TEST_SUITE_P(Of, Adjoint_, ::testing::ValuesIn(kModels), [](const auto &info) {
	return info.param == PROJECTOR_PWC	   ? "Pwc"
	       : info.param == PROJECTOR_TRILINEAR ? "Trilinear"
						   : "Joseph";
});

// Turns of poses add up to one call, whatever the number of threads; poses add.
TEST(Adjoint, AddsThePosesAndOverwrites)
{
	const std::array<int64_t, 3> n = { 7, 6, 5 };
	Affine affine(n, { 20, 20, 20 });
	Grid grid(n, affine.m);
	const geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 1024, 700, 0.3);
	std::vector<pose> poses = { Pose(0, 0, 0), Pose(0.1, 0.2, 0.3), Pose(0.4, 0, 1), Pose(1, 1, 1) };
	const int64_t pixels = g.cols * g.rows;
	ASSERT_GT(pixels * 4, (int64_t)ADJOINT_RAYS) << "two turns";
	const std::vector<float> y = Images(4 * pixels, 6, -1);
	const std::vector<float> all = Adjoint("cpu", grid.v, PROJECTOR_PWC, g, poses, y);
	std::vector<double> sum(all.size());
	double most = 0;
	for (size_t p = 0; p < 4; p++) {
		const auto from = y.begin() + (std::ptrdiff_t)p * pixels;
		const std::vector<float> one = Adjoint("cpu", grid.v, PROJECTOR_PWC, g, { poses[p] },
			std::vector<float>(from, from + pixels));
		for (size_t i = 0; i < sum.size(); i++)
			sum[i] += one[i], most = std::max(most, std::fabs(sum[i]));
	}
	EXPECT_TRUE(AllClose(all.data(), sum.data(), sum.size(), 1e-6 * most, 0));
}

} // namespace

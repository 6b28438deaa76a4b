// The analytic pose gradient against central differences of the double renderer.
#include "drr/pose_gradient.h"

#include <cstdio>
#include "drr/ray_poses.h"
#include "host/files/nifti.h"
#include "tests/drr/scene.h"

namespace
{

double *Parameter(pose *p, int k)
{
	return k < 3 ? &p->rotate_rad[k] : &p->shift_mm[k - 3];
}

// Derivatives of the rays themselves.
TEST(GeometryGradient, AgreesWithCentralDifferences)
{
	std::mt19937 random(2);
	std::array<int64_t, 3> n = { 20, 31, 17 };
	Affine affine(n, { 2, 1.5, 3 }, { 0.3, -0.2, 0.5 }, { 30, -20, 100 });
	Grid grid(n, affine.m);
	for (int trial = 0; trial < 30; trial++) {
		geometry g = Geometry(trial % 2 ? GEOMETRY_CONE : GEOMETRY_PARALLEL,
			(geometry_view)(trial % 3), 40, 33, 1.7);
		geometry_volume_centre_mm(&grid.v, g.isocentre_mm);
		pose p = RandomPose(&random, 3, 20);
		struct geometry_rays d[6];
		ASSERT_OK(geometry_rays_gradient(d, &g, &p, &grid.v));
		for (int k = 0; k < 6; k++) {
			// Richardson's combination of two central differences: the error is h^4
			auto central = [&](double h, double got[15]) {
				struct geometry_rays side[2];
				for (int s = 0; s < 2; s++) {
					pose moved = p;
					*Parameter(&moved, k) += s ? h : -h;
					ASSERT_OK(geometry_rays(&side[s], &g, &moved, &grid.v));
				}
				for (int i = 0; i < 3; i++) {
					got[i] = (side[1].source[i] - side[0].source[i]) / (2 * h);
					got[i + 3] = (side[1].direction[i] - side[0].direction[i]) / (2 * h);
					got[i + 6] = (side[1].origin[i] - side[0].origin[i]) / (2 * h);
					got[i + 9] = (side[1].du[i] - side[0].du[i]) / (2 * h);
					got[i + 12] = (side[1].dv[i] - side[0].dv[i]) / (2 * h);
				}
			};
			double wide[15], narrow[15];
			central(2e-3, wide);
			central(1e-3, narrow);
			for (int i = 0; i < 3; i++) {
				auto at = [&](int q) { return (4 * narrow[i + q] - wide[i + q]) / 3; };
				EXPECT_NEAR(at(0), d[k].source[i], 1e-8) << k;
				EXPECT_NEAR(at(3), d[k].direction[i], 1e-8) << k;
				EXPECT_NEAR(at(6), d[k].origin[i], 1e-8) << k;
				EXPECT_NEAR(at(9), d[k].du[i], 1e-8) << k;
				EXPECT_NEAR(at(12), d[k].dv[i], 1e-8) << k;
			}
		}
	}
}

// The renderer's own double text (kernels/ray_line.h) before its images are rounded to float.
double TrilinearIntegral(const volume &v, const ray_pose &pose, int64_t col, int64_t row)
{
	const float *values = volume_f32(&v);
	const ray_line line = ray_line_of(v.n, RAY_TRILINEAR, &pose, col, row);
	double sum = 0, weight[8];
	for (int64_t k = -1; line.from < line.to && k < line.n_s; k++) {
		const double from = std::max((double)k, line.from), to = std::min((double)k + 1, line.to);
		ray_pieces piece = {};
		if (from < to)
			ray_cut(&line, 0, from, to, &piece);
		for (int p = 0; p < piece.count; p++) {
			ray_corner_weights(
				&line, k, piece.u[p], piece.v[p], piece.cut[p], piece.cut[p + 1], weight);
			for (int c = 0; c < 8; c++) {
				const int64_t s = k + (c >> 2), iu = piece.u[p] + (c & 1),
					      iv = piece.v[p] + (c >> 1 & 1);
				if (s >= 0 && s < line.n_s && iu >= 0 && iu < line.n[0] && iv >= 0 &&
					iv < line.n[1])
					sum += weight[c] * values[s * line.stride_s + iu * line.stride[0] +
								   iv * line.stride[1]];
			}
		}
	}
	return sum;
}

// Sum of y x image.
double Total(const Grid &grid, const geometry &g, const pose &p, const std::vector<float> &y)
{
	memory rays = {};
	double sum = 0;
	EXPECT_OK(ray_poses_fill(&rays, &grid.v, &g, &p, 1));
	for (int64_t i = 0; i < (int64_t)y.size(); i++)
		sum += (double)y[(size_t)i] *
		       TrilinearIntegral(grid.v, *(const ray_pose *)rays.data, i % g.cols, i / g.cols);
	memory_free(&rays);
	return sum;
}

// Low frequencies only, 0 to 1.
void FillSmooth(Grid *grid, unsigned seed)
{
	std::mt19937 random(seed);
	std::uniform_real_distribution<double> unit(0, 6.28);
	double phase[6];
	for (double &p : phase)
		p = unit(random);
	const int64_t nx = grid->v.n[0], ny = grid->v.n[1];
	grid->Fill([&](int64_t i) {
		const double x = (double)(i % nx), y = (double)(i / nx % ny), z = (double)(i / nx / ny);
		return 0.5 + 0.3 * std::sin(0.4 * x + 0.2 * y + phase[0]) * std::cos(0.3 * z + phase[1]) +
		       0.2 * std::sin(0.35 * y - 0.3 * z + phase[2]);
	});
}

// Smooth and positive on the whole image, so that the sums are not noise.
std::vector<float> Upstream(const geometry &g, unsigned seed)
{
	std::mt19937 random(seed);
	std::uniform_real_distribution<double> unit(0, 6.28);
	const double a = unit(random), b = unit(random);
	std::vector<float> y((size_t)(g.cols * g.rows));
	for (int64_t i = 0; i < (int64_t)y.size(); i++)
		y[(size_t)i] = (float)(std::sin(0.11 * (double)(i % g.cols) + a) +
				       std::cos(0.13 * (double)(i / g.cols) + b));
	return y;
}

void ExpectCentralDifferences(const Grid &grid, double pixel_mm, int poses, double turn_rad, const char *what)
{
	std::mt19937 random(8);
	Cpu ref("ref"), cpu("cpu");
	const double step[6] = { 2e-6, 2e-6, 2e-6, 2e-4, 2e-4,
		2e-4 }; // a thousandth of a voxel at the volume's edge
	double worst = 0;
	for (geometry_projection projection : { GEOMETRY_CONE, GEOMETRY_PARALLEL }) {
		geometry g = Geometry(projection, GEOMETRY_AP, 90, 84,
			pixel_mm * (projection == GEOMETRY_CONE ? 1.5 : 1), 800, 1200);
		geometry_volume_centre_mm(&grid.v, g.isocentre_mm);
		Resident exact(&ref.d, Source(grid)), fast(&cpu.d, Source(grid));
		for (int trial = 0; trial < poses; trial++) {
			const pose p = RandomPose(&random, turn_rad, 15);
			const std::vector<float> y = Upstream(g, (unsigned)trial);
			Film film; // the renderer is what is differentiated
			RenderIntegral(&film, grid, PROJECTOR_TRILINEAR, g, { p }, "ref");
			double gradient[2][6], total = 0, size = 0;
			for (size_t i = 0; i < y.size(); i++) {
				total += (double)y[i] * film.p.integral[i];
				size += std::fabs((double)y[i] * film.p.integral[i]);
			}
			EXPECT_NEAR(total, Total(grid, g, p, y), 1e-7 * size);
			ASSERT_OK(projector_pose_gradient(&gradient[0], &exact.r, &g, &p, 1, y.data()));
			ASSERT_OK(projector_pose_gradient(&gradient[1], &fast.r, &g, &p, 1, y.data()));
			for (int k = 0; k < 6; k++) {
				double side[2];
				for (int s = 0; s < 2; s++) {
					pose moved = p;
					*Parameter(&moved, k) += s ? step[k] : -step[k];
					side[s] = Total(grid, g, moved, y);
				}
				const double difference = (side[1] - side[0]) / (2 * step[k]);
				// a parallel image does not change by a shift along the rays: ap, so ty
				if (projection == GEOMETRY_PARALLEL && k == 4) {
					EXPECT_LE(std::fabs(difference), 1e-6 * size);
					EXPECT_LE(std::fabs(gradient[0][k]), 1e-9 * size);
					continue;
				}
				const double error =
					std::fabs(gradient[0][k] - difference) / std::fabs(difference);
				worst = error <= worst ? worst : error;
				EXPECT_LE(error, 1e-3)
					<< what << " " << projection << " pose " << trial << " parameter "
					<< k << ": " << gradient[0][k] << " against " << difference;
				EXPECT_EQ(gradient[0][k], gradient[1][k]) << "double on every device";
			}
		}
	}
	std::printf("  %s: largest relative difference of a component %.1e\n", what, worst);
}

TEST(PoseGradient, AgreesOnASmoothVolume)
{
	const std::array<int64_t, 3> n = { 30, 33, 28 };
	Affine affine(n, { 2, 1.8, 2.2 }, { 0.2, -0.1, 0.3 }, { 10, -5, 3 });
	Grid grid(n, affine.m);
	FillSmooth(&grid, 3);
	ExpectCentralDifferences(grid, 1.3, 10, 1.5, "smooth");
}

TEST(PoseGradient, AgreesOnACt)
{
	TEST_DATA_OR_SKIP(data);
	volume ct = {};
	ASSERT_OK(nifti_read_image(&ct, (data + "/real/torso_slab_ct.nii.gz").c_str()));
	Grid grid({ ct.n[0], ct.n[1], ct.n[2] }, ct.to_world);
	grid.Fill([&](int64_t i) { return (double)volume_f32(&ct)[i] + 1024; });
	volume_free(&ct);
	ExpectCentralDifferences(grid, 5.1, 10, 0.6, "CT");
}

// A batch is its poses one by one, and a step against the gradient lowers a loss.
TEST(PoseGradient, BatchesAndDescends)
{
	const std::array<int64_t, 3> n = { 24, 22, 20 };
	Affine affine(n, { 2, 2, 2 });
	Grid grid(n, affine.m);
	FillSmooth(&grid, 5);
	Cpu cpu("cpu");
	Resident fast(&cpu.d, Source(grid));
	const geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_LAT, 60, 50, 1.6, 600, 900);
	std::mt19937 random(9);
	std::vector<pose> poses;
	for (int i = 0; i < 3; i++)
		poses.push_back(RandomPose(&random, 0.3, 5));
	Film target, image;
	RenderIntegral(&target, grid, PROJECTOR_TRILINEAR, g, { pose{}, pose{}, pose{} });
	auto loss = [&](const std::vector<pose> &at, std::vector<float> *residual) {
		Film film;
		RenderIntegral(&film, grid, PROJECTOR_TRILINEAR, g, at);
		std::vector<double> sum(at.size());
		residual->resize(film.pixels() * at.size());
		for (size_t i = 0; i < residual->size(); i++) {
			(*residual)[i] = film.p.integral[i] - target.p.integral[i];
			sum[i / film.pixels()] += 0.5 * (double)(*residual)[i] * (double)(*residual)[i];
		}
		return sum;
	};
	std::vector<float> residual, unused;
	const std::vector<double> before = loss(poses, &residual);
	double gradient[3][6], single[6];
	ASSERT_OK(projector_pose_gradient(gradient, &fast.r, &g, poses.data(), 3, residual.data()));
	std::vector<pose> moved = poses;
	std::vector<double> promised(3);
	for (size_t i = 0; i < 3; i++) {
		ASSERT_OK(projector_pose_gradient(
			&single, &fast.r, &g, &poses[i], 1, residual.data() + (int64_t)i * g.cols * g.rows));
		double square = 0;
		for (int k = 0; k < 6; k++) {
			EXPECT_EQ(single[k], gradient[i][k]);
			square += gradient[i][k] * gradient[i][k];
		}
		const double step = 1e-3 * before[i] / square; // lowers the loss by a thousandth
		for (int k = 0; k < 6; k++)
			*Parameter(&moved[i], k) -= step * gradient[i][k];
	}
	const std::vector<double> after = loss(moved, &unused);
	for (size_t i = 0; i < 3; i++)
		EXPECT_NEAR(1e-3, 1 - after[i] / before[i], 1e-4) << i;
}

} // namespace

// Pixels with an area: mass, and pixel by pixel against dense rays.
#include "drr/area.h"

#include <cstdio>
#include "host/files/nifti.h"
#include "tests/drr/scene.h"

namespace
{

const double kPi = 3.14159265358979323846;

pose Pose(double rx, double ry, double rz, double tx = 0, double ty = 0, double tz = 0)
{
	pose p = {};
	p.rotate_rad[0] = rx, p.rotate_rad[1] = ry, p.rotate_rad[2] = rz;
	p.shift_mm[0] = tx, p.shift_mm[1] = ty, p.shift_mm[2] = tz;
	return p;
}

// Solid angle of the rectangle (0, 0)..(x, y) on a plane at this distance, opposite its corner.
double Corner(double x, double y, double distance)
{
	return std::atan2(x * y, distance * std::sqrt(x * x + y * y + distance * distance));
}

double SolidAngle(const geometry &g, int64_t col, int64_t row)
{
	if (g.projection == GEOMETRY_PARALLEL)
		return g.pixel_mm * g.pixel_mm;
	const double x = ((double)col - 0.5 * (double)g.cols) * g.pixel_mm, x1 = x + g.pixel_mm;
	const double y = ((double)row - 0.5 * (double)g.rows) * g.pixel_mm, y1 = y + g.pixel_mm;
	return Corner(x1, y1, g.sdd_mm) - Corner(x, y1, g.sdd_mm) - Corner(x1, y, g.sdd_mm) +
	       Corner(x, y, g.sdd_mm);
}

// Integral of value (/ r^2 in a cone), ap; 1/r^2 averaged over a voxel (pwc) or its hat (trilinear), to
// second order.
double Mass(const Grid &grid, const geometry &g, const pose &p, projector_model model)
{
	double sum = 0, spacing[3];
	volume_spacing_mm(&grid.v, spacing);
	const Mat3 turn = TurnOfPose(p);
	const double variance =
		spacing[0] * spacing[0] / (model == PROJECTOR_PWC ? 12 : 6); // all spacings are equal
	for (int64_t i = 0; i < grid.count(); i++) {
		const double index[3] = { (double)(i % grid.v.n[0]), (double)(i / grid.v.n[0] % grid.v.n[1]),
			(double)(i / grid.v.n[0] / grid.v.n[1]) };
		double world[3], per_r2 = 1;
		if (g.projection == GEOMETRY_CONE) {
			volume_index_to_world(&grid.v, index, world);
			Vec3 arm = { world[0] - g.isocentre_mm[0], world[1] - g.isocentre_mm[1],
				world[2] - g.isocentre_mm[2] };
			arm = Apply(turn, arm) +
			      Vec3{ p.shift_mm[0], p.shift_mm[1] - g.sod_mm, p.shift_mm[2] };
			const double r2 = Dot(arm, arm);
			per_r2 = (1 + variance / r2) / r2;
		}
		sum += volume_f32(&grid.v)[i] * per_r2;
	}
	return sum * spacing[0] * spacing[1] * spacing[2];
}

struct Errors {
	double area = 0, plain = 0,
	       plain_512[2] = {}; // largest; without area mode, and that of 512 x 512 by projection
};

// A detector of 1.5 times the volume's longest side.
void MassErrors(const Grid &grid, const char *what, const std::vector<pose> &poses, Errors *worst)
{
	double spacing[3], longest = 0;
	volume_spacing_mm(&grid.v, spacing);
	for (int k = 0; k < 3; k++)
		longest = std::max(longest, spacing[k] * (double)grid.v.n[k]);
	Cpu cpu("cpu");
	Resident resident(&cpu.d, Source(grid));
	for (geometry_projection projection : { GEOMETRY_CONE, GEOMETRY_PARALLEL })
		for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR })
			for (size_t i = 0; i < poses.size(); i++) {
				const pose &p = poses[i];
				const char *kind = projection == GEOMETRY_CONE ? "cone" : "parallel";
				std::printf("  %-6s %-8s %-9s pose %zu:", what, kind,
					model == PROJECTOR_PWC ? "pwc" : "trilinear", i);
				double mass = 0;
				for (int64_t n : { 32, 64, 128, 256, 512 }) {
					geometry g = Geometry(projection, GEOMETRY_AP, n, n,
						1.5 * longest * (projection == GEOMETRY_CONE ? 1.5 : 1) /
							(double)n,
						1000, 1500);
					geometry_volume_centre_mm(&grid.v, g.isocentre_mm);
					Film plain, area;
					ASSERT_OK(projection_alloc(
						&plain.p, &g, 1, 0, true, false, false, false));
					ASSERT_OK(projection_alloc(
						&area.p, &g, 1, 0, true, false, false, false));
					ASSERT_OK(projector_render(&plain.p, &resident.r, model, &g, &p, 1));
					ASSERT_OK(projector_render_area(
						&area.p, &resident.r, model, &g, &p, 1));
					double sum = 0, sum_area = 0;
					for (int64_t k = 0; k < n * n; k++) {
						const double omega = SolidAngle(g, k % n, k / n);
						sum += plain.p.integral[k] * omega;
						sum_area += area.p.integral[k] * omega;
					}
					mass = n == 32 ? Mass(grid, g, p, model)
						       : mass; // the same for all sizes
					const double error = std::fabs(sum / mass - 1),
						     error_area = std::fabs(sum_area / mass - 1);
					std::printf("  %3d: %.0e %.0e", (int)n, error, error_area);
					worst->area = error_area <= worst->area ? worst->area : error_area;
					worst->plain = error <= worst->plain ? worst->plain : error;
					double *at_512 = &worst->plain_512[projection];
					if (n == 512)
						*at_512 = error <= *at_512 ? *at_512 : error;
				}
				std::printf("\n");
			}
}

// Any pose; and, voxels along the detector, or turned about the rays alone, so that faces stay along the
// rays.
const std::vector<pose> kOblique = { Pose(0.1, -0.2, 0.35) };
const std::vector<pose> kAligned = { Pose(0, 0, 0), Pose(0, 0.05, 0) };

TEST(Area, KeepsTheMassOfACt)
{
	TEST_DATA_OR_SKIP(data);
	volume ct = {};
	ASSERT_OK(nifti_read_image(&ct, (data + "/real/torso_ct.nii.gz").c_str()));
	Grid grid({ ct.n[0], ct.n[1], ct.n[2] }, ct.to_world);
	const float least = *std::min_element(volume_f32(&ct), volume_f32(&ct) + volume_count(&ct));
	grid.Fill([&](int64_t i) { return (double)volume_f32(&ct)[i] - least; });
	volume_free(&ct);
	Errors oblique, aligned;
	std::printf("  relative error of mass, rays through the pixels' middles and area mode, by the "
		    "detector's side\n");
	MassErrors(grid, "CT", kOblique, &oblique);
	MassErrors(grid, "CT", kAligned, &aligned);
	EXPECT_LE(oblique.area, 1e-5);
	EXPECT_LE(aligned.area, 1e-5);
	EXPECT_LE(oblique.plain_512[GEOMETRY_CONE], 2e-5);
	EXPECT_LE(oblique.plain_512[GEOMETRY_PARALLEL], 2e-5);
	EXPECT_LE(aligned.plain_512[GEOMETRY_CONE], 2e-5);
	// Steps along the detector: what area mode is for.
	EXPECT_GT(aligned.plain, 1e-3);
}

TEST(Area, KeepsTheMassOfNoise)
{
	std::mt19937 random(12);
	std::uniform_real_distribution<double> unit(0, 1);
	const std::array<int64_t, 3> n = { 61, 50, 56 };
	Affine affine(n, { 2, 2, 2 });
	Grid grid(n, affine.m);
	grid.Fill([&](int64_t) { return unit(random); });
	Errors worst;
	MassErrors(grid, "noise", { kAligned[0], kOblique[0] }, &worst);
	EXPECT_LE(worst.area, 1e-4); // an eighth of the CT's voxels, and no two alike
}

// The mean over 32 x 32 rays, by solid angle.
std::vector<double> Dense(const Grid &grid, projector_model model, const geometry &g, const pose &p)
{
	const int64_t k = 32;
	geometry fine = g;
	fine.cols *= k, fine.rows *= k, fine.pixel_mm /= (double)k;
	Film film;
	RenderIntegral(&film, grid, model, fine, { p });
	std::vector<double> mean((size_t)(g.cols * g.rows)), weight(mean.size());
	for (int64_t i = 0; i < fine.cols * fine.rows; i++) {
		const int64_t c = i % fine.cols, r = i / fine.cols;
		const double omega = SolidAngle(fine, c, r);
		mean[(size_t)(r / k * g.cols + c / k)] += omega * film.p.integral[i];
		weight[(size_t)(r / k * g.cols + c / k)] += omega;
	}
	for (size_t i = 0; i < mean.size(); i++)
		mean[i] /= weight[i];
	return mean;
}

TEST(Area, IsTheMeanOfDenseRays)
{
	std::mt19937 random(3);
	std::uniform_real_distribution<double> unit(0, 1);
	const std::array<int64_t, 3> n = { 14, 12, 9 };
	Affine affine(n, { 2, 1.6, 2.3 });
	Grid grid(n, affine.m);
	grid.Fill([&](int64_t) { return unit(random); });
	for (geometry_projection projection : { GEOMETRY_CONE, GEOMETRY_PARALLEL })
		for (projector_model model : { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH })
			for (double pixel_mm : { 1.13, 5.7 })
				for (const pose &p : { Pose(0, 0, 0, 0.3, 0, 0.4), Pose(0, kPi / 2, 0),
					     Pose(0, 0, kPi, 0, 0, 0.2), Pose(0.1, 0, 0), Pose(0.01, 0, 0),
					     Pose(0.3, 0.5, -0.4, 1, 2, 3), Pose(0, 0.2, 0) }) {
					// A cone wide enough for solid angles to differ.
					const geometry g = Geometry(projection, GEOMETRY_AP,
						(int64_t)(40 / pixel_mm) + 1, (int64_t)(34 / pixel_mm) + 1,
						pixel_mm * (projection == GEOMETRY_CONE ? 2 : 1), 40, 80);
					Film area;
					Cpu cpu("cpu");
					Resident resident(&cpu.d, Source(grid));
					ASSERT_OK(projection_alloc(
						&area.p, &g, 1, 0, true, false, false, false));
					ASSERT_OK(projector_render_area(
						&area.p, &resident.r, model, &g, &p, 1));
					const std::vector<double> want = Dense(grid, model, g, p);
					const double most = *std::max_element(want.begin(), want.end());
					// steps of pwc: the dense rays err by up to a sixty-fourth of a pixel
					// at each
					EXPECT_TRUE(ImagesAgree(area.p.integral, want.data(), want.size(),
						model == PROJECTOR_PWC ? 0.04 : 0.015,
						model == PROJECTOR_PWC ? 0.008 : 0.006))
						<< "projection " << projection << ", model " << model
						<< ", pixel " << pixel_mm << ", pose " << p.rotate_rad[0]
						<< " " << p.rotate_rad[1] << " " << p.rotate_rad[2]
						<< ", most " << most;
				}
}

// All quantities see the same rays: bands of rows and batches change nothing, one channel is the whole.
TEST(Area, AgreesInAllQuantities)
{
	const std::array<int64_t, 3> n = { 9, 8, 7 };
	Affine affine(n, { 20, 20, 20 });
	Grid grid(n, affine.m);
	grid.Fill([](int64_t i) { return (double)(i % 97); });
	projector_source source = Source(grid);
	source.n_channels = 2; // without labels all is channel 0
	Cpu cpu("cpu");
	for (geometry_projection projection : { GEOMETRY_CONE, GEOMETRY_PARALLEL }) {
		const geometry g = Geometry(projection, GEOMETRY_AP, 371, 330, 1.1, 800, 1000);
		const std::vector<pose> poses = { Pose(0.2, 0.1, 0), Pose(0, 0, 0) };
		Film all, alone;
		Resident resident(&cpu.d, source), plain(&cpu.d, Source(grid));
		ASSERT_OK(projection_alloc(&all.p, &g, 2, 2, true, true, true, true));
		ASSERT_OK(projection_alloc(&alone.p, &g, 1, 0, true, false, false, false));
		ASSERT_OK(projector_render_area(&all.p, &resident.r, PROJECTOR_PWC, &g, poses.data(), 2));
		ASSERT_OK(projector_render_area(&alone.p, &plain.r, PROJECTOR_PWC, &g, &poses[1], 1));
		const size_t pixels = alone.pixels();
		const float *second = all.p.integral + pixels,
			    most = *std::max_element(second, second + pixels);
		EXPECT_GT(most, 0);
		EXPECT_TRUE(AllClose(second, alone.p.integral, pixels, 1e-6 * most, 0));
		std::vector<double> mineral(pixels), water(pixels);
		for (size_t i = 0; i < pixels; i++)
			mineral[i] = 1e4 * all.p.mineral[2 * pixels + i];
		EXPECT_TRUE(AllClose(second, mineral.data(), pixels, 2e-5 * most, 0));
		for (size_t i = 0; i < pixels; i++)
			ASSERT_EQ(0, all.p.mineral[3 * pixels + i]) << "the second channel is nowhere";
		float longest = *std::max_element(all.p.path + 2 * pixels, all.p.path + 3 * pixels);
		EXPECT_NEAR(16, longest, 0.5) << "8 voxels of 2 cm";
	}
}

} // namespace

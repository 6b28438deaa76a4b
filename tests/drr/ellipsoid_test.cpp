// Analytic phantoms: the error against the chords of ellipsoids falls with the voxels' size.
#include <cstdio>
#include "tests/drr/scene.h"

namespace
{

struct Ellipsoid {
	Vec3 centre_mm, half_mm;
	Mat3 turn; // world -> the ellipsoid's axes
	double value;
};

std::vector<Ellipsoid> Phantom()
{
	return { { { 0, 0, 0 }, { 105, 80, 110 }, Turn(2, 0.2), 1 },
		{ { 35, 10, -20 }, { 30, 25, 50 }, Turn(0, 0.5), 0.6 },
		{ { -40, -15, 30 }, { 22, 35, 28 }, Turn(1, -0.7), -0.4 },
		{ { 5, 30, 45 }, { 12, 10, 9 }, Turn(2, 1), 1.5 } };
}

Vec3 OnSphere(const Ellipsoid &e, const Vec3 &world, bool point)
{
	Vec3 x = Apply(e.turn, point ? world - e.centre_mm : world);
	for (int k = 0; k < 3; k++)
		x[k] /= e.half_mm[k];
	return x;
}

// Length of the segment from..to (mm) inside the unit sphere it is mapped to.
double Chord(const Ellipsoid &e, const Vec3 &from, const Vec3 &to)
{
	const Vec3 p = OnSphere(e, from, true), d = OnSphere(e, to - from, false);
	const double a = Dot(d, d), b = Dot(p, d), c = Dot(p, p) - 1, root = b * b - a * c;
	return root > 0 ? 2 * std::sqrt(root) / a * Length(to - from) : 0; // the ends lie outside
}

// Voxels are means of 4^3 samples; those wholly inside or outside are not sampled.
void Paint(Grid *grid, const std::vector<Ellipsoid> &phantom, double spacing_mm)
{
	const int64_t n = grid->v.n[0];
	float *values = volume_f32(&grid->v);
	for (int64_t z = 0; z < n; z++)
		for (int64_t i = z * n * n; i < (z + 1) * n * n; i++) {
			const double index[3] = { (double)(i % n), (double)(i / n % n), (double)z };
			double world[3], sum = 0;
			volume_index_to_world(&grid->v, index, world);
			for (const Ellipsoid &e : phantom) {
				const double least = *std::min_element(e.half_mm.begin(), e.half_mm.end());
				const double r = Length(OnSphere(e, { world[0], world[1], world[2] }, true));
				const double reach = 0.87 * spacing_mm / least; // half a voxel's diagonal
				if (std::fabs(r - 1) > reach) {
					sum += r < 1 ? e.value : 0;
					continue;
				}
				int inside = 0;
				for (int s = 0; s < 64; s++) {
					const double quarter = spacing_mm / 4;
					const Vec3 x = OnSphere(e,
						{ world[0] + ((s & 3) - 1.5) * quarter,
							world[1] + ((s >> 2 & 3) - 1.5) * quarter,
							world[2] + ((s >> 4) - 1.5) * quarter },
						true);
					inside += Dot(x, x) < 1;
				}
				sum += e.value * inside / 64;
			}
			values[i] = (float)sum;
		}
}

TEST(Ellipsoid, ErrorFallsWithTheVoxels)
{
	const std::vector<Ellipsoid> phantom = Phantom();
	const projector_model models[] = { PROJECTOR_PWC, PROJECTOR_TRILINEAR, PROJECTOR_JOSEPH };
	const char *const names[] = { "pwc", "trilinear", "joseph" };
	std::mt19937 random(6);
	const pose p = RandomPose(&random, 0.5, 4);
	double rms[3][2][3];
	for (int size = 0; size < 3; size++) {
		const int64_t n = 64 << size;
		const double spacing_mm = 256.0 / (double)n;
		Affine affine({ n, n, n }, { spacing_mm, spacing_mm, spacing_mm });
		Grid grid({ n, n, n }, affine.m);
		Paint(&grid, phantom, spacing_mm);
		for (int kind = 0; kind < 2; kind++) {
			const geometry g = Geometry(kind ? GEOMETRY_PARALLEL : GEOMETRY_CONE, GEOMETRY_AP,
				256, 250, kind ? 1.1 : 1.65, 1000, 1500);
			std::vector<double> want;
			double most = 0;
			Mat3 turn = TurnOfPose(p), back{};
			for (int i = 0; i < 9; i++)
				back[i / 3][i % 3] = turn[i % 3][i / 3];
			for (int64_t i = 0; i < g.cols * g.rows; i++) {
				const IndexRay ray = RayOf(g, p, grid.v, i % g.cols, i / g.cols);
				double ends[2][3], sum = 0;
				volume_index_to_world(&grid.v, ray.from.data(), ends[0]);
				volume_index_to_world(&grid.v, ray.to.data(), ends[1]);
				for (const Ellipsoid &e : phantom)
					sum += e.value * Chord(e, { ends[0][0], ends[0][1], ends[0][2] },
								 { ends[1][0], ends[1][1], ends[1][2] });
				want.push_back(sum);
				most = std::max(most, sum);
			}
			for (int m = 0; m < 3; m++) {
				Film film;
				RenderIntegral(&film, grid, models[m], g, { p });
				double sum = 0;
				for (size_t i = 0; i < want.size(); i++)
					sum += std::pow(film.p.integral[i] - want[i], 2);
				rms[m][kind][size] = std::sqrt(sum / (double)want.size()) / most;
			}
		}
	}
	for (int m = 0; m < 3; m++)
		for (int kind = 0; kind < 2; kind++) {
			const double *e = rms[m][kind],
				     order[2] = { std::log2(e[0] / e[1]), std::log2(e[1] / e[2]) };
			std::printf("  %-9s %-8s rms of the maximum at 64, 128, 256: %.2e %.2e %.2e, orders "
				    "%.2f %.2f\n",
				names[m], kind ? "parallel" : "cone", e[0], e[1], e[2], order[0], order[1]);
			EXPECT_GE(order[0], 0.97); // first order, as measured between two sizes
			EXPECT_GE(order[1], 0.97);
			EXPECT_LE(e[2], 3e-3);
		}
}

} // namespace

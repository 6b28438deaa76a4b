// Volumes, geometries and slow independent projectors for the tests of drr/.
#ifndef TESTS_DRR_SCENE_H
#define TESTS_DRR_SCENE_H
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>
#include "drr/geometry.h"
#include "drr/projector.h"
#include "host/run/device.h"
#include "kernels/cpu/isa.h"
#include "tests/support/support.h"

using Vec3 = std::array<double, 3>;
using Mat3 = std::array<Vec3, 3>; // rows

inline Vec3 operator+(const Vec3 &a, const Vec3 &b)
{
	return { a[0] + b[0], a[1] + b[1], a[2] + b[2] };
}
inline Vec3 operator-(const Vec3 &a, const Vec3 &b)
{
	return { a[0] - b[0], a[1] - b[1], a[2] - b[2] };
}
inline Vec3 operator*(double s, const Vec3 &a)
{
	return { s * a[0], s * a[1], s * a[2] };
}
inline double Dot(const Vec3 &a, const Vec3 &b)
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
inline double Length(const Vec3 &a)
{
	return std::sqrt(Dot(a, a));
}
inline Vec3 Apply(const Mat3 &m, const Vec3 &v)
{
	return { Dot(m[0], v), Dot(m[1], v), Dot(m[2], v) };
}
inline Mat3 Multiply(const Mat3 &a, const Mat3 &b)
{
	Mat3 m{};
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			for (int k = 0; k < 3; k++)
				m[i][j] += a[i][k] * b[k][j];
	return m;
}
// Right-handed rotation about a world axis.
inline Mat3 Turn(int axis, double rad)
{
	Mat3 m{};
	int a = (axis + 1) % 3, b = (axis + 2) % 3;
	m[axis][axis] = 1;
	m[a][a] = m[b][b] = std::cos(rad);
	m[a][b] = -std::sin(rad);
	m[b][a] = std::sin(rad);
	return m;
}
inline Mat3 TurnOfPose(const pose &p)
{
	return Multiply(
		Turn(2, p.rotate_rad[2]), Multiply(Turn(1, p.rotate_rad[1]), Turn(0, p.rotate_rad[0])));
}

// A volume with its memory.
class Grid
{
      public:
	Grid(std::array<int64_t, 3> n, const double (*affine)[4], volume_type type = VOLUME_F32)
	{
		EXPECT_EQ(0, volume_init(&v, n.data(), affine, type)) << err_message();
	}
	~Grid()
	{
		volume_free(&v);
	}
	Grid(const Grid &) = delete;
	Grid &operator=(const Grid &) = delete;
	float &at(int64_t i, int64_t j, int64_t k)
	{
		return volume_f32(&v)[i + v.n[0] * (j + v.n[1] * k)];
	}
	int64_t count() const
	{
		return volume_count(&v);
	}
	void Fill(const std::function<double(int64_t)> &value)
	{
		for (int64_t i = 0; i < count(); i++)
			volume_f32(&v)[i] = (float)value(i);
	}
	volume v = {};
};

// Affine with these spacings, turned by Euler angles, with the grid's centre at `centre`.
struct Affine {
	double m[4][4] = {};
	Affine(std::array<int64_t, 3> n, Vec3 spacing, Vec3 euler = { 0, 0, 0 }, Vec3 centre = { 0, 0, 0 })
	{
		pose p = {};
		for (int k = 0; k < 3; k++)
			p.rotate_rad[k] = euler[k];
		Mat3 r = TurnOfPose(p);
		for (int i = 0; i < 3; i++) {
			m[i][3] = centre[i];
			for (int k = 0; k < 3; k++) {
				m[i][k] = r[i][k] * spacing[k];
				m[i][3] -= m[i][k] * 0.5 * (double)(n[k] - 1);
			}
		}
		m[3][3] = 1;
	}
};

inline geometry Geometry(geometry_projection projection, geometry_view view, int64_t cols, int64_t rows,
	double pixel_mm, double sod_mm = 400, double sdd_mm = 600)
{
	geometry g = {};
	g.projection = projection;
	g.view = view;
	g.cols = cols;
	g.rows = rows;
	g.pixel_mm = pixel_mm;
	g.sod_mm = sod_mm;
	g.sdd_mm = sdd_mm;
	return g;
}

// The ray of a pixel in index space, written down from the geometry's definition and not from its code.
struct IndexRay {
	Vec3 from, to;
	double mm; // length of the segment in the world
};
inline IndexRay RayOf(const geometry &g, const pose &p, const volume &v, int64_t col, int64_t row)
{
	Vec3 direction = g.view == GEOMETRY_AP	 ? Vec3{ 0, -1, 0 }
			 : g.view == GEOMETRY_PA ? Vec3{ 0, 1, 0 }
						 : Vec3{ 1, 0, 0 };
	Vec3 column = g.view == GEOMETRY_LAT ? Vec3{ 0, -1, 0 } : Vec3{ -1, 0, 0 }, down = { 0, 0, -1 };
	Vec3 iso = { g.isocentre_mm[0], g.isocentre_mm[1], g.isocentre_mm[2] };
	Vec3 shift = { p.shift_mm[0], p.shift_mm[1], p.shift_mm[2] };
	Vec3 on_plane = ((double)col - 0.5 * (double)(g.cols - 1)) * g.pixel_mm * column +
			((double)row - 0.5 * (double)(g.rows - 1)) * g.pixel_mm * down;
	Vec3 start, end;
	if (g.projection == GEOMETRY_CONE) {
		start = iso - g.sod_mm * direction;
		end = iso + (g.sdd_mm - g.sod_mm) * direction + on_plane;
	} else {
		start = iso + on_plane - 1e4 * direction;
		end = iso + on_plane + 1e4 * direction;
	}
	Mat3 r = TurnOfPose(p), back{};
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			back[i][k] = r[k][i];
	double inverse[4][4];
	EXPECT_EQ(0, volume_world_to_index(&v, inverse)) << err_message();
	auto to_index = [&](Vec3 world) {
		Vec3 x = Apply(back, world - iso - shift) + iso, index;
		for (int i = 0; i < 3; i++)
			index[i] = inverse[i][0] * x[0] + inverse[i][1] * x[1] + inverse[i][2] * x[2] +
				   inverse[i][3];
		return index;
	};
	return { to_index(start), to_index(end), Length(end - start) };
}

// The parameters 0..1 at which a segment meets the planes first, first+1, ..., last of each axis, sorted,
// with both ends.
inline std::vector<double> Crossings(const IndexRay &ray, const volume &v, double first)
{
	std::vector<double> at = { 0, 1 };
	Vec3 d = ray.to - ray.from;
	for (int k = 0; k < 3; k++)
		if (std::fabs(d[k]) > 1e-12)
			for (double plane = first; plane <= (double)v.n[k] - 1 - first; plane += 1)
				if (double a = (plane - ray.from[k]) / d[k]; a > 0 && a < 1)
					at.push_back(a);
	std::sort(at.begin(), at.end());
	return at;
}

// Piecewise-constant integral, Siddon's way: between neighbouring crossings the midpoint names the voxel.
inline double SlowPwc(const IndexRay &ray, const volume &v, const float *values)
{
	double sum = 0;
	std::vector<double> at = Crossings(ray, v, -0.5);
	for (size_t i = 0; i + 1 < at.size(); i++) {
		Vec3 p = ray.from + 0.5 * (at[i] + at[i + 1]) * (ray.to - ray.from);
		int64_t index[3];
		bool inside = true;
		for (int k = 0; k < 3; k++) {
			index[k] = (int64_t)std::floor(p[k] + 0.5);
			inside = inside && index[k] >= 0 && index[k] < v.n[k];
		}
		if (inside)
			sum += (at[i + 1] - at[i]) * ray.mm *
			       values[index[0] + v.n[0] * (index[1] + v.n[1] * index[2])];
	}
	return sum;
}

inline double Interpolate(const Vec3 &p, const volume &v, const float *values)
{
	double sum = 0;
	int64_t base[3];
	for (int k = 0; k < 3; k++)
		base[k] = (int64_t)std::floor(p[k]);
	for (int corner = 0; corner < 8; corner++) {
		double weight = 1;
		int64_t index[3];
		for (int k = 0; k < 3; k++) {
			index[k] = base[k] + (corner >> k & 1);
			weight *= 1 - std::fabs(p[k] - (double)index[k]);
			if (index[k] < 0 || index[k] >= v.n[k])
				weight = 0;
		}
		if (weight > 0)
			sum += weight * values[index[0] + v.n[0] * (index[1] + v.n[1] * index[2])];
	}
	return sum;
}

// Trilinear integral: Simpson's rule on four parts of every piece between crossings of planes of voxel
// centres.
inline double SlowTrilinear(const IndexRay &ray, const volume &v, const float *values)
{
	double sum = 0;
	std::vector<double> at = Crossings(ray, v, -1);
	for (size_t i = 0; i + 1 < at.size(); i++)
		for (int part = 0; part < 4; part++) {
			double h = (at[i + 1] - at[i]) / 4, a = at[i] + part * h;
			auto f = [&](double t) {
				return Interpolate(ray.from + t * (ray.to - ray.from), v, values);
			};
			if (h > 1e-15)
				sum += h / 6 * (f(a) + 4 * f(a + h / 2) + f(a + h)) * ray.mm;
		}
	return sum;
}

// Rendered planes with their memory.
class Film
{
      public:
	projection p = {};
	~Film()
	{
		projection_free(&p);
	}
	Film() = default;
	Film(const Film &) = delete;
	Film &operator=(const Film &) = delete;
	size_t pixels() const
	{
		return (size_t)(p.cols * p.rows);
	}
};

// "ref", "cpu", or "cpu" in one of its instruction sets: "portable", "avx2", "avx512".
class Cpu
{
      public:
	explicit Cpu(const char *spec = "cpu")
	{
		for (int i = 0; i < ISA_COUNT; i++)
			if (std::string(spec) == isa_name((enum isa)i)) {
				isa_force((enum isa)i);
				spec = "cpu";
			}
		EXPECT_EQ(0, device_open(&d, spec)) << err_message();
	}
	~Cpu()
	{
		device_close(&d);
		isa_force(ISA_COUNT);
	}
	Cpu(const Cpu &) = delete;
	Cpu &operator=(const Cpu &) = delete;
	device d = {};
};

// The float projector in every instruction set of this machine.
inline std::vector<const char *> FloatSpecs()
{
	std::vector<const char *> specs;
	for (int i = 0; i < ISA_COUNT; i++)
		if (isa_available((enum isa)i))
			specs.push_back(isa_name((enum isa)i));
	return specs;
}
// Bounds of the float projector against double, as shares of the image's maximum.
inline double MostError(projector_model model)
{
	return model == PROJECTOR_PWC ? 2e-5 : 5e-6;
}
// Compares whole images: the largest and the root-mean-square difference, as shares of the maximum.
inline ::testing::AssertionResult ImagesAgree(const float *got, const double *want, size_t n, double most, double rms)
{
	double largest = 0, worst = 0, sum = 0;
	for (size_t i = 0; i < n; i++) {
		largest = std::max(largest, std::fabs(want[i]));
		double error = std::fabs((double)got[i] - want[i]);
		worst = error <= worst ? worst : error; // NaN stays
		sum += error * error;
	}
	double share = worst / largest, mean = std::sqrt(sum / (double)n) / largest;
	if (largest > 0 && share <= most && mean <= rms)
		return ::testing::AssertionSuccess() << "max " << share << ", rms " << mean;
	return ::testing::AssertionFailure() << "max " << share << " (bound " << most << "), rms " << mean
					     << " (bound " << rms << "), image maximum " << largest;
}

inline projector_source Source(const Grid &values)
{
	projector_source s = {};
	s.values = &values.v;
	s.hu_per_value = 1;
	s.materials = material_model_default();
	return s;
}

inline int Render(projection *out, const device *d, const projector_source &source, projector_model model,
	const geometry &g, const std::vector<pose> &poses)
{
	resident volume = {};
	int rc = resident_open(&volume, d, &source);
	if (rc == 0)
		rc = projector_render(out, &volume, model, &g, poses.data(), (int64_t)poses.size());
	resident_close(&volume);
	return rc;
}

// A resident volume that closes itself.
class Resident
{
      public:
	Resident(const device *d, const projector_source &source)
	{
		EXPECT_EQ(0, resident_open(&r, d, &source)) << err_message();
	}
	~Resident()
	{
		resident_close(&r);
	}
	Resident(const Resident &) = delete;
	Resident &operator=(const Resident &) = delete;
	resident r = {};
};

inline void RenderIntegral(Film *film, const Grid &grid, projector_model model, const geometry &g,
	const std::vector<pose> &poses, const char *spec = "cpu")
{
	Cpu cpu(spec);
	projector_source s = Source(grid);
	ASSERT_OK(projection_alloc(&film->p, &g, (int64_t)poses.size(), 0, true, false, false, false));
	ASSERT_OK(Render(&film->p, &cpu.d, s, model, g, poses));
}

inline pose RandomPose(std::mt19937 *random, double turn_rad, double shift_mm)
{
	std::uniform_real_distribution<double> unit(-1, 1);
	pose p = {};
	for (int k = 0; k < 3; k++) {
		p.rotate_rad[k] = turn_rad * unit(*random);
		p.shift_mm[k] = shift_mm * unit(*random);
	}
	return p;
}
#endif

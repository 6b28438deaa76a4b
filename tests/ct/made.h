// Small made volumes for the tests of ct/.
#ifndef TESTS_CT_MADE_H
#define TESTS_CT_MADE_H
#include <array>
#include <vector>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <gtest/gtest.h>
#include "host/files/volume.h"

using Point = std::array<double, 3>;

// Owns a volume.
class Volume
{
      public:
	Volume() : v_{}
	{
	}
	Volume(const std::array<int64_t, 3> &n, const double to_world[4][4], enum volume_type type) : v_{}
	{
		EXPECT_EQ(0, volume_init(&v_, n.data(), to_world, type));
	}
	~Volume()
	{
		volume_free(&v_);
	}
	Volume(Volume &&other) : v_(other.v_)
	{
		other.v_ = {};
	}
	Volume &operator=(Volume &&other)
	{
		std::swap(v_, other.v_);
		return *this;
	}
	Volume(const Volume &) = delete;
	struct volume *get()
	{
		return &v_;
	}
	struct volume *operator->()
	{
		return &v_;
	}
	int64_t at(int64_t x, int64_t y, int64_t z) const
	{
		return x + v_.n[0] * (y + v_.n[1] * z);
	}
	Point world(int64_t i) const
	{
		const double index[3] = { (double)(i % v_.n[0]), (double)(i / v_.n[0] % v_.n[1]),
			(double)(i / (v_.n[0] * v_.n[1])) };
		Point p;
		volume_index_to_world(&v_, index, p.data());
		return p;
	}

      private:
	struct volume v_;
};

struct Affine {
	double m[4][4];
};

inline Affine Spacing(double x, double y, double z, Point origin = { 0, 0, 0 })
{
	return { { { x, 0, 0, origin[0] }, { 0, y, 0, origin[1] }, { 0, 0, z, origin[2] }, { 0, 0, 0, 1 } } };
}

inline Point Sub(const Point &a, const Point &b)
{
	return { a[0] - b[0], a[1] - b[1], a[2] - b[2] };
}
inline double Dot(const Point &a, const Point &b)
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
inline double Norm(const Point &a)
{
	return std::sqrt(Dot(a, a));
}
inline Point Along(const Point &a, double s, const Point &b)
{
	return { a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2] };
}

// A grid that covers a world box with voxels `mm` long along the columns of R (orthonormal; world <- index
// axes).
inline Volume Cover(const Point &centre, double half_mm[3], const double R[3][3], const double mm[3],
	enum volume_type type)
{
	double to_world[4][4] = { { 0 }, { 0 }, { 0 }, { 0, 0, 0, 1 } };
	std::array<int64_t, 3> n;
	for (int a = 0; a < 3; a++) {
		double reach = 0;
		for (int r = 0; r < 3; r++)
			reach += std::fabs(R[r][a]) * half_mm[r];
		n[a] = (int64_t)std::ceil(2 * reach / mm[a]) + 1;
	}
	for (int r = 0; r < 3; r++) {
		to_world[r][3] = centre[r];
		for (int a = 0; a < 3; a++) {
			to_world[r][a] = R[r][a] * mm[a];
			to_world[r][3] -= to_world[r][a] * 0.5 * (double)(n[a] - 1);
		}
	}
	return Volume(n, to_world, type);
}

// A femur of simple solids with known axes.
struct DigitalFemur {
	Point head, neck, shaft; // head centre; unit axes, distal
	double head_mm = 24, neck_mm = 15, shaft_mm = 14;
	bool right;
	explicit DigitalFemur(bool right_side, Point head_centre = { 0, 0, 0 }, double flexion = 0.15)
	    : head(head_centre), right(right_side)
	{
		const double down = 52 * M_PI / 180, anteversion = 14 * M_PI / 180, lateral = right ? 1 : -1;
		shaft = { 0, std::sin(flexion), -std::cos(flexion) };
		const Point back = { 0, -std::cos(flexion),
			-std::sin(flexion) }; // posterior, across the shaft
		neck = { lateral * std::sin(down) * std::cos(anteversion), 0, 0 };
		neck = Along(neck, std::cos(down), shaft);
		neck = Along(neck, std::sin(down) * std::sin(anteversion), back);
	}
	static bool InRod(const Point &p, const Point &from, const Point &axis, double length, double radius)
	{
		const Point q = Sub(p, from);
		const double t = Dot(q, axis);
		return t >= 0 && t <= length && Norm(Along(q, -t, axis)) <= radius;
	}
	bool contains(const Point &p) const
	{
		const Point knee = Along(head, 52, neck); // where the neck meets the shaft
		return Norm(Sub(p, head)) <= head_mm || InRod(p, head, neck, 55, neck_mm) ||
		       InRod(p, Along(knee, -8, shaft), shaft, 170, shaft_mm) ||
		       Norm(Sub(p, Along(knee, -4, shaft))) <= 16;
	}
	void paint(Volume &labels, uint16_t label) const
	{
		for (int64_t i = 0; i < volume_count(labels.get()); i++)
			if (contains(labels.world(i)))
				volume_u16(labels.get())[i] = label;
	}
};

// Rows of R: world axes in terms of index axes.
inline const double (*Identity())[3]
{
	static const double R[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	return R;
}

// A painted volume that holds the whole femur.
inline Volume FemurLabels(const DigitalFemur &femur, const double R[3][3], Point mm, uint16_t label)
{
	double half[3] = { 75, 60, 125 };
	const Point centre = Along(femur.head, 1, { femur.right ? 25.0 : -25.0, 5, -75 });
	Volume labels = Cover(centre, half, R, mm.data(), VOLUME_U16);
	femur.paint(labels, label);
	return labels;
}
#endif

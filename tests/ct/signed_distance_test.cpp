#include "ct/signed_distance.h"

#include <cstring>
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{

struct Distance {
	struct volume volume = {};
	Distance(Volume &labels, double sd_voxels)
	{
		struct component piece = {};
		EXPECT_OK(component_largest(&piece, labels.get(), 1));
		EXPECT_OK(signed_distance(&volume, &piece, 1, labels.get(), sd_voxels));
		component_free(&piece);
	}
	~Distance()
	{
		volume_free(&volume);
	}
	Distance(const Distance &) = delete;
};

struct Worst {
	double near = 0, far = 0, squares = 0, n = 0; // within a voxel of the surface; within 12 mm
	double Rms() const
	{
		return std::sqrt(squares / n);
	}
};

Worst Compare(struct volume &distance, const std::function<double(const Point &)> &truly, double voxel_mm)
{
	Worst worst;
	for (int64_t i = 0; i < volume_count(&distance); i++) {
		const double index[3] = { (double)(i % distance.n[0]), (double)(i / distance.n[0] % distance.n[1]),
			(double)(i / (distance.n[0] * distance.n[1])) };
		Point p;
		volume_index_to_world(&distance, index, p.data());
		double expected = truly(p), error = std::fabs((double)volume_f32(&distance)[i] - expected);
		if (std::fabs(expected) < voxel_mm)
			worst.near = std::fmax(worst.near, error);
		if (std::fabs(expected) > 12)
			continue;
		worst.far = std::fmax(worst.far, error);
		worst.squares += error * error;
		worst.n++;
	}
	return worst;
}

Volume Painted(const Point &mm, const std::function<double(const Point &)> &distance)
{
	double half[3] = { 32, 32, 32 };
	Volume labels = Cover({ 0.3, -0.2, 0.1 }, half, Identity(), mm.data(), VOLUME_U16);
	for (int64_t i = 0; i < volume_count(labels.get()); i++)
		volume_u16(labels.get())[i] = distance(labels.world(i)) < 0;
	return labels;
}

TEST(SignedDistance, OfABallIsTrueToAFractionOfAVoxel)
{
	const auto ball = [](const Point &p) { return Norm(p) - 24; };
	for (const Point &mm : { Point{ 1.5, 1.5, 1.5 }, Point{ 1, 1, 2 } }) {
		Volume labels = Painted(mm, ball);
		Distance d(labels, 1);
		const Worst worst = Compare(d.volume, ball, 1.5);
		printf("ball, voxels of %.1f x %.1f mm: worst %.2f mm next to it, %.2f mm within 12 mm, rms %.2f mm\n", mm[0],
			mm[2], worst.near, worst.far, worst.Rms());
		EXPECT_LT(worst.near, 0.6 * mm[2]) << "at the poles a label may err by half a voxel";
		EXPECT_LT(worst.far, 0.6 * mm[2]);
		EXPECT_LT(worst.Rms(), 0.15 * mm[2]);
	}
}

// A slanting plate two voxels thick: neither steps nor a hole.
TEST(SignedDistance, KeepsAThinPlate)
{
	const Point normal = { 0.36, 0.48, 0.8 };
	const auto plate = [&](const Point &p) {
		const double across = std::fabs(Dot(p, normal)) - 1.5, out = Norm(Along(p, -Dot(p, normal), normal)) - 22;
		return std::fmax(across, out);
	};
	Volume labels = Painted({ 1.5, 1.5, 1.5 }, plate);
	Distance d(labels, 0.7);
	double inside = 0, volume_mm3 = 0;
	for (int64_t i = 0; i < volume_count(&d.volume); i++)
		inside += std::fmin(std::fmax(0.5 - (double)volume_f32(&d.volume)[i] / 1.5, 0), 1);
	volume_mm3 = inside * 1.5 * 1.5 * 1.5;
	EXPECT_NEAR(1, volume_mm3 / (3 * M_PI * 22 * 22), 0.12);
}

// A union is one surface: a ball in two labels is the ball in one.
TEST(SignedDistance, OfAUnionHasNoSeam)
{
	Volume labels = Painted({ 2, 2, 2 }, [](const Point &p) { return Norm(p) - 20; });
	Distance whole(labels, 1);
	for (int64_t i = 0; i < volume_count(labels.get()); i++)
		if (volume_u16(labels.get())[i] && labels.world(i)[0] > 3)
			volume_u16(labels.get())[i] = 2;
	struct component pieces[2] = {};
	struct volume d = {};
	ASSERT_OK(component_largest(&pieces[0], labels.get(), 1));
	ASSERT_OK(component_largest(&pieces[1], labels.get(), 2));
	ASSERT_OK(signed_distance(&d, pieces, 2, labels.get(), 1));
	ASSERT_EQ(volume_count(&whole.volume), volume_count(&d));
	EXPECT_EQ(0, memcmp(volume_f32(&whole.volume), volume_f32(&d), (size_t)volume_count(&d) * sizeof(float)));
	for (struct component &c : pieces)
		component_free(&c);
	volume_free(&d);
}

TEST(SignedDistance, RefusesAHair)
{
	Volume labels = Painted({ 2, 2, 2 }, [](const Point &p) { return std::fmax(std::fabs(p[0] - 0.3), std::fabs(p[1] + 0.2)) - 0.9; });
	struct component piece = {};
	struct volume d = {};
	ASSERT_OK(component_largest(&piece, labels.get(), 1));
	EXPECT_EQ(-1, signed_distance(&d, &piece, 1, labels.get(), 1));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	component_free(&piece);
}

} // namespace

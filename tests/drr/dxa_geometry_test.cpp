// Pencil and fan geometry: magnification, rows, and the projector's own integrals.
#include "drr/dxa_geometry.h"

#include <cmath>
#include <gmock/gmock.h>
#include <vector>
#include "tests/drr/scene.h"

namespace
{

dxa_geometry Scanner(dxa_geometry_kind kind, int64_t cols, int64_t rows, double pixel_mm)
{
	dxa_geometry g = {};
	g.kind = kind;
	g.cols = cols;
	g.rows = rows;
	g.pixel_mm = pixel_mm;
	g.sod_mm = 600;
	g.sdd_mm = 900;
	return g;
}

// A box of mineral in air, 20 x 4 x 20 mm, `towards_mm` nearer to the source (ap) and `up_mm` to the head.
struct Box {
	Grid grid;
	explicit Box(double towards_mm, double up_mm = 0)
	    : grid({ 40, 8, 40 },
		      Affine({ 40, 8, 40 }, { 0.5, 0.5, 0.5 }, { 0, 0, 0 }, { 0, towards_mm, up_mm }).m)
	{
		grid.Fill([](int64_t) { return 1500; });
	}
	std::vector<float> Project(const dxa_geometry &g, const pose &p = {})
	{
		Cpu cpu;
		Resident volume(&cpu.d, Source(grid));
		std::vector<float> planes((size_t)(MATERIALS * g.cols * g.rows));
		EXPECT_OK(dxa_geometry_materials(planes.data(), &volume.r, PROJECTOR_PWC, &g, &p));
		size_t pixels = (size_t)(g.cols * g.rows);
		return { planes.begin() + MATERIAL_MINERAL * (long)pixels,
			planes.begin() + (MATERIAL_MINERAL + 1) * (long)pixels };
	}
};

// Extent of the image along an axis, mm, to a pixel: its sum over the central line's plateau.
double Extent(const std::vector<float> &image, const dxa_geometry &g, bool along_columns)
{
	double sum = 0, plateau = (double)image[(size_t)(g.rows / 2 * g.cols + g.cols / 2)];
	for (int64_t k = 0; k < (along_columns ? g.cols : g.rows); k++)
		sum += (double)
			image[(size_t)(along_columns ? g.rows / 2 * g.cols + k : k * g.cols + g.cols / 2)];
	return sum / plateau * g.pixel_mm;
}

TEST(DxaGeometry, AFanMagnifiesAcrossOnlyAndByDepth)
{
	for (double towards : { -50.0, 0.0, 50.0 }) {
		Box box(towards);
		dxa_geometry fan = Scanner(DXA_GEOMETRY_FAN, 121, 121, 0.25);
		std::vector<float> image = box.Project(fan);
		EXPECT_NEAR(20 * 600 / (600 - towards), Extent(image, fan, true), 0.2) << towards;
		EXPECT_NEAR(20, Extent(image, fan, false), 0.3) << towards; // the edge falls between two rows
		dxa_geometry pencil = Scanner(DXA_GEOMETRY_PENCIL, 121, 121, 0.25);
		image = box.Project(pencil);
		EXPECT_NEAR(20, Extent(image, pencil, true), 0.3) << towards;
		EXPECT_NEAR(20, Extent(image, pencil, false), 0.3) << towards;
	}
}

// The middle column's rays are the same in both, also of a turned patient.
TEST(DxaGeometry, TheMiddleColumnIsThatOfThePencil)
{
	Box box(20, 7);
	pose p = {};
	p.rotate_rad[0] = 0.2;
	p.rotate_rad[2] = -0.3;
	p.shift_mm[2] = -4;
	dxa_geometry fan = Scanner(DXA_GEOMETRY_FAN, 31, 60, 0.7), pencil = fan;
	pencil.kind = DXA_GEOMETRY_PENCIL;
	std::vector<float> a = box.Project(fan, p), b = box.Project(pencil, p);
	double most = 0, sum = 0, moment = 0;
	for (size_t r = 0; r < 60; r++) {
		size_t i = r * 31 + 15;
		EXPECT_NEAR(b[i], a[i], 2e-5) << r;
		most = std::fmax(most, b[i]);
		sum += b[i];
		moment += b[i] * (double)r;
	}
	EXPECT_GT(most, 0.3);
	EXPECT_LT(moment / sum, 29.5) << "the head is up";
}

TEST(DxaGeometry, RefusesTheImpossible)
{
	Box box(0);
	Cpu cpu;
	Resident volume(&cpu.d, Source(box.grid));
	pose p = {};
	float none[4];
	dxa_geometry bad = Scanner(DXA_GEOMETRY_FAN, 1, 0, 1);
	EXPECT_EQ(-1, dxa_geometry_materials(none, &volume.r, PROJECTOR_PWC, &bad, &p));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("0 rows"));
	bad = Scanner(DXA_GEOMETRY_FAN, 1, 1, 1);
	bad.sod_mm = 0;
	EXPECT_EQ(-1, dxa_geometry_materials(none, &volume.r, PROJECTOR_PWC, &bad, &p));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	bad = Scanner(DXA_GEOMETRY_PENCIL, 0, 1, 1);
	EXPECT_EQ(-1, dxa_geometry_materials(none, &volume.r, PROJECTOR_PWC, &bad, &p));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

} // namespace

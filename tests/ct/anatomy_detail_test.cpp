// Texture, joints, soft tissue and what lies in it.
#include "ct/anatomy.h"

#include <cmath>
#include <random>
#include "ct/anatomy_make.h"
#include "kernels/anatomy/density.h"
#include "tests/ct/still_grid.h"
#include "tests/support/support.h"

namespace
{

struct Body {
	struct anatomy a;
	explicit Body(const struct anatomy_params &p = anatomy_params_default())
	{
		if (anatomy_init(&a, &p) != 0)
			ADD_FAILURE() << err_message();
	}
};

// Everything that can be wrong with a hip, at its worst.
struct anatomy_params Arthritic()
{
	struct anatomy_params p = anatomy_params_default();
	for (auto &f : p.femur) {
		f.joint_space_mm = 0.4;
		f.osteophyte_mm = 4.2;
		f.sclerosis = 1;
		f.cyst_mm = 6;
		f.callus_mm = 4;
		f.bow_per_m = 1.6;
	}
	return p;
}

TEST(AnatomyDetail, NoiseHasMeanZeroAndUnitSpread)
{
	std::mt19937 random(4);
	std::uniform_real_distribution<double> u(-500, 500);
	double sum = 0, squares = 0, steepest = 0;
	const int n = 200000;
	for (int i = 0; i < n; i++) {
		double x = u(random), y = u(random), z = u(random), v = anatomy_noise(9, x, y, z);
		sum += v, squares += v * v;
		steepest = std::fmax(steepest, std::fabs(anatomy_noise(9, x + 1e-4, y, z) - v) / 1e-4);
	}
	EXPECT_NEAR(0, sum / n, 0.01);
	EXPECT_NEAR(1, std::sqrt(squares / n), 0.02);
	EXPECT_LT(
		steepest, 8.2); // no jumps: 1.5 per cell times the largest difference, 2 sqrt(3 / (26/35)^3)
	EXPECT_NE(anatomy_noise(9, 0.5, 0.5, 0.5), anatomy_noise(10, 0.5, 0.5, 0.5));
}

TEST(AnatomyDetail, TextureKeepsTheMeanAndHasItsSpread)
{
	struct anatomy_params p = anatomy_params_default();
	Body smooth(p);
	p.femur[0].texture = 0.25;
	p.texture_seed = 77;
	Body rough(p);
	std::mt19937 random(8);
	std::uniform_real_distribution<double> u(-15, 15);
	double sum = 0, squares = 0;
	const int n = 20000;
	for (int i = 0; i < n; i++) {
		double at[3] = { rough.a.frame[0].head_centre_mm[0] + u(random), u(random), u(random) };
		double ratio = anatomy_density_trabecular(&rough.a, ANATOMY_FEMUR_RIGHT, at) /
			       anatomy_density_trabecular(&smooth.a, ANATOMY_FEMUR_RIGHT, at);
		sum += ratio, squares += ratio * ratio;
	}
	EXPECT_NEAR(1, sum / n, 0.03);
	EXPECT_NEAR(0.25, std::sqrt(squares / n - sum / n * sum / n), 0.04);
}

TEST(AnatomyDetail, StressGroupsStandOutAndWardIsThin)
{
	Body b;
	const auto &s = b.a.stress[ANATOMY_RIGHT];
	auto at = [&](double lateral, double proximal) {
		double p[3];
		anatomy_femur_to_body(p, &b.a, ANATOMY_RIGHT, lateral, 0, proximal);
		return anatomy_density_trabecular(&b.a, ANATOMY_FEMUR_RIGHT, p);
	};
	double u[2] = { s.dome[0] - s.calcar[0], s.dome[1] - s.calcar[1] }, length = std::hypot(u[0], u[1]);
	double middle[2] = { s.calcar[0] + 0.6 * u[0], s.calcar[1] + 0.6 * u[1] };
	double on = at(middle[0], middle[1]);
	EXPECT_GT(on, 1.15 * at(middle[0] - 14 * u[1] / length, middle[1] + 14 * u[0] / length));
	EXPECT_LT(at(s.ward[0], s.ward[1]), 0.6 * on);
}

TEST(AnatomyDetail, PorosityThinsTheCortexOnAverage)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[0].porosity = 0.2;
	Body b(p);
	std::mt19937 random(2);
	std::uniform_real_distribution<double> u(-200, 200);
	double sum = 0;
	for (int i = 0; i < 20000; i++) {
		const double at[3] = { u(random), u(random), u(random) };
		sum += anatomy_density_cortical(&b.a, ANATOMY_FEMUR_RIGHT, at) / 20000;
	}
	EXPECT_NEAR(0.8 * p.femur[0].cortical_mg_cm3, sum, 2);
	const double at[3] = { 1, 2, 3 };
	EXPECT_EQ(p.femur[1].cortical_mg_cm3, anatomy_density_cortical(&b.a, ANATOMY_FEMUR_LEFT, at));
}

// The gap between head and socket along a ray from the head's centre.
double Gap(const struct anatomy &a, double lateral, double up)
{
	double first = 0, last = 0;
	for (double r = a.frame[0].head_radius_mm - 4; r < a.frame[0].head_radius_mm + 8; r += 0.01) {
		const double p[3] = { a.frame[0].head_centre_mm[0] + lateral * r, 0, up * r };
		if (anatomy_sdf(&a, ANATOMY_FEMUR_RIGHT, p) <= 0)
			first = r;
		if (last <= 0 && anatomy_sdf(&a, ANATOMY_HIP_RIGHT, p) <= 0)
			last = r;
	}
	return last - first;
}

TEST(AnatomyDetail, NarrowJointIsNarrowAbove)
{
	struct anatomy_params p = anatomy_params_default();
	EXPECT_NEAR(3.5, Gap(Body(p).a, 0, 1), 0.3);
	p.femur[0].joint_space_mm = 1;
	Body narrow(p);
	EXPECT_NEAR(1, Gap(narrow.a, 0, 1), 0.3);
	EXPECT_GT(Gap(narrow.a, -1, 0), 1.6); // medially it stays wider
}

TEST(AnatomyDetail, ArthritisThickensTheBearingBone)
{
	struct anatomy_params p = anatomy_params_default();
	Body plain(p);
	p.femur[0].sclerosis = 0.8;
	Body dense(p);
	const double *head = plain.a.frame[0].head_centre_mm;
	double radius = plain.a.frame[0].head_radius_mm;
	const double top[3] = { head[0] + 3, 0, radius - 2 }, low[3] = { head[0], 0, -radius + 3 };
	const double roof[3] = { head[0] + 3, 0, radius + 6 };
	EXPECT_GT(anatomy_density_trabecular(&dense.a, ANATOMY_FEMUR_RIGHT, top),
		1.5 * anatomy_density_trabecular(&plain.a, ANATOMY_FEMUR_RIGHT, top));
	EXPECT_GT(anatomy_density_trabecular(&dense.a, ANATOMY_HIP_RIGHT, roof),
		1.3 * anatomy_density_trabecular(&plain.a, ANATOMY_HIP_RIGHT, roof));
	EXPECT_DOUBLE_EQ(anatomy_density_trabecular(&plain.a, ANATOMY_FEMUR_RIGHT, low),
		anatomy_density_trabecular(&dense.a, ANATOMY_FEMUR_RIGHT, low));
}

TEST(AnatomyDetail, WorstHipStillHasDistancesAndApartBones)
{
	Body b(Arthritic());
	std::mt19937 random(6);
	std::uniform_real_distribution<double> u(-1, 1);
	int both = 0;
	for (int i = 0; i < 150000; i++) {
		double p[3] = { 88 + 60 * u(random), 60 * u(random), 60 * u(random) }, q[3];
		for (int k = 0; k < 3; k++)
			q[k] = p[k] + 0.5 * u(random);
		double femur = anatomy_sdf(&b.a, ANATOMY_FEMUR_RIGHT, p);
		ASSERT_LE(std::fabs(femur - anatomy_sdf(&b.a, ANATOMY_FEMUR_RIGHT, q)),
			anatomy_sdf_distance(p, q) + 1e-9);
		both += femur < 0 && anatomy_sdf(&b.a, ANATOMY_HIP_RIGHT, p) < 0;
	}
	EXPECT_EQ(0, both);
}

TEST(AnatomyDetail, BowedShaftRunsBackwardsFurtherDown)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[0].bow_per_m = 1;
	Body b(p);
	double at[3], chord = 342.0 * p.femur[0].head_diameter_mm / 45.5 / 2,
		      x = b.a.axes[0].shaft_offset_mm[0];
	double start = b.a.axes[0].junction_mm - 58 * p.femur[0].head_diameter_mm / 45.5;
	double expected = b.a.axes[0].shaft_offset_mm[1] - 0.5e-3 * chord * chord;
	anatomy_femur_to_body(at, &b.a, ANATOMY_RIGHT, x, expected, start - chord);
	EXPECT_NEAR(
		-(p.femur[0].shaft_diameter_mm / 2 - 0.75), anatomy_sdf(&b.a, ANATOMY_FEMUR_RIGHT, at), 0.3);
}

double Gap(const struct anatomy &a, const double p[3])
{
	const struct anatomy_local local = anatomy_local_of(&a, p, 0, 1);
	return anatomy_muscle_fat(&a, p, &local, 0, 0);
}

TEST(AnatomyDetail, FatLiesBetweenTheMuscles)
{
	Body b;
	const struct anatomy_cone &gluteus = b.a.muscle[ANATOMY_RIGHT][0];
	double middle[3];
	for (int k = 0; k < 3; k++)
		middle[k] = gluteus.a[k] + 0.3 * gluteus.length * gluteus.axis[k];
	EXPECT_LT(Gap(b.a, middle), 0.1);
	// Along a line from one belly to another the gap opens once at least.
	const struct anatomy_cone &flexor = b.a.muscle[ANATOMY_RIGHT][4];
	double widest = 0;
	for (double t = 0; t <= 1; t += 0.002) {
		double p[3];
		for (int k = 0; k < 3; k++)
			p[k] = (1 - t) * (gluteus.a[k] + 0.9 * gluteus.length * gluteus.axis[k]) +
			       t * flexor.a[k];
		widest = std::fmax(widest, Gap(b.a, p));
	}
	EXPECT_GT(widest, 0.99 * 0.9) << "a plane of fat holds 0.9, and is all there somewhere";
}

double FatAt(const struct anatomy &a, const double p[3])
{
	double soft, fat;
	anatomy_tissue(&a, p, 0.2, &soft, &fat);
	return fat;
}

// A stripe of fat as thick as it should be lies across a line through its middle, on both sides of the body.
TEST(AnatomyDetail, StripesOfFatLieAlongTheBeam)
{
	for (double between : { 0.1, 0.4 }) {
		struct anatomy_params params = anatomy_params_default();
		params.intermuscular_fat = between;
		params.muscle_fat = 0.05;
		Body b(params);
		for (const auto &sheets : b.a.sheet) {
			const auto &s = sheets[2]; // lateral of the gluteus medius: muscle all around
			double across[2] = { s.to_mm[2] - s.from_mm[2], s.from_mm[0] - s.to_mm[0] }, sum = 0;
			double length = std::hypot(across[0], across[1]);
			for (double t = -4; t <= 4; t += 0.05) {
				double p[3];
				for (int k = 0; k < 3; k++)
					p[k] = 0.5 * (s.from_mm[k] + s.to_mm[k]);
				p[0] += t * across[0] / length;
				p[2] += t * across[1] / length;
				sum += 0.05 * (FatAt(b.a, p) > 0.8);
			}
			EXPECT_NEAR(2 * (0.5 + 4 * between), sum, 0.3);
			const double behind[3] = { s.from_mm[0], s.from_mm[1] - s.half_depth_mm - 1, s.from_mm[2] };
			EXPECT_LT(FatAt(b.a, behind), 0.8);
		}
	}
}

// Each foramen is open from front to back, smaller further down, and mineral lies between them.
TEST(AnatomyDetail, SacralForaminaAreFourOvalsASide)
{
	Body b;
	const double *first = b.a.foramen_mm, *row = b.a.foramen_row;
	double last_width = 100;
	for (int hole = 0; hole < 4; hole++) {
		double width = 0, height = 0, at = hole / 3.0, y = first[1] + at * row[1];
		double middle[3] = { first[0] + at * row[0], y, 0 };
		middle[2] = first[2] + (at * row[2] - std::sin(0.14) * at * row[1]) / std::cos(0.14);
		for (double t = -12; t < 12; t += 0.1) {
			const double x[3] = { middle[0] + t, y, middle[2] }, z[3] = { middle[0], y, middle[2] + t };
			width += 0.1 * (std::fabs(t) < 10 && anatomy_sdf(&b.a, ANATOMY_SACRUM, x) > 0);
			height += 0.1 * (std::fabs(t) < 8 && anatomy_sdf(&b.a, ANATOMY_SACRUM, z) > 0);
		}
		EXPECT_GT(width, height);
		EXPECT_LT(width, last_width - 0.5);
		EXPECT_GT(width, 4);
		last_width = width;
		const double left[3] = { -middle[0], middle[1], middle[2] };
		EXPECT_GT(anatomy_sdf(&b.a, ANATOMY_SACRUM, left), 1);
	}
}

TEST(AnatomyDetail, BowelGasIsAirAndContentIsSoft)
{
	struct anatomy_params p = anatomy_params_default();
	p.bowel[0] = { { 10, 0, 50 }, 12, 0 };
	p.bowel[1] = { { -20, 0, 50 }, 10, 1.04 };
	Body b(p);
	double soft, fat;
	anatomy_tissue(&b.a, p.bowel[0].centre_mm, 1, &soft, &fat);
	EXPECT_NEAR(0, soft + fat, 1e-12);
	anatomy_tissue(&b.a, p.bowel[1].centre_mm, 1, &soft, &fat);
	EXPECT_NEAR(1, soft, 1e-12);
	soft = 0;
	// Outwards: gas, then the wall, within a fifth of the radius of where a ball would end.
	double r = 0;
	for (; r < 20 && soft + fat < 0.999; r += 0.05) {
		const double at[3] = { 10, 0, 50 + r };
		anatomy_tissue(&b.a, at, 0.1, &soft, &fat);
	}
	EXPECT_GT(r, 12 * 0.6);
	EXPECT_LT(r, 12 * 1.2 + 0.2);
	const double wall[3] = { 10, 0, 50 + r + 1 };
	anatomy_tissue(&b.a, wall, 0.1, &soft, &fat);
	EXPECT_NEAR(1, soft, 1e-9);
}

TEST(AnatomyDetail, ClothLiesOverTheSkin)
{
	struct anatomy_params p = anatomy_params_default();
	p.cloth_g_cm2 = 0.1;
	Body b(p);
	double half_width, front, back, soft, fat, sum = 0;
	anatomy_extent_mm(&b.a, &half_width, &front, &back);
	for (double y = front + 5; y > front - 3.9; y -= 0.05) {
		const double at[3] = { 0, y, 30 };
		anatomy_tissue(&b.a, at, 0.05, &soft, &fat);
		sum += 0.005 * soft * ANATOMY_SOFT_G_CM3;
	}
	EXPECT_GT(sum, 0);
	EXPECT_LT(sum, 0.25);
}

struct Grid {
	struct anatomy_voxels v = {};
	Grid(const struct anatomy &a, const double low[3], const double high[3], double spacing)
	{
		const struct anatomy_grid g = StillGrid(low, high, spacing, 2);
		EXPECT_OK(anatomy_voxelise(&v, NULL, &a, &g));
	}
	~Grid()
	{
		anatomy_voxels_free(&v);
	}
	Grid(const Grid &) = delete;
	static double Mass(const struct volume &volume)
	{
		double sum = 0;
		for (int64_t i = 0; i < volume_count(&volume); i++)
			sum += (double)volume_f32(&volume)[i];
		return sum * volume_voxel_cm3(&volume);
	}
};

TEST(AnatomyDetail, PhlebolithHoldsItsMineral)
{
	struct anatomy_params p = anatomy_params_default();
	p.phlebolith[1] = { { -35, -20, 0 }, 3, 0.4 };
	const double low[3] = { -45, -30, -10 }, high[3] = { -25, -10, 10 };
	Body with(p), without;
	Grid g(with.a, low, high, 0.5), h(without.a, low, high, 0.5);
	double expected = 0.4 * 4.0 / 3 * M_PI * 0.027;
	EXPECT_NEAR(expected, Grid::Mass(g.v.mineral) - Grid::Mass(h.v.mineral), 0.03 * expected);
	EXPECT_EQ(nullptr, h.v.metal.voxels.data);
}

TEST(AnatomyDetail, NailIsMetalInPlaceOfBone)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[0].nail_mm = 5.5;
	Body nailed(p), plain;
	const double low[3] = { 60, -60, -140 }, high[3] = { 180, 50, 30 };
	Grid g(nailed.a, low, high, 2), h(plain.a, low, high, 2);
	// About 160 mm of nail and 55 mm of screw.
	EXPECT_NEAR(4.51 * M_PI * (0.6 * 0.6 * 16 + 0.5 * 0.5 * 4), Grid::Mass(g.v.metal), 25);
	EXPECT_LT(Grid::Mass(g.v.mineral), Grid::Mass(h.v.mineral));
	for (int64_t i = 0; i < volume_count(&g.v.metal); i++) {
		double metal = (double)volume_f32(&g.v.metal)[i];
		if (metal > 0.99 * ANATOMY_TITANIUM_G_CM3) {
			ASSERT_NEAR(0, volume_f32(&g.v.mineral)[i] + volume_f32(&g.v.soft)[i], 0.05);
		}
	}
}

// Cup and head against closed forms on the side where no neck is; no bone within the cup, none above the neck's cut.
TEST(AnatomyDetail, TotalHipReplacesHeadAndSocket)
{
	struct anatomy_params p = anatomy_params_default();
	const double cup = 26.5;
	p.femur[ANATOMY_LEFT].cup_mm = cup;
	Body b(p), plain;
	const double *head = b.a.frame[ANATOMY_LEFT].head_centre_mm, *axis = b.a.cup_axis[ANATOMY_LEFT];
	const double low[3] = { head[0] - 40, head[1] - 40, head[2] - 40 },
		     high[3] = { head[0] + 40, head[1] + 40, head[2] + 40 };
	Grid g(b.a, low, high, 1);
	double volume = 0;
	for (int64_t z = 0, i = 0; z < g.v.metal.n[2]; z++)
		for (int64_t y = 0; y < g.v.metal.n[1]; y++)
			for (int64_t x = 0; x < g.v.metal.n[0]; x++, i++) {
				const double index[3] = { (double)x, (double)y, (double)z };
				double mm[3], d[3], r;
				volume_index_to_world(&g.v.metal, index, mm);
				for (int k = 0; k < 3; k++)
					d[k] = mm[k] - head[k];
				r = std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
				if (r < cup - 1) {
					ASSERT_NEAR(0, volume_f32(&g.v.mineral)[i], 0.02) << "bone in the cup";
				}
				if (d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2] < 0)
					volume += (double)volume_f32(&g.v.metal)[i] / ANATOMY_TITANIUM_G_CM3;
			}
	const double shell = cup * cup * cup - std::pow(cup - 4, 3), ball = 16.0 * 16 * 16;
	EXPECT_NEAR(2 * M_PI / 3 * (shell + ball), volume, 0.02 * volume);
	double tip[3], above[3];
	anatomy_femur_to_body(tip, &b.a, ANATOMY_LEFT, b.a.axes[1].shaft_offset_mm[0] + 8, b.a.axes[1].shaft_offset_mm[1] - 8,
		-12);
	for (int k = 0; k < 3; k++)
		above[k] = head[k] + 0.6 * b.a.axes[1].neck_length_mm * b.a.frame[1].neck_axis[k];
	EXPECT_LT(anatomy_sdf(&b.a, ANATOMY_FEMUR_LEFT, tip), 0) << "the greater trochanter stays";
	EXPECT_LT(anatomy_sdf(&plain.a, ANATOMY_FEMUR_LEFT, above), 0);
	EXPECT_GT(anatomy_sdf(&b.a, ANATOMY_FEMUR_LEFT, above), 0);
	// The other hip is as it was.
	for (double x = 20; x < 140; x += 7) {
		const double at[3] = { x, -5, -0.4 * x };
		EXPECT_EQ(anatomy_sdf(&plain.a, ANATOMY_FEMUR_RIGHT, at), anatomy_sdf(&b.a, ANATOMY_FEMUR_RIGHT, at));
		EXPECT_EQ(anatomy_sdf(&plain.a, ANATOMY_HIP_RIGHT, at), anatomy_sdf(&b.a, ANATOMY_HIP_RIGHT, at));
	}
}

TEST(AnatomyDetail, RefusesAGapThatIsNone)
{
	struct anatomy a;
	struct anatomy_params p = anatomy_params_default();
	p.femur[1].joint_space_mm = 0;
	EXPECT_EQ(-1, anatomy_init(&a, &p));
	EXPECT_NE(std::string(err_message()).find("left femur's joint_space_mm"), std::string::npos);
}

} // namespace

#include "ct/anatomy.h"

#include <cmath>
#include <random>
#include "ct/abmd.h"
#include <gmock/gmock.h>
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

struct anatomy_grid GridOf(const double low[3], const double high[3], double spacing)
{
	return StillGrid(low, high, spacing, 3);
}

struct Voxels {
	struct anatomy_voxels v = {};
	Voxels(const struct anatomy &a, const struct anatomy_grid &g)
	{
		if (anatomy_voxelise(&v, NULL, &a, &g) != 0)
			ADD_FAILURE() << err_message();
	}
	~Voxels()
	{
		anatomy_voxels_free(&v);
	}
	Voxels(const Voxels &) = delete;
};

double SumG(const struct volume *v)
{
	double sum = 0;
	for (int64_t i = 0; i < volume_count(v); i++)
		sum += (double)volume_f32(v)[i];
	return sum * volume_voxel_cm3(v);
}

struct Region {
	double mineral_g, bone_cm3;
	struct abmd abmd;
};

Region RegionOf(const struct anatomy &a, enum anatomy_side side, double spacing)
{
	struct volume mineral = {}, fraction = {};
	struct total_hip_rule rule = total_hip_rule_default();
	if (anatomy_region(&mineral, &fraction, &a, side, &rule, spacing) != 0)
		ADD_FAILURE() << err_message();
	const int64_t *n = mineral.n;
	std::vector<float> map((size_t)(n[0] * n[2])), path((size_t)(n[0] * n[2]));
	for (int64_t z = 0; z < n[2]; z++)
		for (int64_t y = 0; y < n[1]; y++)
			for (int64_t x = 0; x < n[0]; x++) {
				int64_t i = (z * n[1] + y) * n[0] + x;
				map[(size_t)(z * n[0] + x)] += volume_f32(&mineral)[i] * (float)spacing / 10;
				path[(size_t)(z * n[0] + x)] +=
					volume_f32(&fraction)[i] * (float)spacing / 10;
			}
	Region r = { SumG(&mineral), SumG(&fraction), abmd_read(map.data(), path.data(), 1, n[0] * n[2]) };
	volume_free(&mineral);
	volume_free(&fraction);
	return r;
}

TEST(Anatomy, HeadIsABallAroundItsCentre)
{
	Body b;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		const struct anatomy_frame &f = b.a.frame[side];
		enum anatomy_part femur = (enum anatomy_part)(ANATOMY_FEMUR_RIGHT + side);
		EXPECT_NEAR(-f.head_radius_mm, anatomy_sdf(&b.a, femur, f.head_centre_mm), 1.0);
		// The bearing surface, away from the neck.
		for (int k = 0; k < 20; k++) {
			double angle = 0.1 * k, away = side == 0 ? -1 : 1;
			double p[3] = { f.head_centre_mm[0] + away * f.head_radius_mm * std::cos(angle),
				f.head_centre_mm[1],
				f.head_centre_mm[2] + f.head_radius_mm * std::sin(angle) };
			EXPECT_NEAR(0, anatomy_sdf(&b.a, femur, p), 0.4) << angle;
		}
		EXPECT_EQ(side == 0, f.head_centre_mm[0] > 0);
		EXPECT_LT(f.shaft_axis[2], -0.95);
		EXPECT_EQ(side == 0, f.neck_axis[0] > 0); // outwards
	}
}

TEST(Anatomy, FrameHasTheGivenAngles)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[0].neck_shaft_deg = 119;
	p.femur[1].neck_shaft_deg = 133;
	Body b(p);
	for (int side = 0; side < 2; side++) {
		const struct anatomy_frame &f = b.a.frame[side];
		double cosine = 0;
		for (int k = 0; k < 3; k++)
			cosine += -f.neck_axis[k] * f.shaft_axis[k];
		EXPECT_NEAR(p.femur[side].neck_shaft_deg, std::acos(cosine) * 180 / M_PI, 1e-9);
	}
}

// design.md 5: internal rotation turns the right leg by +rz and the left by -rz; the neck then points less
// forwards.
TEST(Anatomy, LegPoseFollowsTheClinicalSigns)
{
	struct anatomy_params p = anatomy_params_default();
	for (auto &f : p.femur) {
		f.internal_deg = f.flexion_deg = 0;
		f.abduction_deg = 6; // makes the shaft vertical
	}
	Body straight(p);
	for (int side = 0; side < 2; side++) {
		EXPECT_NEAR(-1, straight.a.frame[side].shaft_axis[2], 1e-12);
		// Anteversion: the head lies in front of the neck, so the axis from the head runs backwards.
		EXPECT_LT(straight.a.frame[side].neck_axis[1], -0.1);
	}
	for (auto &f : p.femur)
		f.internal_deg = f.torsion_deg;
	Body internal(p);
	for (int side = 0; side < 2; side++)
		EXPECT_NEAR(0, internal.a.frame[side].neck_axis[1], 1e-9);
	for (auto &f : p.femur)
		f.abduction_deg = 16;
	Body abducted(p);
	EXPECT_GT(abducted.a.frame[0].shaft_axis[0], 0.1); // the right foot goes to the right
	EXPECT_LT(abducted.a.frame[1].shaft_axis[0], -0.1);
	for (auto &f : p.femur) {
		f.abduction_deg = 6;
		f.flexion_deg = 20;
	}
	Body flexed(p);
	EXPECT_GT(flexed.a.frame[0].shaft_axis[1], 0.3); // the knee comes forwards
	EXPECT_GT(flexed.a.frame[1].shaft_axis[1], 0.3);
}

TEST(Anatomy, DistancesChangeByAtMostTheStep)
{
	Body b;
	std::mt19937 random(5);
	std::uniform_real_distribution<double> u(-1, 1);
	for (int part = 0; part < ANATOMY_PARTS; part++) {
		double steepest = 0;
		for (int i = 0; i < 40000; i++) {
			double p[3] = { 190 * u(random), 120 * u(random) - 20, 170 * u(random) };
			double step = i % 2 ? 0.2 : 3, q[3];
			for (int k = 0; k < 3; k++)
				q[k] = p[k] + step * u(random);
			double change = std::fabs(anatomy_sdf(&b.a, (enum anatomy_part)part, p) -
						  anatomy_sdf(&b.a, (enum anatomy_part)part, q));
			double length =
				std::sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
					  (p[2] - q[2]) * (p[2] - q[2]));
			steepest = std::fmax(steepest, change / length);
		}
		EXPECT_LE(steepest, 1 + 1e-9) << "part " << part;
		EXPECT_GT(steepest, 0.9) << "part " << part;
	}
}

TEST(Anatomy, BonesKeepApart)
{
	Body b;
	std::mt19937 random(6);
	std::uniform_real_distribution<double> u(-1, 1);
	int inside[ANATOMY_PARTS] = {}, both = 0;
	for (int i = 0; i < 200000; i++) {
		double p[3] = { 180 * u(random), 110 * u(random) - 20, 160 * u(random) };
		int parts = 0;
		for (int part = 0; part < ANATOMY_PARTS; part++)
			if (anatomy_sdf(&b.a, (enum anatomy_part)part, p) < 0) {
				inside[part]++;
				parts++;
			}
		both += parts > 1;
	}
	for (int n : inside)
		EXPECT_GT(n, 50);
	EXPECT_EQ(0, both);
}

TEST(Anatomy, ShaftHoldsTheMassOfItsTube)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[0].internal_deg = p.femur[0].flexion_deg = 0;
	p.femur[0].abduction_deg = 6; // vertical
	Body b(p);
	const struct anatomy_femur &f = p.femur[0];
	double axis_x = b.a.frame[0].head_centre_mm[0] + b.a.axes[0].shaft_offset_mm[0];
	double axis_y = b.a.axes[0].shaft_offset_mm[1], size = f.head_diameter_mm / 45.5;
	const double low[3] = { axis_x - 24.3, axis_y - 24.1, -160 },
		     high[3] = { axis_x + 25.7, axis_y + 25.9, -140 };
	// Radius in the middle of the slab: from shaft_diameter/2 at 58 mm below the junction to 1.5 mm less
	// at 400.
	double along = (b.a.axes[0].junction_mm - 58 * size + 150) / (342 * size);
	double outer = f.shaft_diameter_mm / 2 - 1.5 * along, inner = outer - f.cortex_shaft_mm;
	double expected = 1e-6 * f.cortical_mg_cm3 * M_PI * (outer * outer - inner * inner) * 20;
	for (double spacing : { 2.0, 1.0 }) {
		Voxels v(b.a, GridOf(low, high, spacing));
		EXPECT_NEAR(expected, SumG(&v.v.mineral), 0.003 * expected) << spacing;
	}
}

TEST(Anatomy, MassDoesNotDependOnTheGrid)
{
	Body b;
	const double low[3] = { -160, -110, -110 }, high[3] = { 160, 70, 150 };
	double rough[3], fine[3];
	{
		Voxels v(b.a, GridOf(low, high, 2.0));
		rough[0] = SumG(&v.v.soft), rough[1] = SumG(&v.v.fat), rough[2] = SumG(&v.v.mineral);
	}
	{
		Voxels v(b.a, GridOf(low, high, 1.0));
		fine[0] = SumG(&v.v.soft), fine[1] = SumG(&v.v.fat), fine[2] = SumG(&v.v.mineral);
	}
	for (int k = 0; k < 3; k++)
		EXPECT_NEAR(fine[k], rough[k], 0.005 * fine[k]) << k;
}

TEST(Anatomy, TurnedGridSeesTheSameBody)
{
	Body b;
	const double low[3] = { -160, -110, -100 }, high[3] = { 160, 70, 150 };
	struct anatomy_grid still = GridOf(low, high, 2.0), turned = still;
	// A turn by 7 degrees about z, undone by world_to_body; the pelvis stays well within the box.
	double c = std::cos(7 * M_PI / 180), s = std::sin(7 * M_PI / 180);
	turned.world_to_body[0][0] = turned.world_to_body[1][1] = c;
	turned.world_to_body[0][1] = s;
	turned.world_to_body[1][0] = -s;
	Voxels u(b.a, still), v(b.a, turned);
	double count[2][256] = {};
	for (int64_t i = 0; i < volume_count(&u.v.labels); i++) {
		count[0][volume_u8(&u.v.labels)[i]]++;
		count[1][volume_u8(&v.v.labels)[i]]++;
	}
	for (int label : { 77, 78, 25 })
		EXPECT_NEAR(count[0][label], count[1][label], 0.01 * count[0][label]) << label;
}

TEST(Anatomy, EveryVoxelIsFilledOnce)
{
	Body b;
	const double low[3] = { -200, -150, -170 }, high[3] = { 200, 110, 170 };
	Voxels v(b.a, GridOf(low, high, 3.0));
	int64_t filled = 0, bone = 0;
	for (int64_t i = 0; i < volume_count(&v.v.soft); i++) {
		double soft = (double)volume_f32(&v.v.soft)[i], fat = (double)volume_f32(&v.v.fat)[i];
		double mineral = (double)volume_f32(&v.v.mineral)[i];
		ASSERT_GE(soft, 0);
		ASSERT_GE(fat, 0);
		ASSERT_GE(mineral, 0);
		double volume =
			soft / ANATOMY_SOFT_G_CM3 + fat / ANATOMY_FAT_G_CM3 + mineral / ANATOMY_MINERAL_G_CM3;
		ASSERT_LE(volume, 1 + 1e-5);
		filled += volume > 1 - 1e-5;
		bone += volume_u8(&v.v.labels)[i] != 0;
		if (volume_u8(&v.v.labels)[i] != 0) {
			ASSERT_GT(volume, 0.99);
		}
	}
	EXPECT_GT(filled, volume_count(&v.v.soft) / 3);
	EXPECT_GT(bone, 20000);
}

TEST(Anatomy, SkinOverFatOverMuscle)
{
	Body b;
	double half_width, front, back, soft, fat;
	anatomy_extent_mm(&b.a, &half_width, &front, &back);
	const double outside[3] = { half_width + 1, -28, -10 };
	anatomy_tissue(&b.a, outside, 0.5, &soft, &fat);
	EXPECT_EQ(0, soft + fat);
	const double middle[3] = { 60, -60, -20 };
	anatomy_tissue(&b.a, middle, 0.5, &soft, &fat);
	EXPECT_NEAR(1, soft + fat, 1e-12);
	EXPECT_GT(soft, 0.5);
	// Going in from the side: air, skin (soft), fat, muscle.
	std::string seen;
	for (double x = half_width + 2; x > half_width - 60; x -= 0.25) {
		const double p[3] = { x, -28, 0 };
		anatomy_tissue(&b.a, p, 0.25, &soft, &fat);
		char here = soft + fat < 0.5 ? 'a' : fat > 0.6 ? 'f' : 's';
		if (seen.empty() || seen.back() != here)
			seen += here;
	}
	EXPECT_EQ("asfs", seen);
}

TEST(Anatomy, LabelsAreOnTheirSides)
{
	Body b;
	const double low[3] = { -160, -110, -150 }, high[3] = { 160, 70, 150 };
	Voxels v(b.a, GridOf(low, high, 3.0));
	const struct volume &l = v.v.labels;
	for (int64_t i = 0; i < volume_count(&l); i++) {
		uint8_t label = volume_u8(&l)[i];
		double x = low[0] + 1.5 + 3 * (double)(i % l.n[0]);
		if (label == 76 || label == 78) {
			ASSERT_GT(x, -2) << (int)label;
		} else if (label == 75 || label == 77) {
			ASSERT_LT(x, 2) << (int)label;
		}
	}
}

TEST(Anatomy, StrongerRightHipStaysRight)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[ANATOMY_RIGHT].trabecular_mg_cm3 *= 1.5;
	Body b(p), plain;
	Region right = RegionOf(b.a, ANATOMY_RIGHT, 1.5), left = RegionOf(b.a, ANATOMY_LEFT, 1.5);
	Region before = RegionOf(plain.a, ANATOMY_LEFT, 1.5);
	EXPECT_GT(right.abmd.abmd_g_cm2, left.abmd.abmd_g_cm2 + 0.05);
	EXPECT_DOUBLE_EQ(before.mineral_g, left.mineral_g);
}

TEST(Anatomy, ArealDensityRisesWithCortexAndTrabeculae)
{
	struct anatomy_params p = anatomy_params_default();
	double base = RegionOf(Body(p).a, ANATOMY_RIGHT, 1.5).abmd.abmd_g_cm2;
	EXPECT_GT(base, 0.6);
	EXPECT_LT(base, 1.1);
	double struct_step[4];
	for (int which = 0; which < 4; which++) {
		struct anatomy_params q = p;
		struct anatomy_femur &f = q.femur[ANATOMY_RIGHT];
		double *values[] = { &f.cortex_shaft_mm, &f.cortex_neck_mm, &f.cortical_mg_cm3,
			&f.trabecular_mg_cm3 };
		*values[which] *= 1.1;
		struct_step[which] = RegionOf(Body(q).a, ANATOMY_RIGHT, 1.5).abmd.abmd_g_cm2 - base;
		EXPECT_GT(struct_step[which], 0.005) << which;
	}
	// Density scales mineral exactly: cortex and trabeculae together by 10 % make 10 %.
	EXPECT_NEAR(0.1 * base, struct_step[2] + struct_step[3], 0.001);
}

TEST(Anatomy, RegionConvergesWithTheGrid)
{
	Body b;
	Region fine = RegionOf(b.a, ANATOMY_LEFT, 0.7);
	for (double spacing : { 2.0, 1.0 }) {
		Region r = RegionOf(b.a, ANATOMY_LEFT, spacing);
		EXPECT_NEAR(fine.mineral_g, r.mineral_g, 0.005 * fine.mineral_g) << spacing;
		EXPECT_NEAR(fine.bone_cm3, r.bone_cm3, 0.005 * fine.bone_cm3) << spacing;
	}
	EXPECT_NEAR(fine.abmd.abmd_g_cm2, RegionOf(b.a, ANATOMY_LEFT, 1.0).abmd.abmd_g_cm2, 0.01);
}

TEST(Anatomy, FrameIsFoundOnTheLabels)
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[0].torsion_deg = 25;
	p.femur[1].neck_shaft_deg = 118;
	Body b(p);
	const double low[3] = { -170, -90, -166 }, high[3] = { 170, 80, 60 };
	Voxels v(b.a, GridOf(low, high, 2.0));
	struct volume labels = {};
	ASSERT_OK(volume_init(&labels, v.v.labels.n, v.v.labels.to_world, VOLUME_U16));
	for (int64_t i = 0; i < volume_count(&labels); i++)
		volume_u16(&labels)[i] = volume_u8(&v.v.labels)[i];
	for (int side = 0; side < 2; side++) {
		struct femur_frame found = {};
		const struct femur_frame truth = anatomy_femur_frame(&b.a, (enum anatomy_side)side);
		ASSERT_OK(femur_frame_find(&found, &labels, side ? 75 : 76, truth.side));
		double distance = 0, neck = 0, shaft = 0;
		for (int k = 0; k < 3; k++) {
			distance += std::pow(found.head_centre_mm[k] - truth.head_centre_mm[k], 2);
			neck += found.neck_axis[k] * truth.neck_axis[k];
			shaft += found.shaft_axis[k] * truth.shaft_axis[k];
		}
		EXPECT_LE(std::sqrt(distance), 1.5);
		EXPECT_NEAR(truth.head_radius_mm, found.head_radius_mm, 1.0);
		EXPECT_GE(neck, std::cos(6 * M_PI / 180));
		EXPECT_GE(shaft, std::cos(6 * M_PI / 180));
	}
	volume_free(&labels);
}

TEST(Anatomy, RefusesImpossibleParameters)
{
	struct anatomy a;
	struct anatomy_params p = anatomy_params_default();
	p.femur[ANATOMY_LEFT].cortex_neck_mm = 9;
	EXPECT_EQ(-1, anatomy_init(&a, &p));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), ::testing::HasSubstr("left femur's cortex_neck_mm = 9"));
	p = anatomy_params_default();
	p.muscle_fat = NAN;
	EXPECT_EQ(-1, anatomy_init(&a, &p));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("muscle_fat"));
}

} // namespace

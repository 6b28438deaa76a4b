#include "drr/cohort/person.h"

#include <cmath>
#include <cstring>
#include <set>
#include "host/run/rng.h"
#include "tests/support/support.h"

namespace
{

TEST(Person, IsAFunctionOfSeedAndIndex)
{
	struct person a = person_sample(7, 3, 2), b = person_sample(7, 3, 2), other = person_sample(8, 3, 2);
	EXPECT_STREQ("sub-B0004", a.id);
	EXPECT_EQ(0, memcmp(&a.anatomy, &b.anatomy, sizeof(a.anatomy)));
	EXPECT_NE(a.anatomy.femur[0].head_diameter_mm, other.anatomy.femur[0].head_diameter_mm);
	// The number of sites moves a participant to another hospital, not to another body.
	struct person moved = person_sample(7, 3, 3);
	EXPECT_STREQ("sub-A0004", moved.id);
	EXPECT_EQ(0, memcmp(&a.anatomy, &moved.anatomy, sizeof(a.anatomy)));
}

TEST(Person, BodiesAreAllPossible)
{
	struct anatomy a;
	for (uint64_t seed : { 1, 2, 99 })
		for (int64_t i = 0; i < 700; i++) {
			struct person p = person_sample(seed, i, 5);
			ASSERT_OK(anatomy_init(&a, &p.anatomy)) << p.id;
			ASSERT_TRUE(p.sex == 'F' || p.sex == 'M');
			ASSERT_GE(p.age, 50);
			ASSERT_LE(p.age, 85);
			ASSERT_NEAR(p.bmi, p.weight_kg / (p.height_cm * p.height_cm * 1e-4), 1e-9);
		}
}

TEST(Person, BonesLieWithinTheSkin)
{
	struct anatomy a;
	int64_t inside = 0, bare = 0;
	for (int64_t i = 0; i < 300; i++) {
		struct person p = person_sample(17, i, 1);
		struct rng r = rng_init(17, (uint64_t)i);
		ASSERT_OK(anatomy_init(&a, &p.anatomy));
		for (int k = 0; k < 4000; k++) {
			const double at[3] = { rng_range(&r, -170, 170), rng_range(&r, -120, 80),
				rng_range(&r, -170, 160) };
			double soft, fat;
			for (int part = 0; part < ANATOMY_PARTS; part++) {
				if (anatomy_sdf(&a, (enum anatomy_part)part, at) > 0)
					continue;
				anatomy_tissue(&a, at, 1, &soft, &fat);
				inside++;
				bare += soft + fat < 0.999;
			}
		}
	}
	EXPECT_GT(inside, 30000);
	EXPECT_EQ(0, bare);
}

// physics-and-clinical.md 5: head diameter, offset, angles; total hip by sex.
TEST(Person, FollowsThePublishedDistributions)
{
	double n[2] = {}, head[2] = {}, target[2] = {}, squares[2] = {}, torsion = 0, angle = 0;
	const int count = 4000;
	for (int i = 0; i < count; i++) {
		struct person p = person_sample(11, i, 2);
		int s = p.sex == 'F' ? 0 : 1;
		n[s]++;
		head[s] += p.anatomy.femur[0].head_diameter_mm;
		target[s] += p.density_target_g_cm2;
		squares[s] += p.density_target_g_cm2 * p.density_target_g_cm2;
		torsion += p.anatomy.femur[0].torsion_deg / count;
		angle += p.anatomy.femur[0].neck_shaft_deg / count;
	}
	EXPECT_NEAR(0.6, n[0] / count, 0.03);
	EXPECT_NEAR(43.25, head[0] / n[0], 0.3);
	EXPECT_NEAR(48.5, head[1] / n[1], 0.3);
	EXPECT_NEAR(14.7, torsion, 1.0);
	EXPECT_NEAR(122.4, angle, 1.0);
	EXPECT_NEAR(0.735, target[0] / n[0], 0.02);
	EXPECT_NEAR(0.877, target[1] / n[1], 0.02);
	for (int s = 0; s < 2; s++) {
		double sd = std::sqrt(squares[s] / n[s] - std::pow(target[s] / n[s], 2));
		EXPECT_GT(sd, 0.09);
		EXPECT_LT(sd, 0.14);
	}
}

TEST(Person, SidesAreAlikeNotEqual)
{
	double difference = 0, spread = 0;
	const int count = 500;
	for (int i = 0; i < count; i++) {
		struct person p = person_sample(3, i, 2), q = person_sample(3, i + 1, 2);
		ASSERT_NE(p.anatomy.femur[0].offset_mm, p.anatomy.femur[1].offset_mm);
		difference +=
			std::fabs(p.anatomy.femur[0].cortex_shaft_mm - p.anatomy.femur[1].cortex_shaft_mm);
		spread += std::fabs(p.anatomy.femur[0].cortex_shaft_mm - q.anatomy.femur[0].cortex_shaft_mm);
	}
	EXPECT_LT(difference, 0.35 * spread);
}

TEST(Person, PosesDiffer)
{
	struct person p = person_sample(3, 0, 2);
	EXPECT_NE(p.ct_pose.rotate_rad[0], p.xray_pose.rotate_rad[0]);
	for (int i = 0; i < 50; i++)
		EXPECT_LE(std::abs(person_sample(3, i, 2).xray_days), 30);
}

} // namespace

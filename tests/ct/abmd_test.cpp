#include "ct/abmd.h"
#include <cmath>
#include "tests/support/support.h"

TEST(Abmd, MeansOverTheMaskOnly)
{
	// (mineral, path): two pixels in the mask, one just below it, one empty.
	const float mineral[] = { 0.9f, 0.3f, 5.0f, 0.0f }, path[] = { 3.0f, 0.2f, 0.199f, 0.0f };
	struct abmd a = abmd_read(mineral, path, 1, 4);
	EXPECT_EQ(2, a.pixels);
	EXPECT_NEAR(0.6, a.abmd_g_cm2, 1e-7);
	EXPECT_NEAR(1000 * 1.2 / 3.2, a.vbmd_mg_cm3, 1e-4);
	EXPECT_NEAR(1.2, a.mineral_sum_g_cm2, 1e-7);
	EXPECT_NEAR(3.2, a.path_sum_cm, 1e-7);
}

TEST(Abmd, StrideWalksInterleavedChannels)
{
	const float both[] = { 0.5f, 2.0f, 0.7f, 2.0f, 9.0f, 0.1f };
	struct abmd a = abmd_read(both, both + 1, 2, 3);
	EXPECT_EQ(2, a.pixels);
	EXPECT_NEAR(0.6, a.abmd_g_cm2, 1e-7);
	EXPECT_NEAR(300, a.vbmd_mg_cm3, 1e-4);
}

TEST(Abmd, EmptyMaskIsNan)
{
	const float mineral[] = { 1.0f, 1.0f }, path[] = { 0.1f, NAN };
	struct abmd a = abmd_read(mineral, path, 1, 2);
	EXPECT_EQ(0, a.pixels);
	EXPECT_TRUE(std::isnan(a.abmd_g_cm2));
	EXPECT_TRUE(std::isnan(a.vbmd_mg_cm3));
}

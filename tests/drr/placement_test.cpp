#include <cstring>
#include "drr/placement.h"
#include "tests/drr/scene.h"

namespace
{

const std::array<int64_t, 3> kSize = { 20, 30, 40 };

TEST(Placement, TurnedAxesPassAndShearedOnesAreRefusedWithTheirAngle)
{
	std::mt19937 random(5);
	std::uniform_real_distribution<double> turn(-3, 3);
	for (int i = 0; i < 20; i++) {
		Affine affine(kSize, { 0.7, 1.3, 2.5 }, { turn(random), turn(random), turn(random) });
		Grid grid(kSize, affine.m);
		EXPECT_OK(placement_check_axes(&grid.v, "turned.nii"));
	}
	for (int a = 0; a < 3; a++) {
		Affine affine(kSize, { 0.7, 1.3, 2.5 });
		int b = (a + 1) % 3;
		// axis b leans towards axis a by 10 degrees
		affine.m[a][b] = affine.m[b][b] * std::tan(10 * M_PI / 180);
		Grid grid(kSize, affine.m);
		EXPECT_EQ(-1, placement_check_axes(&grid.v, "leaning.nii"));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_NE(nullptr, strstr(err_message(), "80.00 degrees")) << err_message();
		EXPECT_NE(nullptr, strstr(err_message(), "leaning.nii")) << err_message();
		affine.m[a][b] = affine.m[b][b] * std::tan(0.05 * M_PI / 180); // rounding of a header
		Grid nearly(kSize, affine.m);
		EXPECT_OK(placement_check_axes(&nearly.v, "nearly.nii"));
	}
}

TEST(Placement, RefusesASpacingOfZero)
{
	Affine affine(kSize, { 1, 1, 1 });
	Grid grid(kSize, affine.m);
	for (int k = 0; k < 3; k++)
		grid.v.to_world[k][1] = 0;
	EXPECT_EQ(-1, placement_check_axes(&grid.v, "flat.nii"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_NE(nullptr, strstr(err_message(), "axis 1 has a spacing of 0 mm")) << err_message();
}

// 30 voxels of 4 mm along the beam, the isocentre in their middle: the box ends 60 mm from it.
TEST(Placement, TheSourceStaysOutOfTheBox)
{
	Affine affine(kSize, { 2, 4, 1 });
	Grid grid(kSize, affine.m);
	pose poses[2] = {};
	for (geometry_view view : { GEOMETRY_AP, GEOMETRY_PA }) {
		geometry g = Geometry(GEOMETRY_CONE, view, 10, 10, 1, 60.1, 600);
		EXPECT_OK(placement_check_source(&g, &grid.v, poses, 1));
		g.sod_mm = 59.9;
		EXPECT_EQ(-1, placement_check_source(&g, &grid.v, poses, 1));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_NE(nullptr, strstr(err_message(), "--sod-mm 59.9")) << err_message();
		g.projection = GEOMETRY_PARALLEL;
		EXPECT_OK(placement_check_source(&g, &grid.v, poses, 1)) << "parallel rays have no source";
	}
	geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 10, 10, 1, 70, 600);
	poses[1].shift_mm[1] = 15; // towards the source
	EXPECT_EQ(-1, placement_check_source(&g, &grid.v, poses, 2));
	EXPECT_NE(nullptr, strstr(err_message(), "pose 2")) << err_message();
	g = Geometry(GEOMETRY_CONE, GEOMETRY_LAT, 10, 10, 1, 21, 600);
	EXPECT_OK(placement_check_source(&g, &grid.v, poses, 1)) << "20 mm to the side";
}

TEST(Placement, SaysHowFarTheVolumeReachesBehindTheDetector)
{
	Affine affine(kSize, { 2, 4, 1 });
	Grid grid(kSize, affine.m);
	pose poses[2] = {};
	geometry g = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 10, 10, 1, 500, 561);
	EXPECT_EQ(0, placement_behind_detector_mm(&g, &grid.v, poses, 1));
	g.sdd_mm = 540;
	EXPECT_NEAR(20, placement_behind_detector_mm(&g, &grid.v, poses, 1), 1e-9);
	poses[1].shift_mm[1] = -7;
	EXPECT_NEAR(27, placement_behind_detector_mm(&g, &grid.v, poses, 2), 1e-9);
	g.projection = GEOMETRY_PARALLEL;
	EXPECT_EQ(0, placement_behind_detector_mm(&g, &grid.v, poses, 2));
}

} // namespace

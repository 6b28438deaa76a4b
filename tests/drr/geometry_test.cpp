#include <cstdlib>
#include <cstring>
#include "tests/drr/scene.h"

namespace
{

const double kPi = 3.14159265358979323846;

TEST(Geometry, ViewsPutTheRightSideOfThePatientAtTheLeftOfTheScreen)
{
	// right, anterior and superior of the isocentre by 10 mm
	const double right[3] = { 10, 0, 0 }, front[3] = { 0, 10, 0 }, head[3] = { 0, 0, 10 };
	pose still = {};
	double c, r;
	for (geometry_view view : { GEOMETRY_AP, GEOMETRY_PA }) {
		geometry g = Geometry(GEOMETRY_PARALLEL, view, 101, 101, 1);
		geometry_project(&g, &still, right, &c, &r);
		EXPECT_NEAR(40, c, 1e-12);
		EXPECT_NEAR(50, r, 1e-12);
		geometry_project(&g, &still, head, &c, &r);
		EXPECT_NEAR(50, c, 1e-12);
		EXPECT_NEAR(40, r, 1e-12);
	}
	geometry g = Geometry(GEOMETRY_PARALLEL, GEOMETRY_LAT, 101, 101, 1);
	geometry_project(&g, &still, front, &c, &r);
	EXPECT_NEAR(40, c, 1e-12) << "columns grow towards posterior";
}

TEST(Geometry, MagnificationGrowsTowardsTheSource)
{
	pose still = {};
	double c, r;
	// ap: the source is in front; lat: on the patient's left (-x)
	struct {
		geometry_view view;
		double near[3];
	} cases[] = { { GEOMETRY_AP, { 0, 100, 0 } }, { GEOMETRY_PA, { 0, -100, 0 } },
		{ GEOMETRY_LAT, { -100, 0, 0 } } };
	for (auto &test : cases) {
		geometry g = Geometry(GEOMETRY_CONE, test.view, 64, 65, 0.5, 1000, 1200);
		EXPECT_NEAR(1200.0 / 900, geometry_project(&g, &still, test.near, &c, &r), 1e-12);
		EXPECT_NEAR(31.5, c, 1e-12);
		EXPECT_NEAR(32, r, 1e-12);
		double behind[3] = { 15 * test.near[0], 15 * test.near[1], 0 };
		EXPECT_TRUE(std::isnan(geometry_project(&g, &still, behind, &c, &r))) << "behind the source";
	}
}

TEST(Geometry, PoseSignsAreRightHandedAboutTheIsocentre)
{
	geometry g = Geometry(GEOMETRY_PARALLEL, GEOMETRY_AP, 101, 101, 1);
	const double iso[3] = { 7, -3, 20 };
	std::copy(iso, iso + 3, g.isocentre_mm);
	double c, r;
	auto at = [&](pose p, double x, double y, double z) {
		double point[3] = { iso[0] + x, iso[1] + y, iso[2] + z };
		geometry_project(&g, &p, point, &c, &r);
	};
	pose p = {};
	p.rotate_rad[0] =
		kPi / 2; // +rx takes anterior (+y) to superior (+z): flexion of a femur that points down
	at(p, 0, 10, 0);
	EXPECT_NEAR(50, c, 1e-9);
	EXPECT_NEAR(40, r, 1e-9);
	p = {};
	p.rotate_rad[1] = kPi / 2; // +ry takes superior to right
	at(p, 0, 0, 10);
	EXPECT_NEAR(40, c, 1e-9);
	EXPECT_NEAR(50, r, 1e-9);
	p = {};
	p.rotate_rad[2] = kPi / 2; // +rz takes anterior to left (x -> y, y -> -x)
	at(p, 0, 10, 0);
	EXPECT_NEAR(60, c, 1e-9);
	EXPECT_NEAR(50, r, 1e-9);
	p = {};
	p.rotate_rad[0] = p.rotate_rad[2] = kPi / 2; // x first: y -> z, which rz leaves alone
	at(p, 0, 10, 0);
	EXPECT_NEAR(50, c, 1e-9);
	EXPECT_NEAR(40, r, 1e-9);
	p.shift_mm[0] = 5; // after the rotation, to the patient's right
	at(p, 0, 10, 0);
	EXPECT_NEAR(45, c, 1e-9);
	at(p, 0, 0, 0);
	EXPECT_NEAR(45, c, 1e-9);
	EXPECT_NEAR(50, r, 1e-9);
}

TEST(Geometry, RaysPassThroughTheWorldPointsTheyShow)
{
	std::mt19937 random(1);
	std::uniform_real_distribution<double> unit(-1, 1);
	std::array<int64_t, 3> n = { 20, 31, 17 };
	Affine affine(n, { 2, 1.5, 3 }, { 0.3, -0.2, 0.5 }, { 30, -20, 100 });
	Grid grid(n, affine.m);
	for (int i = 0; i < 200; i++) {
		geometry g = Geometry(
			i % 2 ? GEOMETRY_CONE : GEOMETRY_PARALLEL, (geometry_view)(i % 3), 40, 33, 1.7);
		geometry_volume_centre_mm(&grid.v, g.isocentre_mm);
		EXPECT_NEAR(30, g.isocentre_mm[0], 1e-9);
		pose p = RandomPose(&random, 3, 20);
		double index[3] = { 20 * unit(random), 20 * unit(random), 20 * unit(random) }, world[3], c, r;
		volume_index_to_world(&grid.v, index, world);
		geometry_project(&g, &p, world, &c, &r);
		struct geometry_rays rays;
		ASSERT_OK(geometry_rays(&rays, &g, &p, &grid.v));
		// index lies on the ray of (c, r): the cross product of its arm with the direction vanishes
		Vec3 pixel, along, arm;
		for (int k = 0; k < 3; k++) {
			pixel[k] = rays.origin[k] + c * rays.du[k] + r * rays.dv[k];
			along[k] =
				g.projection == GEOMETRY_CONE ? pixel[k] - rays.source[k] : rays.direction[k];
			arm[k] = index[k] - pixel[k];
		}
		double t = Dot(arm, along) / Dot(along, along);
		EXPECT_LE(Length(arm - t * along), 1e-9);
		IndexRay expected = RayOf(g, p, grid.v, 5, 9);
		if (g.projection == GEOMETRY_CONE)
			for (int k = 0; k < 3; k++) {
				EXPECT_NEAR(expected.from[k], rays.source[k], 1e-9);
				EXPECT_NEAR(expected.to[k], rays.origin[k] + 5 * rays.du[k] + 9 * rays.dv[k],
					1e-9);
			}
	}
}

TEST(Geometry, ImageAffineNamesThePixelsOnTheDetector)
{
	for (geometry_view view : { GEOMETRY_AP, GEOMETRY_PA, GEOMETRY_LAT }) {
		geometry g = Geometry(GEOMETRY_CONE, view, 8, 5, 2, 500, 700);
		g.isocentre_mm[2] = 50;
		double m[4][4];
		geometry_image_affine(&g, m);
		for (int c = 0; c < 8; c += 7)
			for (int r = 0; r < 5; r += 4) {
				double index[3] = { (double)c, (double)r, 0 }, world[3], col, row;
				affine_apply(m, index, world);
				pose still = {};
				EXPECT_NEAR(1, geometry_project(&g, &still, world, &col, &row), 1e-12)
					<< "the plane lies sdd from the source";
				EXPECT_NEAR(c, col, 1e-9);
				EXPECT_NEAR(r, row, 1e-9);
			}
	}
}

TEST(Geometry, RefusesImpossibleOnes)
{
	auto refused = [](geometry g, const char *word) {
		EXPECT_EQ(-1, geometry_check(&g));
		EXPECT_EQ(EXIT_CODE_USAGE, err_code());
		EXPECT_NE(nullptr, strstr(err_message(), word)) << err_message();
	};
	geometry good = Geometry(GEOMETRY_CONE, GEOMETRY_AP, 4, 4, 1), g = good;
	EXPECT_OK(geometry_check(&g));
	g.cols = 0, refused(g, "--size");
	g = good, g.pixel_mm = -1, refused(g, "--pixel-mm");
	g = good, g.pixel_mm = NAN, refused(g, "--pixel-mm");
	g = good, g.sod_mm = 0, refused(g, "--sod-mm");
	g = good, g.sdd_mm = g.sod_mm - 1, refused(g, "--sdd-mm");
	g = good, g.isocentre_mm[1] = INFINITY, refused(g, "--isocentre-mm");
	g = good, g.projection = GEOMETRY_PARALLEL, g.sod_mm = g.sdd_mm = 0;
	EXPECT_OK(geometry_check(&g));
}

TEST(Geometry, ReadsPosesInDegreesAndMillimetres)
{
	ScratchFolder folder;
	WriteFile(folder / "p.tsv", "tx\tty\ttz\trx\try\trz\n1\t2\t3\t90\t-45\t180\n0\t0\t0\t0\t0\t0\n");
	pose *poses = nullptr;
	int64_t n = 0;
	ASSERT_OK(pose_read_table(&poses, &n, (folder / "p.tsv").c_str()));
	ASSERT_EQ(2, n);
	EXPECT_NEAR(kPi / 2, poses[0].rotate_rad[0], 1e-15);
	EXPECT_NEAR(-kPi / 4, poses[0].rotate_rad[1], 1e-15);
	EXPECT_NEAR(kPi, poses[0].rotate_rad[2], 1e-15);
	EXPECT_EQ(3, poses[0].shift_mm[2]);
	free(poses);

	for (const char *bad : { "rx\try\trz\ttx\tty\n1\t2\t3\t4\t5\n",
		     "rx\try\trz\ttx\tty\ttz\n1\t2\tn/a\t4\t5\t6\n", "rx\try\trz\ttx\tty\ttz\n" }) {
		WriteFile(folder / "bad.tsv", bad);
		EXPECT_EQ(-1, pose_read_table(&poses, &n, (folder / "bad.tsv").c_str())) << bad;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_EQ(nullptr, poses);
	}
}

TEST(Geometry, SidecarAlwaysHasTheIsocentre)
{
	geometry g = Geometry(GEOMETRY_PARALLEL, GEOMETRY_LAT, 4, 3, 0.5);
	g.isocentre_mm[1] = -2.5;
	json *object = geometry_to_json(&g);
	double iso[3];
	ASSERT_OK(json_get_numbers(object, "isocentre_mm", "test", iso, 3));
	EXPECT_EQ(-2.5, iso[1]);
	const char *text;
	ASSERT_OK(json_get_text(object, "view", "test", &text));
	EXPECT_STREQ("lat", text);
	EXPECT_EQ(nullptr, json_member(object, "sod_mm")) << "a parallel beam has none";
	json_free(object);
	pose p = {};
	p.rotate_rad[0] = kPi / 6;
	object = pose_to_json(&p);
	double degrees[3];
	ASSERT_OK(json_get_numbers(object, "rotate_deg", "test", degrees, 3));
	EXPECT_NEAR(30, degrees[0], 1e-12);
	json_free(object);
}

} // namespace

#include "ct/frame.h"
#include <cmath>
#include "ct/component.h"
#include "ct/sphere.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"
#include <gmock/gmock.h>

namespace
{
double Degrees(const Point &a, const double b[3])
{
	const Point q = { b[0], b[1], b[2] };
	return std::acos(std::fmin(1, Dot(a, q) / Norm(a) / Norm(q))) * 180 / M_PI;
}

struct Grid {
	const char *name;
	double R[3][3]; // world <- index axes
	Point mm;
};
const double kC = std::cos(0.4), kS = std::sin(0.4), kD = std::cos(0.3), kT = std::sin(0.3);
const Grid kGrids[] = {
	{ "along the axes", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, { 1.5, 1.5, 1.5 } },
	{ "mirrored, thick slices", { { -1, 0, 0 }, { 0, -1, 0 }, { 0, 0, 1 } }, { 1, 1, 3 } },
	{ "permuted", { { 0, 0, 1 }, { -1, 0, 0 }, { 0, -1, 0 } }, { 1.2, 1.5, 2 } },
	{ "oblique", { { kC, -kS *kD, kS *kT }, { kS, kC *kD, -kC *kT }, { 0, kT, kD } }, { 1.5, 1.5, 1.5 } },
	{ "coarse", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, { 3, 3, 3 } },
};

void ExpectFrame(const DigitalFemur &femur, const struct femur_frame &f, const std::string &what)
{
	const Point head = { f.head_centre_mm[0], f.head_centre_mm[1], f.head_centre_mm[2] };
	EXPECT_LE(Norm(Sub(head, femur.head)), 1.0) << what;
	EXPECT_NEAR(femur.head_mm, f.head_radius_mm, 0.7) << what;
	EXPECT_LE(Degrees(femur.neck, f.neck_axis), 5) << what;
	EXPECT_LE(Degrees(femur.shaft, f.shaft_axis), 1.5) << what;
	EXPECT_FALSE(f.shaft_assumed) << what;
}
} // namespace

TEST(Sphere, ThroughAPatchOfExactPoints)
{
	const Point c = { 100.5, -40.25, 900 };
	std::vector<double> points, weights;
	for (int i = 0; i < 40; i++)
		for (int k = 0; k < 15; k++) {
			double a = 0.157 * i, b = 0.08 * k;
			for (double v : { c[0] + 23 * std::sin(b) * std::cos(a),
				     c[1] + 23 * std::sin(b) * std::sin(a), c[2] + 23 * std::cos(b) })
				points.push_back(v);
			weights.push_back(1 + 0.1 * k);
		}
	struct sphere s;
	ASSERT_EQ(0, sphere_fit(&s, points.data(), weights.data(), (int64_t)weights.size()));
	for (int a = 0; a < 3; a++)
		EXPECT_NEAR(c[a], s.centre_mm[a], 1e-7);
	EXPECT_NEAR(23, s.radius_mm, 1e-7);
	// Gauss-Newton comes back from a bad start.
	s.centre_mm[0] += 4;
	s.radius_mm -= 3;
	double step = 1;
	for (int k = 0; k < 20 && step > 1e-10; k++)
		ASSERT_EQ(
			0, sphere_refine(&s, &step, points.data(), weights.data(), (int64_t)weights.size()));
	EXPECT_NEAR(c[0], s.centre_mm[0], 1e-7);
	EXPECT_NEAR(23, s.radius_mm, 1e-7);
}

TEST(Sphere, RefusesPointsOfAPlane)
{
	std::vector<double> points, weights(25, 1.0);
	for (int i = 0; i < 25; i++)
		for (double v : { (double)(i % 5), (double)(i / 5), 3.0 })
			points.push_back(v);
	struct sphere s;
	EXPECT_EQ(-1, sphere_fit(&s, points.data(), weights.data(), 25));
	EXPECT_EQ(-1, sphere_fit(&s, points.data(), weights.data(), 0));
}

TEST(Component, LargestPieceAndItsIslands)
{
	Volume v({ 9, 7, 5 }, Spacing(1, 1, 1).m, VOLUME_U16);
	uint16_t *label = volume_u16(v.get());
	for (int64_t x = 1; x < 4; x++)
		label[v.at(x, 1, 1)] = 7; // 3 voxels
	for (int64_t z = 0; z < 5; z++)
		label[v.at(8, 6, z)] = 7; // 5 voxels on the image's corner
	label[v.at(4, 2, 1)] = 7;	  // touches the first piece by an edge only
	label[v.at(4, 1, 1)] = 8;
	struct component c;
	ASSERT_OK(component_largest(&c, v.get(), 7));
	EXPECT_EQ(5, c.voxels);
	EXPECT_EQ(4, c.others);
	const int64_t in[3] = { 8, 6, 4 }, out[3] = { 2, 1, 1 }, beyond[3] = { 9, 6, 4 };
	EXPECT_TRUE(component_has(&c, in));
	EXPECT_FALSE(component_has(&c, out));
	EXPECT_FALSE(component_has(&c, beyond));
	component_free(&c);
	component_free(&c);
	EXPECT_EQ(-1, component_largest(&c, v.get(), 9));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(FemurFrame, DigitalFemurOnAllKindsOfGrids)
{
	for (bool right : { true, false }) {
		const DigitalFemur femur(right, { right ? 91.3 : -88.7, 12.1, 260.4 });
		for (const Grid &g : kGrids) {
			Volume labels = FemurLabels(femur, g.R, g.mm, 75);
			struct femur_frame f;
			ASSERT_OK(femur_frame_find(&f, labels.get(), 75, right ? LABEL_RIGHT : LABEL_LEFT))
				<< g.name;
			ExpectFrame(femur, f, std::string(g.name) + (right ? " right" : " left"));
			EXPECT_EQ(right ? LABEL_RIGHT : LABEL_LEFT, f.side);
		}
	}
}

TEST(FemurFrame, FlexedThigh)
{
	for (double flexion : { -0.2, 0.0, 0.5 }) {
		const DigitalFemur femur(true, { 90, 10, 100 }, flexion);
		double half[3] = { 80, 150, 180 };
		const Point mm = { 2, 2, 2 };
		Volume labels = Cover({ 110, 50, 30 }, half, Identity(), mm.data(), VOLUME_U16);
		femur.paint(labels, 76);
		struct femur_frame f;
		ASSERT_OK(femur_frame_find(&f, labels.get(), 76, LABEL_RIGHT)) << flexion;
		ExpectFrame(femur, f, std::to_string(flexion));
	}
}

// An island far medial and proximal of the head must not lead the search away.
TEST(FemurFrame, IslandsAreIgnored)
{
	const DigitalFemur femur(true, { 90, 10, 200 });
	Volume labels = FemurLabels(femur, Identity(), { 2, 2, 2 }, 76);
	for (int64_t z = labels->n[2] - 4; z < labels->n[2]; z++)
		for (int64_t y = 0; y < 4; y++)
			for (int64_t x = 0; x < 4; x++)
				volume_u16(labels.get())[labels.at(x, y, z)] = 76;
	struct femur_frame f;
	ASSERT_OK(femur_frame_find(&f, labels.get(), 76, LABEL_RIGHT));
	ExpectFrame(femur, f, "island");
}

TEST(FemurFrame, ShortStumpTakesTheBodysAxis)
{
	const DigitalFemur femur(true, { 90, 10, 200 });
	Volume labels = FemurLabels(femur, Identity(), { 1.5, 1.5, 1.5 }, 76);
	for (int64_t i = 0; i < volume_count(labels.get()); i++)
		if (labels.world(i)[2] < 200 - 70)
			volume_u16(labels.get())[i] = 0;
	struct femur_frame f;
	ASSERT_OK(femur_frame_find(&f, labels.get(), 76, LABEL_RIGHT));
	EXPECT_TRUE(f.shaft_assumed);
	EXPECT_EQ(-1, f.shaft_axis[2]);
	EXPECT_NEAR(24, f.head_radius_mm, 0.7);
}

TEST(FemurFrame, RefusesWithTheReason)
{
	const DigitalFemur femur(true, { 90, 10, 200 });
	struct femur_frame f;
	{
		Volume labels = FemurLabels(femur, Identity(), { 2, 2, 2 }, 76);
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 75, LABEL_LEFT));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), testing::HasSubstr("no voxel carries label 75"));
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 76, LABEL_MIDLINE));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 76, LABEL_LEFT)); // wrong side
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	}
	{ // the head is gone
		Volume labels = FemurLabels(femur, Identity(), { 2, 2, 2 }, 76);
		for (int64_t i = 0; i < volume_count(labels.get()); i++)
			if (Dot(Sub(labels.world(i), femur.head), femur.neck) < 25)
				volume_u16(labels.get())[i] = 0;
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 76, LABEL_RIGHT));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), testing::HasSubstr("label 76"));
	}
	{ // a brick
		const Point mm = { 2, 2, 2 };
		double half[3] = { 40, 40, 40 };
		Volume labels = Cover({ 90, 0, 0 }, half, Identity(), mm.data(), VOLUME_U16);
		for (int64_t z = 3; z < 35; z++)
			for (int64_t y = 10; y < 30; y++)
				for (int64_t x = 10; x < 30; x++)
					volume_u16(labels.get())[labels.at(x, y, z)] = 76;
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 76, LABEL_RIGHT));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	}
	{ // the image ends in the middle of the head
		Volume labels = FemurLabels(femur, Identity(), { 2, 2, 2 }, 76);
		for (int64_t i = 0; i < volume_count(labels.get()); i++)
			if (labels.world(i)[2] > 195)
				volume_u16(labels.get())[i] = 0;
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 76, LABEL_RIGHT));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	}
}

namespace
{
struct femur_frame TrueFrame(const DigitalFemur &femur)
{
	struct femur_frame f = {};
	f.side = femur.right ? LABEL_RIGHT : LABEL_LEFT;
	f.head_radius_mm = femur.head_mm;
	for (int a = 0; a < 3; a++) {
		f.head_centre_mm[a] = femur.head[a];
		f.neck_axis[a] = femur.neck[a];
		f.shaft_axis[a] = femur.shaft[a];
	}
	return f;
}
} // namespace

TEST(HipRegion, FollowsTheTwoPlanes)
{
	const DigitalFemur femur(true, { 90, 10, 200 });
	const struct femur_frame f = TrueFrame(femur);
	const struct total_hip_rule rule = total_hip_rule_default();
	EXPECT_EQ(0.9, rule.neck_cut_radii);
	EXPECT_EQ(3.6, rule.distal_cut_radii);
	EXPECT_FALSE(total_hip_contains(&f, &rule, femur.head.data()));
	EXPECT_TRUE(total_hip_contains(&f, &rule, Along(femur.head, 0.91 * 24, femur.neck).data()));
	EXPECT_FALSE(total_hip_contains(&f, &rule, Along(femur.head, 0.89 * 24, femur.neck).data()));
	const Point knee = Along(femur.head, 52, femur.neck);
	const double depth = Dot(Sub(knee, femur.head), femur.shaft);
	EXPECT_TRUE(total_hip_contains(&f, &rule, Along(knee, 3.59 * 24 - depth, femur.shaft).data()));
	EXPECT_FALSE(total_hip_contains(&f, &rule, Along(knee, 3.61 * 24 - depth, femur.shaft).data()));
}

TEST(HipRegion, LabelsAndVolume)
{
	const DigitalFemur femur(true, { 90, 10, 200 });
	const struct femur_frame f = TrueFrame(femur);
	const struct total_hip_rule rule = total_hip_rule_default();
	for (const Grid &g : kGrids) {
		Volume labels = FemurLabels(femur, g.R, g.mm, 76), region;
		uint16_t *label = volume_u16(labels.get());
		label[3] = 78;
		label[5] = 76; // an island
		bool truncated = true;
		ASSERT_OK(hip_region(region.get(), &truncated, labels.get(), 76, 78, &f, &rule));
		EXPECT_FALSE(truncated) << g.name;
		ASSERT_EQ(VOLUME_U8, region->type);
		ASSERT_OK(volume_same_grid(region.get(), "region", labels.get(), "labels"));
		int64_t wrong = 0, total = 0;
		for (int64_t i = 0; i < volume_count(labels.get()); i++) {
			const Point p = labels.world(i), q = Sub(p, femur.head);
			bool in = label[i] == 76 && i != 5 && Dot(q, femur.neck) >= 0.9 * 24 &&
				  Dot(q, femur.shaft) < 3.6 * 24;
			int expected = label[i] == 76	? (in ? HIP_TOTAL : HIP_FEMUR)
				       : label[i] == 78 ? HIP_PELVIS
							: 0;
			wrong += volume_u8(region.get())[i] != expected;
			total += in;
		}
		EXPECT_EQ(0, wrong) << g.name;
		EXPECT_GT((double)total * volume_voxel_cm3(labels.get()), 40) << g.name;
	}
}

TEST(HipRegion, TruncatedByTheImageOrTheLabel)
{
	const DigitalFemur femur(true, { 90, 10, 200 }, 0);
	const struct femur_frame f = TrueFrame(femur);
	const struct total_hip_rule rule = total_hip_rule_default();
	// The distal cut lies at z = 200 - 86.4; the image's lowest slice at 110, 113 (no), 116, 130 (yes).
	const struct {
		double low_z;
		bool truncated;
	} cases[] = { { 110, false }, { 113, false }, { 116, true }, { 130, true } };
	for (const auto &c : cases) {
		Volume image({ 80, 70, 60 }, Spacing(2, 2, 2, { 40, -50, c.low_z }).m, VOLUME_U16), region;
		femur.paint(image, 76);
		bool truncated = !c.truncated;
		ASSERT_OK(hip_region(region.get(), &truncated, image.get(), 76, 0, &f, &rule));
		EXPECT_EQ(c.truncated, truncated) << c.low_z;
	}
	// The image goes on, the label does not.
	Volume image({ 80, 70, 100 }, Spacing(2, 2, 2, { 40, -50, 30 }).m, VOLUME_U16), region;
	femur.paint(image, 76);
	for (int64_t i = 0; i < volume_count(image.get()); i++)
		if (image.world(i)[2] < 125)
			volume_u16(image.get())[i] = 0;
	bool truncated = false;
	ASSERT_OK(hip_region(region.get(), &truncated, image.get(), 76, 0, &f, &rule));
	EXPECT_TRUE(truncated);
	// The image ends beside the greater trochanter.
	Volume narrow({ 40, 70, 100 }, Spacing(2, 2, 2, { 40, -50, 30 }).m, VOLUME_U16), narrow_region;
	femur.paint(narrow, 76);
	truncated = false;
	ASSERT_OK(hip_region(narrow_region.get(), &truncated, narrow.get(), 76, 0, &f, &rule));
	EXPECT_TRUE(truncated);
}

#include "drr/cohort/scan.h"

#include <cmath>
#include "ct/calibrate.h"
#include "drr/cohort/motion.h"
#include "drr/spectrum.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

// The same voxels as calibration reads them from the file.
void AsRead(struct volume *hu, struct volume *labels, const struct scan &scan)
{
	ASSERT_OK(volume_init(hu, scan.hu.n, scan.hu.to_world, VOLUME_F32));
	ASSERT_OK(volume_init(labels, scan.hu.n, scan.hu.to_world, VOLUME_U16));
	for (int64_t i = 0; i < volume_count(hu); i++) {
		volume_f32(hu)[i] = volume_i16(&scan.hu)[i];
		volume_u16(labels)[i] = volume_u8(&scan.truth.labels)[i];
	}
}

TEST(Scan, RodsGiveTheScannersLine)
{
	double slopes[2];
	for (int index = 0; index < 2; index++) {
		Subject s(21, index, { 2.0, 2 });
		struct volume hu = {}, labels = {};
		struct phantom phantom;
		struct calibration line;
		AsRead(&hu, &labels, s.scan);
		ASSERT_OK(phantom_load(&phantom, "b-mas200"));
		calibration_defaults(&line);
		ASSERT_OK(calibration_fit(&line, &hu, &labels, &phantom));
		// HU per mg/cm3 of mineral that displaces water, at the site's energy and gain.
		double mineral, water, full, none;
		ASSERT_OK(attenuation_cm2_g("hydroxyapatite", s.site.ct.kev, &mineral));
		ASSERT_OK(attenuation_cm2_g("water", s.site.ct.kev, &water));
		double rise = s.site.ct.gain * (mineral / water - 1 / ANATOMY_MINERAL_G_CM3);
		EXPECT_NEAR(1 / rise, line.slope_mg_cm3_per_hu, 0.005 / rise);
		EXPECT_NEAR(-s.site.ct.offset_hu / rise, line.intercept_mg_cm3, 1.0);
		EXPECT_GT(line.r2, 0.9998);
		ASSERT_OK(scan_hu(&full, 0, 0, 0.2, 1 - 0.2 / ANATOMY_MINERAL_G_CM3, s.site.ct.kev));
		ASSERT_OK(scan_hu(&none, 0, 0, 0, 1, s.site.ct.kev));
		EXPECT_NEAR(0, none, 1e-9);
		EXPECT_NEAR(200 * rise / s.site.ct.gain, full, 1e-9);
		for (int k = 0; k < SCAN_RODS; k++)
			EXPECT_NEAR(s.site.ct.noise_hu, line.rods[k].sd_hu, 0.15 * s.site.ct.noise_hu);
		slopes[index] = line.slope_mg_cm3_per_hu;
		volume_free(&hu);
		volume_free(&labels);
	}
	EXPECT_NE(slopes[0], slopes[1]);
	for (double slope : slopes) {
		EXPECT_GT(slope, 0.6);
		EXPECT_LT(slope, 0.9);
	}
}

TEST(Scan, TissuesHaveTheirNumbers)
{
	double hu;
	ASSERT_OK(scan_hu(&hu, 1.04, 0, 0, 0, 70)); // physics-and-clinical.md 1.6, 120 kVp
	EXPECT_NEAR(33, hu, 2);
	ASSERT_OK(scan_hu(&hu, 0, 0.92, 0, 0, 70));
	EXPECT_NEAR(-103, hu, 2);
	ASSERT_OK(scan_hu(&hu, 0, 0, 0, 0, 70));
	EXPECT_EQ(-1000, hu);
	EXPECT_EQ(-1, scan_hu(&hu, 1, 0, 0, 0, 700));
}

TEST(Scan, PhantomIsBehindAndOnlyInTheImage)
{
	Subject s(5, 0);
	const struct volume &v = s.scan.hu;
	double back = 1e9, rods = -1e9, mineral_at_rods = 0;
	for (int64_t z = 0, i = 0; z < v.n[2]; z++)
		for (int64_t y = 0; y < v.n[1]; y++)
			for (int64_t x = 0; x < v.n[0]; x++, i++) {
				double y_mm = v.to_world[1][3] + v.to_world[1][1] * (double)y;
				uint8_t label = volume_u8(&s.scan.truth.labels)[i];
				if (label >= SCAN_ROD_LABEL && label < SCAN_ROD_LABEL + SCAN_RODS) {
					rods = std::fmax(rods, y_mm);
					mineral_at_rods += (double)volume_f32(&s.scan.truth.mineral)[i];
				} else if (volume_f32(&s.scan.truth.soft)[i] > 0.5f) {
					back = std::fmin(back, y_mm);
				}
			}
	EXPECT_LT(rods, back - 6); // the margin that takes a phantom out of an image
	EXPECT_EQ(0, mineral_at_rods);
}

TEST(Scan, PoseMovesTheBody)
{
	struct person p = person_sample(9, 1, 2);
	p.ct_pose = (struct pose){ { 0.05, -0.04, 0.05 }, { 7, -6, 5 } };
	Subject s(p, 9, { 3.0, 2 });
	// The centre of the pelvis's right hip bone must go where the pose takes the head's neighbourhood.
	double head[3], middle[3] = {}, n = 0;
	affine_apply(s.scan.body_to_world, s.anatomy->frame[0].head_centre_mm, head);
	const struct volume &l = s.scan.truth.labels;
	for (int64_t i = 0; i < volume_count(&l); i++) {
		if (volume_u8(&l)[i] != 76)
			continue;
		const double index[3] = { (double)(i % l.n[0]), (double)(i / l.n[0] % l.n[1]),
			(double)(i / (l.n[0] * l.n[1])) };
		double at[3], d = 0;
		volume_index_to_world(&l, index, at);
		for (int k = 0; k < 3; k++)
			d += (at[k] - head[k]) * (at[k] - head[k]);
		if (d > std::pow(s.anatomy->frame[0].head_radius_mm - 4, 2)) // well inside the ball
			continue;
		for (int k = 0; k < 3; k++)
			middle[k] += at[k];
		n++;
	}
	ASSERT_GT(n, 500);
	for (int k = 0; k < 3; k++)
		EXPECT_NEAR(head[k], middle[k] / n, 0.4);
	EXPECT_NEAR(7, s.scan.isocentre_mm[0], 1e-9);
}

} // namespace

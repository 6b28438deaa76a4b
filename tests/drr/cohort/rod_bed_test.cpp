#include "drr/cohort/rod_bed.h"

#include <cmath>
#include "drr/cohort/cohort.h"
#include "drr/cohort/motion.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

struct sites AllSites()
{
	struct sites s;
	EXPECT_OK(sites_built_in(&s, SITE_BUILT_IN));
	return s;
}

// The least skin distance along the rods' surfaces, over the scan's whole height.
double Clearance(const struct scan &scan, const struct anatomy &a)
{
	double to_body[4][4], least = 1e9;
	motion_inverse(to_body, scan.body_to_world);
	for (int rod = 0; rod < SCAN_RODS; rod++)
		for (double z = -SCAN_REACH_MM; z <= SCAN_REACH_MM; z += 4)
			for (int turn = 0; turn < 16; turn++) {
				double angle = turn * M_PI / 8, body[3];
				const double world[3] = { scan.rods.middle_x_mm +
								  ROD_PITCH_MM * (rod - SCAN_RODS / 2) +
								  ROD_RADIUS_MM * std::cos(angle),
					scan.rods.height_mm + ROD_RADIUS_MM * std::sin(angle), z };
				affine_apply(to_body, world, body);
				least = std::fmin(least, anatomy_skin_mm(&a, body));
			}
	return least;
}

TEST(RodBed, LiesClearOfEveryBodyAtEverySite)
{
	const struct sites sites = AllSites();
	double nearest = 1e9;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		const struct cohort cohort = { &sites, seed, false };
		for (int64_t index = 0; index < 7 * 8; index++) {
			struct person p = cohort_person(&cohort, index);
			const struct site &site = sites.list[p.site];
			const struct posture posture = posture_ct(&p, &site.ct, seed, index);
			auto a = std::make_unique<struct anatomy>();
			struct scan scan;
			ASSERT_OK(posture_anatomy(a.get(), &p.anatomy, &posture));
			const struct scan_setting coarse = { 12.0, 1 };
			ASSERT_OK(scan_make(&scan, NULL, a.get(), &posture.body, &site, &coarse, seed, index));
			double clear = Clearance(scan, *a);
			EXPECT_GT(clear, ROD_GAP_MM - 3) << p.id << ", seed " << seed;
			nearest = std::fmin(nearest, clear);
			scan_free(&scan);
		}
	}
	EXPECT_LT(nearest, ROD_GAP_MM + 4); // and the body lies on it, not above it
}

// In the image, a tilted body: nothing but the rod's own material within it, air around it.
TEST(RodBed, RodsOfATiltedBodyHoldOnlyThemselves)
{
	struct person p = person_sample(11, 1, 2);
	p.ct_pose = (struct pose){ { -0.2, 0.02, 0.03 }, { 5, -8, 4 } };
	Subject s(p, 11, { 2.0, 2 });
	const struct volume &v = s.scan.hu;
	double sum[SCAN_RODS] = {}, squares[SCAN_RODS] = {}, n[SCAN_RODS] = {}, worst_ring = -1e9;
	for (int64_t i = 0; i < volume_count(&v); i++) {
		double x = v.to_world[0][3] + v.to_world[0][0] * (double)(i % v.n[0]);
		double y = v.to_world[1][3] + v.to_world[1][1] * (double)(i / v.n[0] % v.n[1]);
		double share, hu = volume_i16(&v)[i];
		int rod = rod_bed_at(&s.scan.rods, x, y, 2, &share);
		double d = std::hypot(x - ROD_PITCH_MM * (rod - SCAN_RODS / 2), y - s.scan.rods.height_mm);
		if (d < ROD_RADIUS_MM - 3) {
			sum[rod] += hu;
			squares[rod] += hu * hu;
			n[rod]++;
		} else if (d > ROD_RADIUS_MM + 4 && d < ROD_RADIUS_MM + 6) {
			worst_ring = std::fmax(worst_ring, hu);
		}
	}
	for (int rod = 0; rod < SCAN_RODS; rod++) {
		double mean = sum[rod] / n[rod], sd = std::sqrt(squares[rod] / n[rod] - mean * mean);
		EXPECT_LT(sd, 1.2 * s.site.ct.noise_hu) << rod;
		double rho = 1e-3 * rod_bed_mg_cm3(rod), expected;
		ASSERT_OK(scan_hu(&expected, 0, 0, rho, 1 - rho / ANATOMY_MINERAL_G_CM3, s.site.ct.kev));
		EXPECT_NEAR(s.site.ct.gain * expected + s.site.ct.offset_hu, mean, 1) << rod;
	}
	EXPECT_LT(worst_ring, -850);
}

} // namespace

// Standard errors: textbook values, coverage by simulation, what they are made of.
#include <random>
#include "tests/ct/body.h"

namespace
{
struct calibration Rods(const std::vector<double> &hu, const std::vector<double> &mg_cm3,
	const std::vector<double> &water = {})
{
	struct calibration c = {};
	c.n_rods = (int)hu.size();
	for (size_t i = 0; i < hu.size(); i++) {
		c.rods[i].mean_hu = hu[i];
		c.rods[i].mg_cm3 = mg_cm3[i];
		c.rods[i].water_mg_cm3 = water.empty() ? 0 : water[i];
		c.rods[i].sd_hu = 10;
	}
	if (water.empty()) {
		EXPECT_OK(calibration_line(
			hu.data(), mg_cm3.data(), c.n_rods, &c.slope_mg_cm3_per_hu, &c.intercept_mg_cm3, &c.r2));
		return c;
	}
	EXPECT_OK(mindways_fit(&c.mindways, hu.data(), mg_cm3.data(), water.data(), c.n_rods));
	c.slope_mg_cm3_per_hu = 1 / c.mindways.sigma_ct;
	c.intercept_mg_cm3 = -c.mindways.beta_ct / c.mindways.sigma_ct;
	snprintf(c.unit, sizeof c.unit, "mgK2HPO4/cm3");
	return c;
}

const std::vector<double> kBmas = { 0, 50, 100, 150, 200 };
const std::vector<double> kMindways = { -51.83, -53.40, 58.88, 157.05, 375.83 },
			  kWater = { 1012.25, 1056.95, 1103.57, 1119.52, 923.20 };
} // namespace

// The slope's standard error of physics-and-clinical.md 1.2.
TEST(CalibrationError, SlopesOfTheReference)
{
	const struct {
		std::vector<double> hu, mg_cm3;
		double slope_se;
	} cases[] = { { { 2, 64, 127, 190.5, 253 }, kBmas, 0.001752372436800087 },
		{ { 490.28414063, 200.31946153, 68.02660165, -77.60183361, -77.74668932 },
			{ 375.83, 157.05, 58.88, -53.4, -51.83 }, 0.0022512884297108417 } };
	for (const auto &k : cases) {
		const struct calibration c = Rods(k.hu, k.mg_cm3);
		const struct calibration_error e = calibration_error_of(&c);
		ASSERT_TRUE(e.known);
		EXPECT_EQ(3, e.freedom);
		EXPECT_NEAR(k.slope_se, e.sd_mg_cm3 * c.slope_mg_cm3_per_hu / std::sqrt(e.spread2), 1e-9);
		EXPECT_NEAR(e.sd_mg_cm3 / std::sqrt(5.0), calibration_error_at(&e, e.mean_mg_cm3), 1e-12);
		EXPECT_NEAR(10 * c.slope_mg_cm3_per_hu, e.noise_mg_cm3, 1e-12);
	}
}

TEST(CalibrationError, NotKnownFromTwoRodsOrAQuadratic)
{
	struct calibration c = Rods({ 5, 200 }, { 0, 200 });
	struct calibration_error e = calibration_error_of(&c);
	EXPECT_FALSE(e.known);
	EXPECT_TRUE(std::isnan(calibration_error_at(&e, 100)));
	c = Rods({ 2, 64, 127 }, { 0, 50, 100 });
	c.quadratic_mg_cm3_per_hu2 = 1e-4;
	e = calibration_error_of(&c);
	EXPECT_FALSE(e.known);
	EXPECT_TRUE(std::isnan(calibration_error_at(&e, 100)));
}

// Converted to HA the error grows by the conversion's factor, at the density converted likewise.
TEST(CalibrationError, FollowsAConversion)
{
	std::vector<double> hu = { 3, 7, 160, 330, 470 };
	struct calibration c = Rods(hu, kMindways, kWater);
	const struct calibration_error before = calibration_error_of(&c);
	ASSERT_OK(calibration_to_ha(&c, "faulkner1993"));
	const struct calibration_error after = calibration_error_of(&c);
	EXPECT_GT(before.sd_mg_cm3, 1);
	for (double mg : { -50.0, 100.0, 600.0 })
		EXPECT_NEAR(1.15 * calibration_error_at(&before, mg),
			calibration_error_at(&after, 1.15 * mg - 7.32), 1e-9);
}

// Rods with noise of 2 HU, 20000 times: the error over its standard error is Student's t of 3 degrees of freedom,
// and with the standard error's mean square its SD is 1, inside the rods' range and beyond it.
TEST(CalibrationError, CoversTheTruth)
{
	std::mt19937 random(4);
	std::normal_distribution<double> noise(0, 2);
	const int times = 20000;
	for (bool mindways : { false, true })
		for (double truth : { 40.0, 150.0, 700.0 }) {
			double errors = 0, squares = 0, inside = 0;
			for (int k = 0; k < times; k++) {
				std::vector<double> hu(5);
				for (size_t i = 0; i < 5; i++)
					hu[i] = noise(random) + (mindways ? 1.45 * kMindways[i] + kWater[i] - 1005
									  : 1.3 * kBmas[i] + 5);
				const struct calibration c =
					mindways ? Rods(hu, kMindways, kWater) : Rods(hu, kBmas);
				const struct calibration_error e = calibration_error_of(&c);
				const double region_hu =
					mindways ? (1.45 - 0.2174) * truth - 1005 + 999.6 : 1.3 * truth + 5;
				const double found = c.slope_mg_cm3_per_hu * region_hu + c.intercept_mg_cm3;
				const double se = calibration_error_at(&e, found);
				errors += (found - truth) * (found - truth);
				squares += se * se;
				inside += std::fabs(found - truth) <= 3.182 * se;
			}
			const double sd = std::sqrt(errors / squares);
			std::printf("%s, %3.0f mg/cm3: SD of standardised errors %.3f, inside 95 %%: %.1f %%\n",
				mindways ? "Mindways" : "line", truth, sd, 100 * inside / times);
			EXPECT_NEAR(1, sd, 0.03);
			EXPECT_NEAR(0.95, inside / times, 0.01);
		}
}

// The whole way: a femur measured by calibrations from noisy rods.
TEST(QctError, CoversTheFemur)
{
	const Turn still = TurnBy(0, 0, 0);
	BodyFemur truth(still, still, { 2, 2, 2 });
	TwoFemora names;
	Measured first(truth, names.map, LABEL_RIGHT);
	std::mt19937 random(5);
	std::normal_distribution<double> noise(0, 2);
	double errors[2] = { 0 }, squares[2] = { 0 };
	const int times = 2000;
	const struct qct_value &v = first.hip.regions[REGION_TOTAL];
	for (int k = 0; k < times; k++) {
		std::vector<double> hu;
		for (double mg : kBmas)
			hu.push_back(1.3 * mg + 5 + noise(random));
		const struct calibration c = Rods(hu, kBmas);
		const struct qct_error e = qct_error_of(&c, truth.density.get());
		// a projection is linear in density: what the region would read in this calibration
		struct qct_value found = v;
		found.vbmd_mg_cm3 =
			c.slope_mg_cm3_per_hu * (1.3 * v.vbmd_mg_cm3 + 5) + c.intercept_mg_cm3;
		found.abmd_g_cm2 = found.vbmd_mg_cm3 * v.volume_cm3 / v.area_cm2 / 1000;
		qct_error_value(&found, &e, 0, 0);
		errors[0] += std::pow(found.abmd_g_cm2 - v.abmd_g_cm2, 2);
		squares[0] += std::pow(found.abmd_se_g_cm2.calibration, 2);
		errors[1] += std::pow(found.vbmd_mg_cm3 - v.vbmd_mg_cm3, 2);
		squares[1] += std::pow(found.vbmd_se_mg_cm3.calibration, 2);
	}
	for (int k = 0; k < 2; k++)
		EXPECT_NEAR(1, std::sqrt(errors[k] / squares[k]), 0.05) << k;
}

TEST(QctError, NoiseFrameAndSum)
{
	const Turn still = TurnBy(0, 0, 0);
	BodyFemur f(still, still, { 2, 2, 2 });
	TwoFemora names;
	struct calibration c = Rods({ 2, 64, 127, 190.5, 253 }, kBmas);
	c.flags_known = true;
	const struct qct_settings s = qct_settings_default();
	struct qct_hip hip;
	ASSERT_OK(qct_measure(&hip, f.density.get(), &c, f.labels.get(), &names.map, LABEL_RIGHT, &s));
	for (int k = 0; k < REGION_GRUEN1; k++) {
		const struct qct_value &v = hip.regions[k];
		const struct qct_se &a = v.abmd_se_g_cm2, &b = v.vbmd_se_mg_cm3;
		EXPECT_NEAR(10 * c.slope_mg_cm3_per_hu / std::sqrt(v.volume_cm3 / 0.027), b.noise, 1e-9);
		EXPECT_NEAR(b.calibration / v.vbmd_mg_cm3, a.calibration / v.abmd_g_cm2, 1e-9);
		EXPECT_NEAR(std::sqrt(a.calibration * a.calibration + a.noise * a.noise + a.frame * a.frame),
			a.all, 1e-12);
		EXPECT_GT(a.frame, 0);
		EXPECT_LT(a.frame, 0.03 * v.abmd_g_cm2) << k;
	}
	EXPECT_EQ(0, hip.model.abmd_se_g_cm2.frame);
	EXPECT_GT(hip.model.abmd_se_g_cm2.all, 0);
	qct_hip_free(&hip);
	Measured unknown(f, names.map, LABEL_RIGHT);
	EXPECT_TRUE(std::isnan(unknown.hip.regions[REGION_TOTAL].abmd_se_g_cm2.all));
}

// Abduction turns the leg in the picture: edges of the bone go with it, exactly; a horizontal edge does not.
TEST(QctRegions, AbductionWithEdgesOfTheBoneChangesNothing)
{
	BodyFemur f(TurnBy(6, -4, 8), TurnBy(3, 5, -7), { 2, 2.2, 1.8 });
	TwoFemora names;
	struct qct_settings s = qct_settings_default();
	for (enum hip_edges edges : { HIP_EDGES_FRAME, HIP_EDGES_IMAGE }) {
		s.rule.edges = edges;
		s.leg_deg[2] = 0;
		Measured neutral(f, names.map, LABEL_RIGHT, s);
		for (double abduction : { -15.0, -10.0, 10.0, 15.0 }) {
			s.leg_deg[2] = abduction;
			Measured m(f, names.map, LABEL_RIGHT, s);
			for (int k = 0; k < REGION_GRUEN1; k++) {
				const double change = m.hip.regions[k].abmd_g_cm2 /
							      neutral.hip.regions[k].abmd_g_cm2 -
						      1;
				if (edges == HIP_EDGES_FRAME) {
					EXPECT_NEAR(0, change, 1e-5) << k << " at " << abduction;
				} else if (k == REGION_TOTAL) {
					EXPECT_GT(change * abduction, 0) << "abduction takes in more shaft";
				}
			}
		}
	}
}

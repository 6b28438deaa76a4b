#include "ct/calibrate.h"
#include <algorithm>
#include <cstring>
#include "ct/rods.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"
#include <gmock/gmock.h>

namespace
{
const std::array<int64_t, 3> kGrid = { 60, 16, 20 };

struct phantom BMas200()
{
	struct phantom p;
	EXPECT_EQ(0, phantom_load(&p, "b-mas200")) << err_message();
	return p;
}

// Five square rods along z, 8 x 8 voxels, one after the other along x; their outermost voxels hold mixed
// values.
struct Rods {
	Volume ct, labels;
	Rods(std::array<double, 5> hu, double edge_hu = -100, std::array<int64_t, 3> n = kGrid)
	    : ct(n, Spacing(1, 1, 1).m, VOLUME_F32), labels(n, Spacing(1, 1, 1).m, VOLUME_U16)
	{
		for (int64_t i = 0; i < volume_count(ct.get()); i++)
			volume_f32(ct.get())[i] = -1000;
		for (int rod = 0; rod < 5; rod++)
			for (int64_t z = 0; z < n[2]; z++)
				for (int64_t y = 4; y < 12; y++)
					for (int64_t x = 2 + 11 * rod; x < 10 + 11 * rod; x++) {
						bool edge = y == 4 || y == 11 || x == 2 + 11 * rod ||
							    x == 9 + 11 * rod;
						set(x, y, z,
							edge ? edge_hu : hu[rod] + ((x + y + z) % 2 ? 6 : -6),
							(uint16_t)(116 + rod));
					}
	}
	void set(int64_t x, int64_t y, int64_t z, double hu, uint16_t label)
	{
		volume_f32(ct.get())[ct.at(x, y, z)] = (float)hu;
		volume_u16(labels.get())[labels.at(x, y, z)] = label;
	}
	int fit(struct calibration *c, const struct phantom &p)
	{
		calibration_defaults(c);
		return calibration_fit(c, ct.get(), labels.get(), &p);
	}
};

const std::array<double, 5> kSynthetic = { 2.0, 64.0, 127.0, 190.5, 253.0 };

void ExpectRefused(Rods &rods, const char *says)
{
	struct calibration c;
	calibration_defaults(&c);
	c.slope_mg_cm3_per_hu = 77;
	const struct phantom p = BMas200();
	EXPECT_EQ(-1, calibration_fit(&c, rods.ct.get(), rods.labels.get(), &p));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr(says));
	EXPECT_THAT(err_message(), testing::HasSubstr("b-mas200"));
	EXPECT_EQ(77, c.slope_mg_cm3_per_hu); // untouched
	EXPECT_EQ(0, c.n_rods);
}
} // namespace

// physics-and-clinical.md 1.2, published plain linear oracle.
TEST(CalibrationLine, PublishedOracle)
{
	const double hu[] = { 490.28414063, 200.31946153, 68.02660165, -77.60183361, -77.74668932 };
	const double mg[] = { 375.83, 157.05, 58.88, -53.4, -51.83 };
	const double predicted[] = { 375.99529306, 157.36982588, 57.62461421, -52.17525794, -52.28447521 };
	double slope, intercept, r2;
	ASSERT_OK(calibration_line(hu, mg, 5, &slope, &intercept, &r2));
	EXPECT_NEAR(0.7539727523297295, slope, 1e-9);
	EXPECT_NEAR(6.334410127001945, intercept, 1e-9);
	EXPECT_NEAR(0.9999866268559224, std::sqrt(r2), 1e-10);
	for (int i = 0; i < 5; i++)
		EXPECT_NEAR(predicted[i], slope * hu[i] + intercept, 1e-7);
}

TEST(CalibrationLine, SyntheticBMas200Oracle)
{
	const double mg[] = { 0, 50, 100, 150, 200 };
	double slope, intercept, r2;
	ASSERT_OK(calibration_line(kSynthetic.data(), mg, 5, &slope, &intercept, &r2));
	EXPECT_NEAR(0.7955333680996814, slope, 1e-12);
	EXPECT_NEAR(-1.271397759089453, intercept, 1e-10);
	EXPECT_NEAR(0.999992721824164, std::sqrt(r2), 1e-12);
}

// physics-and-clinical.md 1.3, published Mindways oracle.
TEST(Mindways, PublishedOracle)
{
	const double rho[] = { 375.83, 157.05, 58.88, -53.40, -51.83 },
		     water[] = { 923.20, 1119.52, 1103.57, 1056.95, 1012.25 },
		     hu[] = { 462.93637565619906, 345.73809215407005, 176.71197512467555, -35.378190313384316,
			     -69.54917011727602 },
		     predicted[] = { 378.6028619, 284.81110752, 149.54243652, -20.18964581, -47.53608852 };
	struct mindways m;
	ASSERT_OK(mindways_fit(&m, hu, rho, water, 5));
	EXPECT_NEAR(1.46695849554, m.sigma_ref, 1e-9);
	EXPECT_NEAR(-1009.75004687, m.beta_ref, 1e-8); // printed to 1e-8
	EXPECT_NEAR(1.24955849554, m.sigma_ct, 1e-9);
	EXPECT_NEAR(-10.1500468666, m.beta_ct, 1e-9);
	EXPECT_NEAR(0.99970670603, m.r2, 1e-9);
	EXPECT_NEAR(0.8002826626918712, 1 / m.sigma_ct, 1e-9);
	EXPECT_NEAR(8.122906532849933, -m.beta_ct / m.sigma_ct, 1e-9); // the sign trap: + is off by 16.2
	for (int i = 0; i < 5; i++)
		EXPECT_NEAR(predicted[i], (hu[i] - m.beta_ct) / m.sigma_ct, 1e-8);
}

TEST(Mindways, RefusesWhatHasNoLine)
{
	const double rho[] = { 0, 100, 200 }, water[] = { 1000, 1000, 1000 }, falling[] = { 100, 0, -100 },
		     bad[] = { 0, NAN, 200 };
	struct mindways m = {};
	EXPECT_EQ(-1, mindways_fit(&m, falling, rho, water, 3));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_EQ(-1, mindways_fit(&m, bad, rho, water, 3));
	EXPECT_EQ(-1, mindways_fit(&m, falling, rho, water, 1));
	EXPECT_FALSE(m.known);
}

TEST(CalibrationLine, RefusesWhatHasNoLine)
{
	const double hu[] = { 1, 1, 1 }, mg[] = { 0, 50, 100 }, bad[] = { 0, NAN, 1 };
	double slope, intercept, r2;
	for (int n = 0; n < 2; n++) {
		EXPECT_EQ(-1, calibration_line(mg, mg, n, &slope, &intercept, &r2));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	}
	EXPECT_EQ(-1, calibration_line(hu, mg, 3, &slope, &intercept, &r2));
	EXPECT_THAT(err_message(), testing::HasSubstr("same HU"));
	EXPECT_EQ(-1, calibration_line(mg, hu, 3, &slope, &intercept, &r2));
	EXPECT_EQ(-1, calibration_line(bad, mg, 3, &slope, &intercept, &r2));
}

TEST(Phantom, BuiltInAndOwnFile)
{
	const struct phantom p = BMas200();
	ASSERT_EQ(5, p.n_rods);
	EXPECT_STREQ("mgHA/cm3", p.unit);
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(116 + i, p.rods[i].label);
		EXPECT_EQ(50.0 * i, p.rods[i].mg_cm3);
	}
	ScratchFolder scratch;
	struct phantom own;
	WriteFile(scratch / "p.yaml", "name: qa\nunit: mgK2HPO4/cc\nrods:\n  - {label: 1, mg_cm3: -51.83}\n  "
				      "- {label: 2, mg_cm3: 375.83}\n");
	ASSERT_OK(phantom_load(&own, (scratch / "p.yaml").c_str()));
	EXPECT_STREQ("mgK2HPO4/cm3", own.unit);
	EXPECT_EQ(-51.83, own.rods[0].mg_cm3);
}

// The certificates of physics-and-clinical.md 1.1.
TEST(Phantom, AllBuiltIn)
{
	const struct {
		const char *name, *unit;
		std::vector<double> mg_cm3, water;
	} all[] = {
		{ "mindways-model3", "mgK2HPO4/cm3", { -51.83, -53.40, 58.88, 157.05, 375.83 },
			{ 1012.25, 1056.95, 1103.57, 1119.52, 923.20 } },
		{ "qrm-bdc-3", "mgHA/cm3", { 100, 400, 800 }, {} },
		{ "qrm-bdc-6", "mgHA/cm3", { 0, 100, 200, 400, 600, 800 }, {} },
		{ "image-analysis", "mgHA/cm3", { 8.0, 97.3, 189.8 }, {} },
		{ "siemens", "mgHA/cm3", { 0, 200 }, {} },
	};
	std::vector<int> labels;
	for (const auto &a : all) {
		struct phantom p;
		ASSERT_OK(phantom_load(&p, a.name));
		EXPECT_STREQ(a.unit, p.unit);
		EXPECT_EQ(!a.water.empty(), p.water_known);
		ASSERT_EQ((int)a.mg_cm3.size(), p.n_rods) << a.name;
		for (int i = 0; i < p.n_rods; i++) {
			EXPECT_EQ(a.mg_cm3[i], p.rods[i].mg_cm3) << a.name;
			if (p.water_known) {
				EXPECT_EQ(a.water[i], p.rods[i].water_mg_cm3) << a.name;
			}
			labels.push_back(p.rods[i].label);
		}
		EXPECT_THAT(phantom_names(), testing::HasSubstr(a.name));
	}
	std::sort(labels.begin(), labels.end());
	EXPECT_EQ(labels.end(), std::adjacent_find(labels.begin(), labels.end())) << "one table of numbers";
}

TEST(Phantom, RefusesBadFiles)
{
	ScratchFolder scratch;
	const struct {
		const char *text, *says;
	} bad[] = {
		{ "name: x\nunit: mg/cm3\nrods:\n  - {label: 1, mg_cm3: 0}\n  - {label: 2, mg_cm3: 9}\n",
			"unit" },
		{ "name: x\nunit: mgHA/cm3\nrods:\n  - {label: 1, mg_cm3: 0}\n", "2 to 16" },
		{ "name: x\nunit: mgHA/cm3\nrods:\n  - {label: 1, mg_cm3: 0}\n  - {label: 1, mg_cm3: 9}\n",
			"twice" },
		{ "name: x\nunit: mgHA/cm3\nrods:\n  - {label: 0, mg_cm3: 0}\n  - {label: 1, mg_cm3: 9}\n",
			"1..65535" },
		{ "name: x\nunit: mgHA/cm3\nrods:\n  - {label: 2, mg_cm3: 9999}\n  - {label: 1, mg_cm3: 9}\n",
			"3156" },
		{ "name: x\nunit: mgHA/cm3\nserial: 3\nrods:\n  - {label: 2, mg_cm3: 0}\n  - {label: 1, "
		  "mg_cm3: 9}\n",
			"serial" },
		{ "name: x\nunit: mgHA/cm3\nrods:\n  - {label: 2, mg_cm3: 0, water_mg_cm3: 1000}\n  - {label: "
		  "1, mg_cm3: 9}\n",
			"some rods only" },
		{ "name: x\nunit: mgHA/cm3\nradius_mm: [9, 8]\nrods:\n  - {label: 2, mg_cm3: 0}\n  - {label: 1, "
		  "mg_cm3: 9}\n",
			"radius_mm" },
		{ "name: x\nunit: mgHA/cm3\norder: column\nrods:\n  - {label: 2, mg_cm3: 0}\n  - {label: 1, "
		  "mg_cm3: 9}\n",
			"order" },
		{ "name: x\nunit: mgHA/cm3\nrods:\n  - {label: 2, mg_cm3: 0, unit: mgK2HPO4/cm3}\n  - {label: 1, "
		  "mg_cm3: 9}\n",
			"unit" },
	};
	for (const auto &b : bad) {
		struct phantom p;
		WriteFile(scratch / "p.yaml", b.text);
		EXPECT_EQ(-1, phantom_load(&p, (scratch / "p.yaml").c_str())) << b.text;
		EXPECT_THAT(err_message(), testing::HasSubstr(b.says)) << b.text;
	}
	struct phantom p;
	EXPECT_EQ(-1, phantom_load(&p, "B-MAS200"));
	EXPECT_THAT(err_message(), testing::HasSubstr("b-mas200"));
}

// Edge voxels of -100 HU would move every mean: only the interior counts.
TEST(CalibrationFit, InteriorMeansGiveTheOracle)
{
	Rods rods(kSynthetic);
	struct calibration c;
	ASSERT_OK(rods.fit(&c, BMas200()));
	EXPECT_NEAR(0.7955333680996814, c.slope_mg_cm3_per_hu, 1e-6);
	EXPECT_NEAR(-1.271397759089453, c.intercept_mg_cm3, 1e-4);
	ASSERT_EQ(5, c.n_rods);
	for (int i = 0; i < 5; i++) {
		EXPECT_NEAR(kSynthetic[i], c.rods[i].mean_hu, 1e-4);
		EXPECT_NEAR(6, c.rods[i].sd_hu, 0.02);
		EXPECT_EQ(6 * 6 * 20, c.rods[i].voxels); // the image's end is no edge of the rod
	}
	EXPECT_STREQ("mgHA/cm3", c.unit);
	EXPECT_STREQ("b-mas200", c.phantom);
	calibration_apply(&c, rods.ct.get());
	EXPECT_NEAR(c.slope_mg_cm3_per_hu * -1000 + c.intercept_mg_cm3, (double)volume_f32(rods.ct.get())[0],
		1e-4);
}

// Discs drawn in one slice have no neighbours along z: the interior is taken in the plane.
TEST(CalibrationFit, DiscsInOneSlice)
{
	Rods rods(kSynthetic);
	for (int64_t i = 0; i < volume_count(rods.labels.get()); i++)
		if (i / (kGrid[0] * kGrid[1]) != 7)
			volume_u16(rods.labels.get())[i] = 0;
	struct calibration c;
	ASSERT_OK(rods.fit(&c, BMas200()));
	EXPECT_EQ(36, c.rods[0].voxels);
	EXPECT_NEAR(0.7955333680996814, c.slope_mg_cm3_per_hu, 1e-6);
}

// 2 x 2 voxel rods have no interior: the whole label counts.
TEST(CalibrationFit, ThinRodsUseAllVoxels)
{
	Rods rods(kSynthetic);
	for (int64_t z = 0; z < kGrid[2]; z++)
		for (int64_t y = 0; y < kGrid[1]; y++)
			for (int64_t x = 0; x < kGrid[0]; x++)
				if (y < 7 || y > 8 || (x - 2) % 11 < 3 || (x - 2) % 11 > 4)
					volume_u16(rods.labels.get())[rods.labels.at(x, y, z)] = 0;
	struct calibration c;
	ASSERT_OK(rods.fit(&c, BMas200()));
	EXPECT_EQ(2 * 2 * 20, c.rods[4].voxels);
	EXPECT_NEAR(253, c.rods[4].mean_hu, 1e-4);
}

TEST(CalibrationFit, RefusesWithTheReason)
{
	{
		Rods rods(kSynthetic);
		for (int64_t i = 0; i < volume_count(rods.labels.get()); i++)
			if (volume_u16(rods.labels.get())[i] == 118)
				volume_u16(rods.labels.get())[i] = 0;
		ExpectRefused(rods, "118 (100 mg/cm3: 0 voxels)");
	}
	{
		Rods rods(kSynthetic);
		int kept = 0;
		for (int64_t i = 0; i < volume_count(rods.labels.get()); i++)
			if (volume_u16(rods.labels.get())[i] == 116 && ++kept > 49)
				volume_u16(rods.labels.get())[i] = 0;
		ExpectRefused(rods, "116 (0 mg/cm3: 49 voxels)");
	}
	{
		Rods rods({ 2, 64, 190.5, 127, 253 });
		ExpectRefused(rods, "do not rise with density: rod 118 (100 mg/cm3) 190.5 HU, rod 119");
	}
	{
		Rods rods({ 2, 64, 64, 190, 253 });
		ExpectRefused(rods, "do not rise");
	}
	{
		Rods rods(kSynthetic);
		for (int64_t z = 0; z < kGrid[2]; z++)
			for (int64_t y = 5; y < 11; y++)
				for (int64_t x = 14; x < 20; x++)
					rods.set(x, y, z, 64 + ((x + y + z) % 2 ? 61 : -61), 117);
		ExpectRefused(rods, "rod 117 (50 mg/cm3): standard deviation 61");
	}
	{
		Rods rods({ -201, 64, 127, 190.5, 253 });
		ExpectRefused(rods, "rod 116 (0 mg/cm3): mean -201.0 HU is not in -200..1500 HU");
	}
	{
		Rods rods({ 2, 64, 127, 190.5, 1501 });
		ExpectRefused(rods, "rod 120 (200 mg/cm3): mean 1501.0 HU");
	}
	{
		Rods rods({ 0, 300, 600, 900, 1200 }); // 0.167 mg/cm3 per HU
		ExpectRefused(rods, "slope 0.1666");
	}
	{
		Rods rods({ 0, 10, 20, 30, 40 }); // 5 mg/cm3 per HU
		ExpectRefused(rods, "slope 5");
	}
	{
		Rods rods({ 0, 1, 2, 3, 300 }); // rising, but no line: r2 = 0.505
		ExpectRefused(rods, "1 - r2 = 49");
	}
	{
		Rods rods(kSynthetic);
		rods.labels->to_world[0][3] += 0.01;
		struct calibration c;
		EXPECT_EQ(-1, rods.fit(&c, BMas200()));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	}
}

// 1 - r2 of 4 %: a warning, not a refusal.
TEST(CalibrationFit, WarnsInBetween)
{
	Rods rods({ 0, 20, 60, 150, 253 });
	struct calibration c;
	testing::internal::CaptureStderr();
	ASSERT_OK(rods.fit(&c, BMas200()));
	EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("1 - r2 ="));
	EXPECT_GT(1 - c.r2, 0.02);
	EXPECT_LT(1 - c.r2, 0.10);
}

TEST(CalibrationUnit, HaOnlyByANamedConversion)
{
	struct calibration c;
	calibration_defaults(&c);
	c.slope_mg_cm3_per_hu = 0.8;
	c.intercept_mg_cm3 = 2;
	strcpy(c.unit, "mgK2HPO4/cm3");
	c.n_rods = 1;
	c.rods[0].mg_cm3 = 100;
	c.rods[0].mean_hu = 125;
	const double residual = calibration_residual_mg_cm3(&c, 0);
	EXPECT_NEAR(2, residual, 1e-12);
	EXPECT_EQ(-1, calibration_require_ha(&c, "d.nii"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr("'d.nii' is in mgK2HPO4/cm3"));
	EXPECT_EQ(-1, calibration_to_ha(&c, "guess"));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	ASSERT_OK(calibration_to_ha(&c, "faulkner1993"));
	EXPECT_NEAR(0.92, c.slope_mg_cm3_per_hu, 1e-12);
	EXPECT_NEAR(2.3 - 7.32, c.intercept_mg_cm3, 1e-12);
	EXPECT_NEAR(1.15 * residual, calibration_residual_mg_cm3(&c, 0), 1e-12);
	EXPECT_OK(calibration_require_ha(&c, "d.nii"));
	EXPECT_EQ(-1, calibration_to_ha(&c, "faulkner1993")) << "HA stays HA";
}

TEST(CalibrationJson, RoundTrip)
{
	ScratchFolder scratch;
	Rods rods(kSynthetic);
	struct calibration c, back;
	ASSERT_OK(rods.fit(&c, BMas200()));
	c.flags_known = true;
	c.n_flags = 1;
	strcpy(c.flags[0].bone, "femur_left");
	strcpy(c.flags[0].reason, "metal: 2.00 cm3");
	c.flags[0].metal_cm3 = 2;
	c.metal_margin_mm = 4;
	c.scan.kvp = 120;
	strcpy(c.scan.kernel, "Br40");
	strcpy(c.serial, "S1");
	c.quadratic_mg_cm3_per_hu2 = 1e-5;
	c.mindways = { true, 1.467, 1.25, -1009.5, -10.25, 0.9997 };
	struct json *root = calibration_to_json(&c);
	ASSERT_OK(json_write(root, (scratch / "d.json").c_str()));
	const struct json *flags = json_member(root, "flags");
	ASSERT_EQ(1u, json_key_count(flags));
	EXPECT_STREQ("metal: 2.00 cm3", json_string(json_at(json_member(flags, "femur_left"), 0)));
	json_free(root);

	ASSERT_OK(calibration_read(&back, (scratch / "d.json").c_str()));
	EXPECT_EQ(c.slope_mg_cm3_per_hu, back.slope_mg_cm3_per_hu);
	EXPECT_EQ(c.intercept_mg_cm3, back.intercept_mg_cm3);
	EXPECT_EQ(c.r2, back.r2);
	EXPECT_STREQ(c.unit, back.unit);
	EXPECT_STREQ(c.phantom, back.phantom);
	ASSERT_EQ(5, back.n_rods);
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(c.rods[i].label, back.rods[i].label);
		EXPECT_EQ(c.rods[i].mg_cm3, back.rods[i].mg_cm3);
		EXPECT_EQ(c.rods[i].mean_hu, back.rods[i].mean_hu);
		EXPECT_EQ(c.rods[i].sd_hu, back.rods[i].sd_hu);
		EXPECT_EQ(c.rods[i].voxels, back.rods[i].voxels);
	}
	EXPECT_STREQ("phantom", back.method);
	EXPECT_STREQ("labels", back.rods_from);
	EXPECT_STREQ("S1", back.serial);
	EXPECT_EQ(120, back.scan.kvp);
	EXPECT_STREQ("Br40", back.scan.kernel);
	EXPECT_EQ(1e-5, back.quadratic_mg_cm3_per_hu2);
	EXPECT_TRUE(back.mindways.known);
	EXPECT_EQ(-10.25, back.mindways.beta_ct);
	EXPECT_EQ(c.min_r2, back.min_r2);
	EXPECT_TRUE(back.flags_known);
	ASSERT_EQ(1, back.n_flags);
	EXPECT_STREQ("metal: 2.00 cm3", calibration_flag_of(&back, "femur_left")->reason);
	EXPECT_EQ(2, back.flags[0].metal_cm3);
	EXPECT_EQ(4, back.metal_margin_mm);
	EXPECT_EQ(2500, back.metal_threshold_hu);
}

TEST(CalibrationJson, MinimalFile)
{
	ScratchFolder scratch;
	struct calibration c;
	WriteFile(scratch / "m.json",
		R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": -2, "unit": "mgHA/cm3"})");
	ASSERT_OK(calibration_read(&c, (scratch / "m.json").c_str()));
	EXPECT_EQ(0.8, c.slope_mg_cm3_per_hu);
	EXPECT_EQ(-2, c.intercept_mg_cm3);
	EXPECT_EQ(0, c.n_rods);
	EXPECT_FALSE(c.flags_known);
	EXPECT_EQ(3, c.metal_margin_mm);
	struct json *root = calibration_to_json(&c);
	EXPECT_NE(nullptr, json_member(root, "flags"));
	EXPECT_TRUE(json_is_null(json_member(root, "flags")));
	EXPECT_TRUE(json_is_null(json_member(root, "r2")));
	json_free(root);
}

TEST(CalibrationJson, RefusesBadFiles)
{
	ScratchFolder scratch;
	const struct {
		const char *text, *says;
	} bad[] = {
		{ R"({"intercept_mg_cm3": 0, "unit": "mgHA/cm3"})", "slope_mg_cm3_per_hu" },
		{ R"({"slope_mg_cm3_per_hu": 0.8, "unit": "mgHA/cm3"})", "intercept_mg_cm3" },
		{ R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": 0})", "unit" },
		{ R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": 0, "unit": "mg/cm3"})", "mg/cm3" },
		{ R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": 0, "unit": "g/cm2"})", "g/cm2" },
		{ R"({"slope_mg_cm3_per_hu": 131, "intercept_mg_cm3": 0, "unit": "mgHA/cm3"})", "slope 131" },
		{ R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": 0, "unit": "mgHA/cm3", "flags": {"femur_left": "x"}})",
			"flags.femur_left" },
		{ R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": 0, "unit": "mgHA/cm3", "rods": [{"label": 116}]})",
			"mg_cm3" },
	};
	for (const auto &b : bad) {
		struct calibration c;
		WriteFile(scratch / "b.json", b.text);
		EXPECT_EQ(-1, calibration_read(&c, (scratch / "b.json").c_str())) << b.text;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code()) << b.text;
		EXPECT_THAT(err_message(), testing::HasSubstr(b.says)) << b.text;
		EXPECT_THAT(err_message(), testing::HasSubstr("b.json")) << b.text;
	}
}

TEST(CalibrationJson, DensityVolumeNeedsItsSidecar)
{
	ScratchFolder scratch;
	struct calibration c;
	EXPECT_EQ(-1, calibration_read_sidecar(&c, (scratch / "d.nii.gz").c_str()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr("is not a density volume: no sidecar"));
	WriteFile(scratch / "d.json",
		R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": -2, "unit": "mgHA/cm3"})");
	EXPECT_OK(calibration_read_sidecar(&c, (scratch / "d.nii.gz").c_str()));
	EXPECT_EQ(0.8, c.slope_mg_cm3_per_hu);
}

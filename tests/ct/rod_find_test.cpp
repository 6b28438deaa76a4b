// Rods found without labels: in the painted CTs (known line) as they are and after turning, thick slices, noise and
// damage; and in made phantoms.
#include <cmath>
#include <functional>
#include <random>
#include <gmock/gmock.h>
#include "ct/rod_find.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{
using testing::HasSubstr;

struct Truth {
	double hu_per_mg, zero_hu;
};

Volume Read(const std::string &path)
{
	Volume v;
	EXPECT_OK(nifti_read_image(v.get(), path.c_str()));
	return v;
}

Truth ReadTruth(const std::string &path)
{
	struct json *root = nullptr;
	Truth t = { NAN, NAN };
	EXPECT_OK(json_read(&root, path.c_str()));
	EXPECT_OK(json_get_number(root, "slope_hu_per_mg_cm3", "truth", &t.hu_per_mg));
	EXPECT_OK(json_get_number(root, "intercept_hu", "truth", &t.zero_hu));
	json_free(root);
	return t;
}

float Trilinear(const struct volume *v, const double at[3])
{
	int64_t lo[3];
	double f[3], sum = 0;
	for (int a = 0; a < 3; a++) {
		lo[a] = (int64_t)std::floor(at[a]);
		f[a] = at[a] - (double)lo[a];
	}
	for (int corner = 0; corner < 8; corner++) {
		double weight = 1, value = -1000;
		int64_t i[3];
		bool in = true;
		for (int a = 0; a < 3; a++) {
			i[a] = lo[a] + (corner >> a & 1);
			weight *= corner >> a & 1 ? f[a] : 1 - f[a];
			in = in && i[a] >= 0 && i[a] < v->n[a];
		}
		if (in)
			value = (double)volume_f32(v)[i[0] + v->n[0] * (i[1] + v->n[1] * i[2])];
		sum += weight * value;
	}
	return (float)sum;
}

// The same grid with the patient and the phantom turned about the axis through the grid's middle.
Volume Turned(Volume &ct, double deg, int axis)
{
	Volume out({ ct->n[0], ct->n[1], ct->n[2] }, ct->to_world, VOLUME_F32);
	const double c = std::cos(deg * M_PI / 180), s = std::sin(deg * M_PI / 180);
	const int p = axis == 0 ? 1 : 0, q = axis == 2 ? 1 : 2;
	double mm[3];
	volume_spacing_mm(ct.get(), mm);
	for (int64_t z = 0; z < ct->n[2]; z++)
		for (int64_t y = 0; y < ct->n[1]; y++)
			for (int64_t x = 0; x < ct->n[0]; x++) {
				double at[3] = { (double)x, (double)y, (double)z };
				const double mp = 0.5 * (double)(ct->n[p] - 1), mq = 0.5 * (double)(ct->n[q] - 1);
				const double dp = (at[p] - mp) * mm[p], dq = (at[q] - mq) * mm[q];
				at[p] = mp + (c * dp - s * dq) / mm[p];
				at[q] = mq + (s * dp + c * dq) / mm[q];
				volume_f32(out.get())[out.at(x, y, z)] = Trilinear(ct.get(), at);
			}
	return out;
}

// Slices of mm thickness: linear interpolation averaged over ten places in each.
Volume ThickSlices(Volume &ct, double mm)
{
	double old_mm[3];
	volume_spacing_mm(ct.get(), old_mm);
	const double step = mm / old_mm[2];
	Affine to_world;
	for (int r = 0; r < 4; r++)
		for (int c = 0; c < 4; c++)
			to_world.m[r][c] = ct->to_world[r][c] * (c == 2 ? step : 1);
	Volume out({ ct->n[0], ct->n[1], (int64_t)((double)ct->n[2] / step) }, to_world.m, VOLUME_F32);
	const int64_t area = ct->n[0] * ct->n[1];
	for (int64_t z = 0; z < out->n[2]; z++)
		for (int k = 0; k < 10; k++) {
			const double at = std::fmin(
				((double)z + (k + 0.5) / 10) * step, (double)ct->n[2] - 1.001);
			const int64_t lo = (int64_t)at;
			const float f = (float)(at - (double)lo);
			for (int64_t i = 0; i < area; i++)
				volume_f32(out.get())[z * area + i] +=
					0.1f * ((1 - f) * volume_f32(ct.get())[lo * area + i] +
						       f * volume_f32(ct.get())[(lo + 1) * area + i]);
		}
	return out;
}

void AddNoise(Volume &ct, double sd_hu, unsigned seed)
{
	std::mt19937 random(seed);
	std::normal_distribution<float> noise(0, (float)sd_hu);
	for (int64_t i = 0; i < volume_count(ct.get()); i++)
		volume_f32(ct.get())[i] += noise(random);
}

struct Found {
	int rc;
	struct calibration c;
	struct rods_found rods;
};

Found Find(Volume &ct, const char *phantom = "b-mas200")
{
	Found f = {};
	struct phantom p;
	EXPECT_OK(phantom_load(&p, phantom));
	calibration_defaults(&f.c);
	f.rc = calibration_fit_found(&f.c, &f.rods, ct.get(), &p);
	return f;
}

// The gate: slope within 0.5 %, intercept within 1 HU.
void ExpectLine(Volume &ct, const Truth &t, const std::string &what)
{
	const Found f = Find(ct);
	ASSERT_EQ(0, f.rc) << what << ": " << err_message();
	const double slope = f.c.slope_mg_cm3_per_hu * t.hu_per_mg - 1,
		     zero = -f.c.intercept_mg_cm3 / f.c.slope_mg_cm3_per_hu - t.zero_hu;
	printf("%-28s slope %+.3f %%  intercept %+.2f HU  r2 %.6f  radius %.2f mm  z %.0f..%.0f mm\n", what.c_str(),
		100 * slope, zero, f.c.r2, f.rods.radius_mm, f.rods.from_mm, f.rods.to_mm);
	EXPECT_LE(std::fabs(slope), 0.005) << what;
	EXPECT_LE(std::fabs(zero), 1) << what;
	EXPECT_STREQ("found", f.c.rods_from);
}
} // namespace

TEST(RodFind, PaintedAsTheyAre)
{
	TEST_DATA_OR_SKIP(data);
	for (const std::string name : { "A", "B" }) {
		const std::string stem = data + "/painted/" + name;
		Volume ct = Read(stem + "_ct.nii.gz");
		ExpectLine(ct, ReadTruth(stem + "_truth.json"), name);
	}
}

TEST(RodFind, PaintedATurnedThickNoisy)
{
	TEST_DATA_OR_SKIP(data);
	const std::string stem = data + "/painted/A";
	const Truth t = ReadTruth(stem + "_truth.json");
	Volume ct = Read(stem + "_ct.nii.gz");
	{
		Volume turned = Turned(ct, 15, 2);
		ExpectLine(turned, t, "15 degrees in the slice");
	}
	{
		Volume turned = Turned(ct, -10, 0);
		ExpectLine(turned, t, "tilted by 10 degrees");
	}
	{
		Volume turned = Turned(ct, 8, 1);
		ExpectLine(turned, t, "swung by 8 degrees");
	}
	{
		Volume turned = Turned(ct, 180, 2);
		ExpectLine(turned, t, "180 degrees in the slice");
	}
	for (double mm : { 3.0, 5.0 }) {
		Volume thick = ThickSlices(ct, mm);
		ExpectLine(thick, t, std::to_string((int)mm) + " mm slices");
		AddNoise(thick, 25, 2);
		ExpectLine(thick, t, std::to_string((int)mm) + " mm slices, 25 HU");
	}
	AddNoise(ct, 25, 1);
	ExpectLine(ct, t, "noise 25 HU");
}

namespace
{
// Cylinders along z in a block of the base's HU, with a patient of 50 HU above it.
struct Phantom {
	Volume ct;
	Point first, step;
	Phantom(const std::vector<double> &hu, double base_hu, double radius_mm, double first_x_mm, double angle_deg,
		double patient_gap_mm = 5, double noise_hu = 5)
	    : ct({ 150, 120, 24 }, Spacing(2, 2, 5).m, VOLUME_F32)
	{
		const double c = std::cos(angle_deg * M_PI / 180), s = std::sin(angle_deg * M_PI / 180);
		std::mt19937 random(3);
		std::normal_distribution<double> noise(0, noise_hu);
		for (int64_t i = 0; i < volume_count(ct.get()); i++) {
			const Point p = ct.world(i);
			// (a, b): along the row from the first rod, and across it towards the patient.
			const double x = p[0] - 150, y = p[1] - 120, a = c * x + s * y + 150 - first_x_mm,
				     b = -s * x + c * y;
			double value = -1000;
			if (std::fabs(b) < radius_mm + 6 && a > -radius_mm - 8 &&
				a < 38 * (double)(hu.size() - 1) + radius_mm + 8)
				value = base_hu;
			for (size_t k = 0; k < hu.size(); k++)
				if (std::hypot(a - 38 * (double)k, b) <= radius_mm)
					value = hu[k];
			if (b > radius_mm + 6 + patient_gap_mm && b < 130 && std::fabs(a - 90) < 100)
				value = 50;
			volume_f32(ct.get())[i] = (float)(value + noise(random));
		}
	}
};

// HU of a rod by a line.
std::vector<double> OnLine(const struct phantom &p, double slope, double zero)
{
	std::vector<double> hu;
	for (int i = 0; i < p.n_rods; i++)
		hu.push_back(slope * p.rods[i].mg_cm3 + zero +
			     (p.water_known ? p.rods[i].water_mg_cm3 - 999.6 : 0));
	return hu;
}

struct phantom Load(const char *name)
{
	struct phantom p;
	EXPECT_OK(phantom_load(&p, name));
	return p;
}

void Paint(Volume &ct, const char *labels_path, uint16_t label, double grow, double hu, double noise_hu)
{
	Volume labels;
	ASSERT_OK(nifti_read_labels(labels.get(), labels_path));
	double u = 0, v = 0, n = 0;
	for (int64_t i = 0; i < volume_count(ct.get()); i++)
		if (volume_u16(labels.get())[i] == label) {
			u += (double)(i % ct->n[0]);
			v += (double)(i / ct->n[0] % ct->n[1]);
			n++;
		}
	std::mt19937 random(4);
	std::normal_distribution<double> noise(0, noise_hu);
	for (int64_t i = 0; i < volume_count(ct.get()); i++)
		if (std::hypot((double)(i % ct->n[0]) - u / n, (double)(i / ct->n[0] % ct->n[1]) - v / n) <= grow)
			volume_f32(ct.get())[i] = (float)(hu + noise(random));
}

void ExpectFindRefused(Volume &ct, const char *phantom, const char *says)
{
	const Found f = Find(ct, phantom);
	EXPECT_EQ(-1, f.rc) << says;
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr(says));
	EXPECT_EQ(0, f.c.n_rods);
}
} // namespace

// Each rod in turn is replaced by the base's 12 HU, and one by air.
TEST(RodFind, AMissingRodIsNamed)
{
	TEST_DATA_OR_SKIP(data);
	const std::string stem = data + "/painted/A", labels = stem + "_dseg.nii.gz";
	for (uint16_t label = 116; label <= 120; label++) {
		Volume ct = Read(stem + "_ct.nii.gz");
		Paint(ct, labels.c_str(), label, 9, 12, 6);
		ExpectFindRefused(ct, "b-mas200",
			label == 120 ? "is missing" : ("rod " + std::to_string(label)).c_str());
		EXPECT_THAT(err_message(), HasSubstr("is missing"));
		printf("%u: %s\n", label, err_message());
	}
	Volume ct = Read(stem + "_ct.nii.gz");
	Paint(ct, labels.c_str(), 118, 9, -1000, 6);
	ExpectFindRefused(ct, "b-mas200", "rod 118 (100 mg/cm3) is missing");
}

TEST(RodFind, NoPhantomIsRefused)
{
	TEST_DATA_OR_SKIP(data);
	for (const char *phantom : { "b-mas200", "mindways-model3", "qrm-bdc-6", "qrm-bdc-3", "image-analysis" }) {
		Volume ct = Read(data + "/real/torso_ct.nii.gz");
		ExpectFindRefused(ct, phantom, "no row of");
	}
}

TEST(RodFind, EveryPhantomAtAnyAngle)
{
	for (const char *name : { "b-mas200", "mindways-model3", "qrm-bdc-3", "qrm-bdc-6", "image-analysis" })
		for (double angle : { 0.0, 35.0, -90.0, 160.0 }) {
			const struct phantom p = Load(name);
			const double slope = p.water_known ? 1.47 : 1.3, zero = p.water_known ? -10 : 4;
			const double middle = 150 - 19.0 * (p.n_rods - 1);
			Phantom made(OnLine(p, slope, zero), 15, 10, middle, angle);
			const Found f = Find(made.ct, name);
			ASSERT_EQ(0, f.rc) << name << " " << angle << ": " << err_message();
			const double expected = p.water_known ? slope - 0.2174 : slope;
			EXPECT_NEAR(1 / expected, f.c.slope_mg_cm3_per_hu, 0.005 / expected) << name << angle;
			EXPECT_NEAR(zero, -f.c.intercept_mg_cm3 / f.c.slope_mg_cm3_per_hu, 1) << name << angle;
			EXPECT_NEAR(10, f.rods.radius_mm, 0.5) << name << angle;
			for (int i = 0; i < p.n_rods; i++)
				EXPECT_EQ(p.rods[i].mg_cm3, f.c.rods[i].mg_cm3);
		}
}

// No base at all: rods that lie in air.
TEST(RodFind, RodsInAir)
{
	for (const char *name : { "b-mas200", "mindways-model3", "qrm-bdc-3" }) {
		const struct phantom p = Load(name);
		const double slope = p.water_known ? 1.47 : 1.3;
		Phantom made(OnLine(p, slope, 4), -1000, 9.5, 150 - 19.0 * (p.n_rods - 1), 5);
		const Found f = Find(made.ct, name);
		ASSERT_EQ(0, f.rc) << name << ": " << err_message();
		const double expected = p.water_known ? slope - 0.2174 : slope;
		EXPECT_NEAR(1 / expected, f.c.slope_mg_cm3_per_hu, 0.005 / expected) << name;
		EXPECT_NEAR(4, -f.c.intercept_mg_cm3 / f.c.slope_mg_cm3_per_hu, 1) << name;
		EXPECT_NEAR(9.5, f.rods.radius_mm, 0.7) << name;
	}
}

TEST(RodFind, ThePatientTouchesThePhantom)
{
	const struct phantom p = Load("b-mas200");
	Phantom made(OnLine(p, 1.3, 4), 15, 10, 74, 12, 0);
	const Found f = Find(made.ct);
	ASSERT_EQ(0, f.rc) << err_message();
	EXPECT_NEAR(1 / 1.3, f.c.slope_mg_cm3_per_hu, 0.005 / 1.3);
}

TEST(RodFind, ARodPartlyOutsideTheImage)
{
	const struct phantom p = Load("b-mas200");
	{
		Phantom made(OnLine(p, 1.3, 4), 15, 10, 1, 0); // a little less than half of it
		const Found f = Find(made.ct);
		ASSERT_EQ(0, f.rc) << err_message();
		EXPECT_LT(f.c.rods[0].seen, 0.75);
		EXPECT_GT(f.c.rods[0].seen, 0.4);
		EXPECT_EQ(1, f.c.rods[1].seen);
		EXPECT_NEAR(1 / 1.3, f.c.slope_mg_cm3_per_hu, 0.005 / 1.3);
	}
	Phantom made(OnLine(p, 1.3, 4), 15, 10, -12, 0);
	ExpectFindRefused(made.ct, "b-mas200", "rod 116 (0 mg/cm3) lies outside the image");
	// Padding is outside too.
	Phantom padded(OnLine(p, 1.3, 4), 15, 10, 30, 0);
	for (int64_t i = 0; i < volume_count(padded.ct.get()); i++)
		if (padded.ct.world(i)[0] < 42)
			volume_f32(padded.ct.get())[i] = -2048;
	ExpectFindRefused(padded.ct, "b-mas200", "rod 116 (0 mg/cm3) lies outside the image");
}

TEST(RodFind, RodsOffALineAreRefused)
{
	Phantom made({ 4, 30, 45, 180, 264 }, 15, 10, 74, 0);
	Found f = Find(made.ct);
	EXPECT_EQ(-1, f.rc);
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(RodFind, TwoRodsNeedTheirGeometry)
{
	ScratchFolder s;
	Phantom made({ 4, 264 }, 40, 10, 130, 20);
	ExpectFindRefused(made.ct, "siemens", "two rods are not looked for without their geometry");
	WriteFile(s / "p.yaml", "name: two\nserial: \"7\"\nunit: mgHA/cm3\nradius_mm: [9, 11]\npitch_mm: [36, 40]\n"
				"rods:\n  - {label: 1, mg_cm3: 0}\n  - {label: 2, mg_cm3: 200}\n");
	const Found f = Find(made.ct, (s / "p.yaml").c_str());
	ASSERT_EQ(0, f.rc) << err_message();
	EXPECT_NEAR(1 / 1.3, f.c.slope_mg_cm3_per_hu, 0.005 / 1.3);
	EXPECT_STREQ("7", f.c.serial);
}

TEST(RodFind, LabelsOfTheFoundRodsGiveTheSameLine)
{
	const struct phantom p = Load("b-mas200");
	Phantom made(OnLine(p, 1.3, 4), 15, 10, 74, 25);
	const Found f = Find(made.ct);
	ASSERT_EQ(0, f.rc) << err_message();
	Volume labels;
	struct calibration c;
	ASSERT_OK(rods_found_labels(labels.get(), &f.rods, made.ct.get(), &p));
	calibration_defaults(&c);
	ASSERT_OK(calibration_fit(&c, made.ct.get(), labels.get(), &p));
	EXPECT_NEAR(f.c.slope_mg_cm3_per_hu, c.slope_mg_cm3_per_hu, 0.003);
	EXPECT_NEAR(f.c.intercept_mg_cm3, c.intercept_mg_cm3, 0.5);
}

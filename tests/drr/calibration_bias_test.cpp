// Two biases of a calibrated density, measured: a slope that changes with the size of the body, and clipping.
#include <cmath>
#include <random>
#include <gmock/gmock.h>
#include "ct/rod_find.h"
#include "drr/spectrum.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "tests/support/support.h"

namespace
{
double Mu(const char *material, int kev)
{
	double mu = NAN;
	EXPECT_OK(attenuation_cm2_g(material, kev, &mu));
	return mu;
}

struct Beam {
	double effective_kev, hu_per_mg;
};

// physics-and-clinical.md 1.6: 3 mm Al more, a water cylinder, 1 mm GOS integrating energy, no correction for beam
// hardening; 100 mg/cm3 of HA displacing water at the centre.
Beam WaterCylinder(double kvp, double diameter_cm)
{
	double photons[SPECTRUM_BINS], sum = 0, water = 0, insert = 0;
	EXPECT_OK(spectrum_photons(photons, kvp, 3));
	for (int i = 0; i < SPECTRUM_BINS; i++) {
		const int kev = SPECTRUM_FIRST_KEV + i;
		if (photons[i] <= 0)
			continue;
		const double mu_water = Mu("water", kev),
			     detected = kev * (1 - std::exp(-Mu("gos", kev) * attenuation_density_g_cm3("gos") * 0.1)),
			     weight = photons[i] * std::exp(-mu_water * diameter_cm) * detected;
		sum += weight;
		water += weight * mu_water;
		insert += weight * ((1 - 0.1 / 3.156) * mu_water + 0.1 * Mu("hydroxyapatite", kev));
	}
	water /= sum;
	insert /= sum;
	Beam b = { NAN, 1000 * (insert - water) / water / 100 };
	for (double kev = 20; kev < 140; kev += 0.1) // where water attenuates as the beam sees it
		if (Mu("water", (int)kev) + (kev - (int)kev) * (Mu("water", (int)kev + 1) - Mu("water", (int)kev)) > water)
			b.effective_kev = kev + 0.1;
	return b;
}

struct Painted {
	struct volume ct = {}, labels = {};
	double hu_per_mg = 0, zero_hu = 0, mass_g[2] = {};
	explicit Painted(const std::string &base)
	{
		struct json *root = nullptr;
		EXPECT_OK(nifti_read_image(&ct, (base + "_ct.nii.gz").c_str()));
		EXPECT_OK(nifti_read_labels(&labels, (base + "_dseg.nii.gz").c_str()));
		EXPECT_OK(json_read(&root, (base + "_truth.json").c_str()));
		EXPECT_OK(json_get_number(root, "slope_hu_per_mg_cm3", "truth", &hu_per_mg));
		EXPECT_OK(json_get_number(root, "intercept_hu", "truth", &zero_hu));
		const char *bones[] = { "femur_left", "femur_right" };
		for (int i = 0; i < 2; i++)
			EXPECT_OK(json_get_number(json_member(json_member(root, "bones"), bones[i]), "mass_g", "truth",
				&mass_g[i]));
		json_free(root);
	}
	~Painted()
	{
		volume_free(&ct);
		volume_free(&labels);
	}
	struct calibration calibrate()
	{
		struct calibration c;
		struct rods_found found;
		struct phantom p;
		calibration_defaults(&c);
		EXPECT_OK(phantom_load(&p, "b-mas200"));
		EXPECT_OK(calibration_fit_found(&c, &found, &ct, &p));
		return c;
	}
};
} // namespace

// The table of the record, and what its change from 20 to 30 cm does to a femur.
TEST(CalibrationBias, SlopeChangesWithBodySize)
{
	const struct {
		double kvp, kev[2], hu_per_mg[2];
	} record[] = {
		{ 80, { 55.3, 57.7 }, { 1.962, 1.823 } },
		{ 100, { 62.8, 65.9 }, { 1.628, 1.506 } },
		{ 120, { 70.0, 74.0 }, { 1.423, 1.310 } },
		{ 140, { 76.5, 81.5 }, { 1.292, 1.185 } },
	};
	for (const auto &r : record) {
		const Beam small = WaterCylinder(r.kvp, 20), large = WaterCylinder(r.kvp, 30);
		const double bias = large.hu_per_mg / small.hu_per_mg - 1;
		printf("%3.0f kVp  20 cm: %.1f keV, %.3f HU per mg/cm3   30 cm: %.1f keV, %.3f   change %+.1f %%\n", r.kvp,
			small.effective_kev, small.hu_per_mg, large.effective_kev, large.hu_per_mg, 100 * bias);
		EXPECT_NEAR(r.hu_per_mg[0], small.hu_per_mg, 0.01 * r.hu_per_mg[0]);
		EXPECT_NEAR(r.hu_per_mg[1], large.hu_per_mg, 0.01 * r.hu_per_mg[1]);
		EXPECT_NEAR(r.kev[0], small.effective_kev, 0.5);
		EXPECT_NEAR(r.kev[1], large.effective_kev, 0.5);
		EXPECT_LT(bias, -0.065);
		EXPECT_GT(bias, -0.09);
	}
	TEST_DATA_OR_SKIP(data);
	Painted a(data + "/painted/A");
	// The rods lie outside the body and keep their slope; the femora's HU rise by 7 % less.
	for (int64_t i = 0; i < volume_count(&a.ct); i++) {
		float &hu = volume_f32(&a.ct)[i];
		const uint16_t label = volume_u16(&a.labels)[i];
		if (label == 75 || label == 76)
			hu = (float)(a.zero_hu + 0.93 * ((double)hu - a.zero_hu));
	}
	const struct calibration c = a.calibrate();
	calibration_apply(&c, &a.ct);
	for (int side = 0; side < 2; side++) {
		double mass = 0;
		for (int64_t i = 0; i < volume_count(&a.ct); i++)
			if (volume_u16(&a.labels)[i] == 75 + side)
				mass += (double)volume_f32(&a.ct)[i] * volume_voxel_cm3(&a.ct) / 1000;
		const double bias = mass / a.mass_g[side] - 1;
		printf("painted A, slope 7 %% smaller in the body: femur %d mass %.2f g, truth %.2f g, %+.2f %%\n", 75 + side,
			mass, a.mass_g[side], 100 * bias);
		EXPECT_NEAR(-0.07, bias, 0.002);
	}
}

// A canal without mineral in 25 HU of noise: the mean is right until negative density is set to 0.
TEST(CalibrationBias, ClippingANoisyCanal)
{
	TEST_DATA_OR_SKIP(data);
	Painted a(data + "/painted/A");
	std::mt19937 random(5);
	std::normal_distribution<double> noise(0, 25);
	// The middle of the right femur's shaft: voxels whose neighbours up to 4 mm are all femur hold 0 mg/cm3.
	const int64_t *n = a.ct.n;
	std::vector<int64_t> canal;
	for (int64_t z = 5; z < 60; z++)
		for (int64_t y = 3; y < n[1] - 3; y++)
			for (int64_t x = 3; x < n[0] - 3; x++) {
				bool inside = true;
				for (int64_t dy = -3; dy <= 3 && inside; dy++)
					for (int64_t dx = -3; dx <= 3 && inside; dx++)
						inside = volume_u16(&a.labels)[x + dx + n[0] * (y + dy + n[1] * z)] == 76;
				if (inside)
					canal.push_back(x + n[0] * (y + n[1] * z));
			}
	ASSERT_GT(canal.size(), 2000u);
	for (int64_t i : canal)
		volume_f32(&a.ct)[i] = (float)(a.zero_hu + noise(random));
	const struct calibration c = a.calibrate();
	calibration_apply(&c, &a.ct);
	double mean = 0, clipped = 0;
	for (int64_t i : canal) {
		const double mg = (double)volume_f32(&a.ct)[i];
		mean += mg / (double)canal.size();
		clipped += std::fmax(0, mg) / (double)canal.size();
	}
	const double expected = 25 / a.hu_per_mg / std::sqrt(2 * M_PI);
	printf("canal of 0 mg/cm3, 25 HU noise, %zu voxels: mean %+.2f mg/cm3, clipped at 0 %+.2f (sigma / sqrt(2 pi) = "
	       "%.2f)\n",
		canal.size(), mean, clipped, expected);
	EXPECT_NEAR(0, mean, 1);
	EXPECT_NEAR(expected, clipped, 0.5);
	EXPECT_NEAR(7.6, clipped, 0.5);
}

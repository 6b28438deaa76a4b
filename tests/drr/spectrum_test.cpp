// Attenuation, spectra and radiographs against published and precomputed values.
#include <cmath>
#include <cstring>
#include "drr/spectrum.h"
#include "host/run/device.h"
#include "tests/support/support.h"

namespace
{

double MuRho(const char *material, double kev)
{
	double value = NAN;
	EXPECT_EQ(0, attenuation_cm2_g(material, kev, &value)) << err_message();
	return value;
}

TEST(Attenuation, HasThePublishedValues)
{
	// NIST, cm2/g
	struct {
		const char *material;
		double kev, value;
	} cases[] = { { "water", 20, 0.8098 }, { "water", 60, 0.2059 }, { "adipose_icrp", 40, 0.2386 },
		{ "muscle_icrp", 80, 0.1822 }, { "bone_cortical_icru44", 50, 0.4242 },
		{ "hydroxyapatite", 70, 0.3131 }, { "hydroxyapatite", 20, 6.559 },
		{ "aluminium", 100, 0.1704 } };
	for (auto &c : cases)
		EXPECT_NEAR(c.value, MuRho(c.material, c.kev), 6e-4 * c.value) << c.material << " " << c.kev;
	EXPECT_EQ(3.156, attenuation_density_g_cm3("hydroxyapatite"));
	EXPECT_EQ(4.51, attenuation_density_g_cm3("csi"));
	EXPECT_EQ(0, attenuation_density_g_cm3("unobtainium"));
}

// Two energies, three materials: a DXA decomposition with known answers.
TEST(Attenuation, GivesTheDualEnergyOracle)
{
	struct {
		double low, high, ha, muscle, fat, j_low, j_high, ratio;
	} cases[] = { { 38, 70, 1.0, 18, 2, 6.7049400, 4.1358600, 1.460088837 },
		{ 38, 70, 0.7, 15, 5, 6.2604300, 4.0313340, 1.435948218 },
		{ 38, 70, 0.7, 12, 8, 6.1529400, 4.0207440, 1.411673103 },
		{ 45, 100, 0.7, 15, 5, 5.2884050, 3.5263230, 1.408522895 } };
	for (auto &c : cases) {
		auto soft = [&](double kev) {
			return c.muscle * MuRho("muscle_icrp", kev) + c.fat * MuRho("adipose_icrp", kev);
		};
		auto all = [&](double kev) { return soft(kev) + c.ha * MuRho("hydroxyapatite", kev); };
		EXPECT_NEAR(c.j_low, all(c.low), 1e-7);
		EXPECT_NEAR(c.j_high, all(c.high), 1e-7);
		EXPECT_NEAR(c.ratio, soft(c.low) / soft(c.high), 1e-8);
	}
}

TEST(Attenuation, InterpolatesLogLogButNeverAcrossAnEdge)
{
	double a = MuRho("water", 30), b = MuRho("water", 31), half = MuRho("water", std::sqrt(30.0 * 31.0));
	EXPECT_NEAR(std::sqrt(a * b), half, 1e-12);
	EXPECT_EQ(MuRho("csi", 34), MuRho("csi", 34.0));
	double value;
	for (auto bad :
		{ std::make_pair("csi", 33.5), std::make_pair("csi", 35.9), std::make_pair("gos", 50.1) }) {
		EXPECT_EQ(-1, attenuation_cm2_g(bad.first, bad.second, &value));
		EXPECT_NE(nullptr, strstr(err_message(), "K-edge")) << err_message();
	}
	EXPECT_EQ(0, attenuation_cm2_g("csi", 34.5, &value));
	EXPECT_EQ(-1, attenuation_cm2_g("unobtainium", 30, &value));
	EXPECT_EQ(-1, attenuation_cm2_g("water", 9.9, &value));
	EXPECT_EQ(-1, attenuation_cm2_g("water", 150.1, &value));
	EXPECT_EQ(-1, attenuation_cm2_g("water", NAN, &value));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

double Kerma(const double *photons, double al_mm)
{
	double sum = 0;
	for (int b = 0; b < SPECTRUM_BINS; b++)
		if (double kev = SPECTRUM_FIRST_KEV + b; photons[b] > 0)
			sum += photons[b] * kev * MuRho("air_mu_en", kev) *
			       std::exp(-MuRho("aluminium", kev) * al_mm / 10 * 2.699);
	return 1.602177e-7 * sum;
}

// Aluminium, mm, that leaves this share of the air kerma.
double Layer(const double *photons, double share)
{
	double low = 0, high = 50, open = Kerma(photons, 0);
	for (int i = 0; i < 60; i++) {
		double middle = 0.5 * (low + high);
		(Kerma(photons, middle) > share * open ? low : high) = middle;
	}
	return low;
}

TEST(Spectrum, HasItsCheckValues)
{
	struct {
		double kvp, photons, mean_kev, hvl1, hvl2, kerma;
	} cases[] = { { 70, 4.740364e7, 43.22, 3.675, 4.651, 22.28 },
		{ 80, 6.756311e7, 46.97, 4.283, 5.479, 29.00 },
		{ 90, 8.945467e7, 50.34, 4.881, 6.260, 35.98 },
		{ 100, 1.125254e8, 53.48, 5.469, 6.998, 43.23 },
		{ 120, 1.606539e8, 59.44, 6.632, 8.376, 58.56 },
		{ 140, 2.161495e8, 65.14, 7.808, 9.656, 77.16 } };
	for (auto &c : cases) {
		double photons[SPECTRUM_BINS], sum = 0, energy = 0;
		ASSERT_OK(spectrum_photons(photons, c.kvp, 0));
		for (int b = 0; b < SPECTRUM_BINS; b++) {
			sum += photons[b];
			energy += photons[b] * (SPECTRUM_FIRST_KEV + b);
		}
		EXPECT_NEAR(c.photons, sum, 1e-6 * c.photons) << c.kvp;
		EXPECT_NEAR(c.mean_kev, energy / sum, 0.0051) << c.kvp;
		EXPECT_NEAR(c.kerma, Kerma(photons, 0), 0.0051) << c.kvp;
		double hvl1 = Layer(photons, 0.5);
		EXPECT_NEAR(c.hvl1, hvl1, 5.1e-4) << c.kvp;
		EXPECT_NEAR(c.hvl2, Layer(photons, 0.25) - hvl1, 5.1e-4) << c.kvp;
	}
	double photons[SPECTRUM_BINS];
	struct {
		double kvp, al_mm, hvl1;
	} filtered[] = { { 70, 21, 6.813 }, { 90, 30, 9.063 }, { 120, 40, 11.582 } };
	for (auto &c : filtered) {
		ASSERT_OK(spectrum_photons(photons, c.kvp, c.al_mm));
		EXPECT_NEAR(c.hvl1, Layer(photons, 0.5), 5.1e-4) << c.kvp;
	}
}

TEST(Spectrum, SignalIsNormalised)
{
	spectrum s;
	ASSERT_OK(spectrum_load(&s, 120, 2.5));
	double sum = 0;
	for (double w : s.weight) {
		EXPECT_GE(w, 0);
		sum += w;
	}
	EXPECT_NEAR(1, sum, 1e-12);
	EXPECT_EQ(0, s.weight[SPECTRUM_BINS - 1]) << "no photons above the kVp";
	EXPECT_EQ(MuRho("ti6al4v", 60), s.mu_rho_cm2_g[60 - SPECTRUM_FIRST_KEV][MATERIAL_METAL]);
}

TEST(Spectrum, RefusesWhatIsNotTabulated)
{
	spectrum s;
	EXPECT_EQ(-1, spectrum_load(&s, 85, 0));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_NE(nullptr, strstr(err_message(), "70, 80, 90, 100, 120 and 140")) << err_message();
	EXPECT_EQ(-1, spectrum_load(&s, NAN, 0));
	EXPECT_EQ(-1, spectrum_load(&s, 80, -1));
}

TEST(Radiograph, IsZeroInAirAndFiniteBehindMetal)
{
	spectrum s;
	ASSERT_OK(spectrum_load(&s, 80, 0));
	float g_cm2[MATERIALS][3] = {}, out[3];
	g_cm2[MATERIAL_METAL][1] = 500;
	g_cm2[MATERIAL_METAL][2] = 20000;
	device cpu;
	ASSERT_OK(device_open(&cpu, "cpu"));
	ASSERT_OK(radiograph_apply(&cpu, out, g_cm2[0], 3, &s));
	EXPECT_NEAR(0, out[0], 1e-7);
	double least = 500 * MuRho("ti6al4v", 80);
	EXPECT_GT(out[1], least);
	EXPECT_LT(out[1], least + 30);
	EXPECT_TRUE(std::isfinite(out[2]));
	device_close(&cpu);
}

} // namespace

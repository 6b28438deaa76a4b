// Contrast -ln of hydroxyapatite in a hip: published known answers (70 to 90 kVp, 0.6 mm of CsI,
// energy-integrating). Their soft tissue is soft_tissue_icru4 at 1.0 g/cm3 where the spectrum's own is
// muscle_icrp; the test puts the table's tissue in its place.
#include <cmath>
#include <vector>
#include "drr/spectrum.h"
#include "host/run/device.h"
#include "tests/support/support.h"

namespace
{

const double kMineral[5] = { 0.2, 0.5, 0.8, 1.0, 1.5 }; // g/cm2

void LoadTable(spectrum *s, double kvp, double al_mm)
{
	ASSERT_OK(spectrum_load(s, kvp, al_mm));
	for (int b = 0; b < SPECTRUM_BINS; b++)
		ASSERT_OK(attenuation_cm2_g(
			"soft_tissue_icru4", SPECTRUM_FIRST_KEV + b, &s->mu_rho_cm2_g[b][MATERIAL_SOFT]));
	quadrature_of_spectrum(&s->quadrature, s);
}

// Contrast of each amount of mineral against `cm` of tissue; displaced: tissue that 1 g of mineral takes
// away, g.
std::vector<double> Contrast(const char *device_spec, const spectrum &s, double cm, double displaced)
{
	float g_cm2[MATERIALS][6] = {}, out[6];
	device d;
	EXPECT_OK(device_open(&d, device_spec));
	for (int i = 0; i < 6; i++) {
		double mineral = i ? kMineral[i - 1] : 0;
		g_cm2[MATERIAL_SOFT][i] = (float)(cm - displaced * mineral);
		g_cm2[MATERIAL_MINERAL][i] = (float)mineral;
	}
	EXPECT_OK(radiograph_apply(&d, out, g_cm2[0], 6, &s));
	device_close(&d);
	std::vector<double> contrast;
	for (int i = 1; i < 6; i++)
		contrast.push_back((double)out[i] - (double)out[0]);
	return contrast;
}

// Printed to three decimals; the bar is 3 %.
void Compare(const double *want, const spectrum &s, double cm, double displaced)
{
	for (const char *spec : { "cpu", "ref" }) {
		std::vector<double> got = Contrast(spec, s, cm, displaced);
		for (int i = 0; i < 5; i++) {
			EXPECT_LE(std::fabs(got[i] - want[i]), 5.1e-4)
				<< spec << " " << s.kvp << " kVp " << cm << " cm " << kMineral[i];
			EXPECT_LE(std::fabs(got[i] - want[i]), 0.03 * want[i]);
		}
	}
}

TEST(Contrast, OfAddedMineralIsThePublished)
{
	struct {
		double kvp, cm, contrast[5];
	} cases[] = { { 70, 14, { .126, .310, .488, .604, .885 } },
		{ 70, 18, { .121, .297, .469, .581, .854 } }, { 70, 26, { .112, .277, .439, .545, .804 } },
		{ 80, 18, { .104, .257, .405, .502, .739 } }, { 80, 26, { .097, .239, .379, .471, .696 } },
		{ 90, 18, { .094, .231, .365, .452, .666 } } };
	for (auto &c : cases) {
		spectrum s;
		LoadTable(&s, c.kvp, 2.5);
		Compare(c.contrast, s, c.cm, 0);
	}
}

TEST(Contrast, OfDisplacingMineralIsThePublished)
{
	const double contrast[5] = { .106, .262, .413, .512, .751 };
	spectrum s;
	LoadTable(&s, 70, 2.5);
	Compare(contrast, s, 18, 1.0 / 3.156);
}

TEST(Contrast, WithoutTheExtraAluminiumIsThePublished)
{
	const double contrast[5] = { .125, .308, .485, .600, .880 };
	spectrum s;
	LoadTable(&s, 70, 0);
	Compare(contrast, s, 18, 0);
}

// The spectrum's own soft tissue hardens the beam more; it stays inside the 3 %.
TEST(Contrast, WithMuscleInsteadIsWithinThreePercent)
{
	const double contrast[5] = { .121, .297, .469, .581, .854 };
	spectrum own;
	ASSERT_OK(spectrum_load(&own, 70, 2.5));
	std::vector<double> got = Contrast("cpu", own, 18, 0);
	for (int i = 0; i < 5; i++)
		EXPECT_LE(std::fabs(got[i] - contrast[i]), 0.03 * contrast[i]) << kMineral[i];
}

} // namespace

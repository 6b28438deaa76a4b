// The dual-energy beams against the table of physics known answers.
#include "drr/dxa_beam.h"

#include <cmath>
#include <gmock/gmock.h>
#include "drr/spectrum.h"
#include "tests/support/support.h"

namespace
{

struct Row {
	double low, high, mineral, muscle, fat, j_low, j_high, ratio, with_10_percent_fat;
};
const Row kTable[] = { { 38, 70, 1.0, 18, 2, 6.7049400, 4.1358600, 1.460088837, 1.0 },
	{ 38, 70, 0.7, 15, 5, 6.2604300, 4.0313340, 1.435948218, 0.561865336 },
	{ 38, 70, 0.7, 12, 8, 6.1529400, 4.0207440, 1.411673103, 0.423730672 },
	{ 45, 100, 0.7, 15, 5, 5.2884050, 3.5263230, 1.408522895, 0.562982208 } };

void Attenuate(double *j, const dxa_beam &beam, double muscle, double fat, double mineral)
{
	double g_cm2[MATERIALS] = {};
	g_cm2[MATERIAL_SOFT] = muscle;
	g_cm2[MATERIAL_FAT] = fat;
	g_cm2[MATERIAL_MINERAL] = mineral;
	dxa_beam_attenuation(j, &beam, g_cm2);
}

TEST(DxaBeam, GivesTheTableOfKnownAnswers)
{
	for (const Row &row : kTable) {
		dxa_beam beam;
		ASSERT_OK(dxa_beam_kev(&beam, row.low, row.high));
		double j[2], soft[2], ten[2];
		Attenuate(j, beam, row.muscle, row.fat, row.mineral);
		Attenuate(soft, beam, row.muscle, row.fat, 0);
		Attenuate(ten, beam, 18, 2, 0);
		EXPECT_NEAR(row.j_low, j[DXA_LOW], 1e-6);
		EXPECT_NEAR(row.j_high, j[DXA_HIGH], 1e-6);
		EXPECT_NEAR(row.ratio, soft[DXA_LOW] / soft[DXA_HIGH], 1e-8);
		EXPECT_NEAR(row.mineral, dxa_beam_mineral(&beam, j, soft), 1e-9);
		EXPECT_NEAR(row.with_10_percent_fat, dxa_beam_mineral(&beam, j, ten), 1e-8);
		EXPECT_NEAR(row.fat / (row.fat + row.muscle), dxa_beam_fat_fraction(&beam, soft), 1e-9);
		EXPECT_NEAR(0.1, dxa_beam_fat_fraction(&beam, ten), 1e-9);
		// The equation itself, and the mean over more of the same tissue.
		double r = ten[DXA_LOW] / ten[DXA_HIGH], more[2] = { 3 * ten[DXA_LOW], 3 * ten[DXA_HIGH] };
		double equation = (j[DXA_LOW] - r * j[DXA_HIGH]) /
				  (beam.at[DXA_LOW].mu_rho_cm2_g[0][MATERIAL_MINERAL] -
					  r * beam.at[DXA_HIGH].mu_rho_cm2_g[0][MATERIAL_MINERAL]);
		EXPECT_NEAR(equation, dxa_beam_mineral(&beam, j, ten), 1e-10);
		EXPECT_NEAR(equation, dxa_beam_mineral(&beam, j, more), 1e-10);
	}
}

TEST(DxaBeam, ReadsThroughTwoSpectraWhereTheTissueIsEven)
{
	for (auto al_mm : { 0.0, 10.0 }) {
		const double kvp[2] = { 70, 140 }, added[2] = { 0, al_mm };
		dxa_beam beam;
		ASSERT_OK(dxa_beam_kvp(&beam, kvp, added));
		for (double thickness : { 5.0, 20.0, 45.0 })
			for (double fat : { 0.0, 0.3, 0.8 })
				for (double mineral : { 0.1, 1.0, 3.0 }) {
					double j[2], beside[2], t = thickness;
					Attenuate(j, beam, t * (1 - fat), t * fat, mineral);
					Attenuate(beside, beam, 0.8 * t * (1 - fat), 0.8 * t * fat, 0);
					EXPECT_NEAR(fat, dxa_beam_fat_fraction(&beam, beside), 1e-8);
					EXPECT_NEAR(mineral, dxa_beam_mineral(&beam, j, beside), 1e-8);
				}
	}
}

// A spectrum's attenuation is that of its radiograph.
TEST(DxaBeam, OfASpectrumIsTheRadiograph)
{
	const double kvp[2] = { 80, 140 }, added[2] = { 1, 3 };
	dxa_beam beam;
	ASSERT_OK(dxa_beam_kvp(&beam, kvp, added));
	EXPECT_STREQ("80/140 kVp", beam.name);
	device ref;
	ASSERT_OK(device_open(&ref, "ref"));
	const float g_cm2[MATERIALS] = { 14, 6, 0.9f, 0 };
	const double exact[MATERIALS] = { 14, 6, (double)0.9f, 0 };
	double j[2];
	dxa_beam_attenuation(j, &beam, exact);
	for (int e = 0; e < 2; e++) {
		spectrum s;
		float film;
		ASSERT_OK(spectrum_load(&s, kvp[e], added[e]));
		ASSERT_OK(radiograph_apply(&ref, &film, g_cm2, 1, &s));
		EXPECT_NEAR(film, j[e], 1e-5);
	}
	device_close(&ref);
}

TEST(DxaBeam, HasNamesAndRefusesTheRest)
{
	dxa_beam beam;
	for (const char *name : { "40/70", "38/70", "45/100" }) {
		ASSERT_OK(dxa_beam_named(&beam, name));
		EXPECT_EQ(std::string(name) + " keV", beam.name);
	}
	EXPECT_EQ(-1, dxa_beam_named(&beam, "40/80"));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("40/70, 38/70 and 45/100"));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_EQ(-1, dxa_beam_kev(&beam, 70, 40));
	EXPECT_EQ(-1, dxa_beam_kev(&beam, NAN, 40));
	EXPECT_EQ(-1, dxa_beam_kev(&beam, 5, 40));
	const double same[2] = { 80, 80 }, unknown[2] = { 75, 140 }, none[2] = { 0, 0 };
	EXPECT_EQ(-1, dxa_beam_kvp(&beam, same, none));
	EXPECT_EQ(-1, dxa_beam_kvp(&beam, unknown, none));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

} // namespace

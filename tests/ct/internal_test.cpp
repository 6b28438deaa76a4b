// Calibration by the patient's own tissues: the record's numbers, and the real torso.
#include <cmath>
#include <gmock/gmock.h>
#include "ct/calibrate.h"
#include "ct/internal.h"
#include "host/files/nifti.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{
double Density(const struct internal &fit, double hu)
{
	return (fit.quadratic_mg_cm3_per_hu2 * hu + fit.slope_mg_cm3_per_hu) * hu + fit.intercept_mg_cm3;
}
} // namespace

// physics-and-clinical.md 1.5, oracle A, from the table of attenuation as printed.
TEST(Internal, OracleOfTheRecord)
{
	const struct {
		double hu[INTERNAL_TISSUES], kev, r2, m[2], rho[2], mg[5];
	} oracle[] = {
		{ { -100, -1000, 40, 1300, 55 }, 96, 0.99767746405, { 1.5108885763e-05, 0.17136857574 },
			{ 8.9858628630e-04, 0.96781173195 }, { -9.180193, 32.080955, 81.178545, 202.883055, 875.696799 } },
		{ { -100, -1000, 40, NAN, 55 }, 81, 0.99900215673, { 1.5439998688e-05, 0.18094179967 },
			{ 1.00886041643e-03, 1.01002419074 },
			{ 14.546738, 38.890564, 67.775070, 139.166123, 532.066235 } },
		{ { -105, -995, 45, 1450, 60 }, 93, 0.99801523639, { 1.5454597313e-05, 0.17313363164 },
			{ 8.8243085959e-04, 0.96380157241 }, { -2.465056, 34.786919, 78.905770, 187.744095, 784.984794 } },
	};
	const double at[] = { -100, 0, 100, 300, 1000 };
	for (const auto &o : oracle) {
		struct internal fit = {};
		std::copy(o.hu, o.hu + INTERNAL_TISSUES, fit.hu);
		ASSERT_OK(internal_model(&fit));
		EXPECT_EQ(o.kev, fit.effective_kev);
		EXPECT_NEAR(o.r2, fit.r2, 1e-11);
		EXPECT_NEAR(o.m[0], fit.m_slope, 1e-15);
		EXPECT_NEAR(o.m[1], fit.m_intercept, 1e-11);
		EXPECT_NEAR(o.rho[0], fit.rho_slope, 1e-11); // the record prints 9 true digits
		EXPECT_NEAR(o.rho[1], fit.rho_intercept, 1e-11);
		for (int i = 0; i < 5; i++)
			EXPECT_NEAR(o.mg[i], Density(fit, at[i]), 1e-6) << at[i];
	}
}

TEST(Internal, NeedsThreeTissues)
{
	struct internal fit = {};
	for (double &hu : fit.hu)
		hu = NAN;
	fit.hu[INTERNAL_AIR] = -1000;
	fit.hu[INTERNAL_MUSCLE] = 50;
	EXPECT_EQ(-1, internal_model(&fit));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr("at least 3 tissues, has 2"));
}

// The torso has no phantom and no truth: the figures are printed, and held to what any 120-kVp scan gives.
TEST(Internal, TheTorso)
{
	TEST_DATA_OR_SKIP(data);
	Volume ct, labels;
	struct calibration c;
	struct label_map map;
	ASSERT_OK(nifti_read_image(ct.get(), (data + "/real/torso_ct.nii.gz").c_str()));
	ASSERT_OK(nifti_read_labels(labels.get(), (data + "/real/torso_dseg.nii.gz").c_str()));
	ASSERT_OK(label_map_load(&map, "totalseg"));
	calibration_defaults(&c);
	ASSERT_OK(internal_fit(&c, ct.get(), labels.get(), &map));
	label_map_free(&map);
	int used = 0;
	for (int t = 0; t < INTERNAL_TISSUES; t++) {
		printf("%-14s %8.1f HU  %lld voxels\n", internal_tissue_name((enum internal_tissue)t),
			c.internal.hu[t], (long long)c.internal.voxels[t]);
		used += std::isfinite(c.internal.hu[t]);
	}
	printf("%g keV, r2 %.5f; mg/cm3 at -100, 0, 100, 300 HU: %.1f %.1f %.1f %.1f\n", c.internal.effective_kev, c.r2,
		Density(c.internal, -100), Density(c.internal, 0), Density(c.internal, 100), Density(c.internal, 300));
	EXPECT_GE(used, 3);
	EXPECT_STREQ("mgK2HPO4/cm3", c.unit);
	EXPECT_STREQ("internal-tissue", c.method);
	EXPECT_THAT(c.statement, testing::HasSubstr("cross-calibrate"));
	EXPECT_GT(c.internal.effective_kev, 60);
	EXPECT_LT(c.internal.effective_kev, 110);
	EXPECT_NEAR(36, Density(c.internal, 0), 15); // 32 to 39 in the record
	EXPECT_EQ(-1, calibration_require_line(&c, "torso"));
	EXPECT_THAT(err_message(), testing::HasSubstr("is no line"));
	// In place: the quadratic at every voxel.
	const double hu = (double)volume_f32(ct.get())[0];
	calibration_apply(&c, ct.get());
	EXPECT_NEAR(Density(c.internal, hu), (double)volume_f32(ct.get())[0], 1e-3);
}

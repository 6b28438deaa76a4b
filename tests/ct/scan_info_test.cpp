// What a calibration knows of its scan: sidecar, kernels, voltage; and what can be HU.
#include <cmath>
#include <gmock/gmock.h>
#include "ct/hu_range.h"
#include "ct/scan_info.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

using testing::HasSubstr;

TEST(ScanInfo, Sidecar)
{
	ScratchFolder s;
	struct scan_info scan;
	ASSERT_OK(scan_info_read(&scan, (s / "ct.nii.gz").c_str()));
	EXPECT_TRUE(std::isnan(scan.kvp));
	WriteFile(s / "ct.json", R"({"KVP": 120, "ConvolutionKernel": ["Br40d", "3"], "Manufacturer": "Maker",
		"ManufacturersModelName": "Model 1", "SliceThickness": 3})");
	ASSERT_OK(scan_info_read(&scan, (s / "ct.nii.gz").c_str()));
	EXPECT_EQ(120, scan.kvp);
	EXPECT_STREQ("Br40d", scan.kernel);
	EXPECT_STREQ("Maker Model 1", scan.scanner);
	struct scan_info given = scan_info_unknown();
	given.kvp = 100;
	scan_info_override(&scan, &given);
	EXPECT_EQ(100, scan.kvp);
	EXPECT_STREQ("Br40d", scan.kernel);
	for (const char *bad : { R"({"KVP": 12})", R"({"KVP": "high"})", R"({"ConvolutionKernel": 3})", "{" }) {
		WriteFile(s / "ct.json", bad);
		EXPECT_EQ(-1, scan_info_read(&scan, (s / "ct.nii.gz").c_str())) << bad;
		EXPECT_THAT(err_message(), HasSubstr("ct.json")) << bad;
	}
}

TEST(ScanInfo, Kernels)
{
	for (const char *sharp : { "B70s", "Br64d", "I70f", "Hr60", "LUNG", "Bone", "BONEPLUS", "EDGE", "D", "YC", "FC51",
		     "FC30", "FC81" })
		EXPECT_TRUE(scan_info_kernel_is_sharp(sharp)) << sharp;
	for (const char *soft : { "", "B30f", "Br40", "I31f", "STANDARD", "SOFT", "B", "C", "FC13", "FC08", "Qr36" })
		EXPECT_FALSE(scan_info_kernel_is_sharp(soft)) << soft;
	struct scan_info scan = scan_info_unknown();
	snprintf(scan.kernel, sizeof scan.kernel, "B70s");
	EXPECT_EQ(-1, scan_info_check_kernel(&scan, false));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("'B70s' is sharp"));
	EXPECT_OK(scan_info_check_kernel(&scan, true));
	snprintf(scan.kernel, sizeof scan.kernel, "Sd36");
	EXPECT_EQ(-1, scan_info_check_kernel(&scan, true)) << "direct density holds no HU";
}

TEST(ScanInfo, Voltage)
{
	struct scan_info ct = scan_info_unknown(), saved = scan_info_unknown();
	EXPECT_OK(scan_info_check_kvp(&ct, &saved));
	ct.kvp = 120;
	EXPECT_OK(scan_info_check_kvp(&ct, &saved));
	saved.kvp = 120.5;
	EXPECT_OK(scan_info_check_kvp(&ct, &saved));
	saved.kvp = 100;
	EXPECT_EQ(-1, scan_info_check_kvp(&ct, &saved));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("120 kVp"));
	EXPECT_THAT(err_message(), HasSubstr("100 kVp"));
}

TEST(HuRange, OnlyHu)
{
	Volume ct({ 4, 4, 4 }, Spacing(1, 1, 1).m, VOLUME_F32);
	float *hu = volume_f32(ct.get());
	EXPECT_EQ(-1, hu_range_check(ct.get(), "x.nii")); // all zero
	EXPECT_THAT(err_message(), HasSubstr("differ by less"));
	hu[0] = -1024;
	hu[1] = 3071;
	EXPECT_OK(hu_range_check(ct.get(), "x.nii"));
	hu[2] = 32767; // extended range of metal
	hu[3] = -2048; // padding
	EXPECT_OK(hu_range_check(ct.get(), "x.nii"));
	for (float bad : { 40000.0f, -5000.0f, NAN, INFINITY }) {
		hu[5] = bad;
		EXPECT_EQ(-1, hu_range_check(ct.get(), "x.nii")) << bad;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), HasSubstr("x.nii"));
	}
}

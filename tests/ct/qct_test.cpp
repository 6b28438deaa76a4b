// The verb qct: what it writes, what it leaves out and what it refuses.
#include "ct/qct.h"
#include <cstdio>
#include <gmock/gmock.h>
#include "ct/calibrate.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "tests/ct/body.h"
#include "tests/ct/verb.h"

extern "C" int cmd_calibrate(int argc, char **argv);
extern "C" int cmd_qct(int argc, char **argv);

namespace
{
using testing::HasSubstr;

struct Report {
	struct json *root = nullptr;
	explicit Report(const std::string &path)
	{
		EXPECT_OK(json_read(&root, path.c_str()));
	}
	~Report()
	{
		json_free(root);
	}
	const struct json *hip(size_t i) const
	{
		return json_at(json_member(root, "hips"), i);
	}
	const struct json *region(size_t i, const char *name) const
	{
		return json_member(json_member(hip(i), "regions"), name);
	}
	double number(const struct json *object, const char *key) const
	{
		double value = NAN;
		EXPECT_EQ(0, json_get_number(object, key, "report", &value)) << err_message();
		return value;
	}
	bool flagged(const struct json *bone, const std::string &code) const
	{
		const struct json *flags = json_member(bone, "flags");
		for (size_t k = 0; k < json_size(flags); k++)
			if (code == json_string(json_member(json_at(flags, k), "code")))
				return true;
		return false;
	}
};

// Density and labels of two digital femora with a sidecar, ready to measure.
struct Files {
	ScratchFolder s;
	MadeHips hips;
	std::vector<std::string> words;
	void calibrate()
	{
		hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
		ASSERT_EQ(0, Verb(cmd_calibrate,
				     { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz", "--label-map",
					     "painted", "--out", s / "d.nii.gz", "--force" }))
			<< err_message();
	}
	int qct(std::vector<std::string> more = {})
	{
		words = { "--density", s / "d.nii.gz", "--labels", s / "seg.nii.gz", "--label-map", "painted",
			"--out", s / "qct.json", "--force" };
		words.insert(words.end(), more.begin(), more.end());
		return Verb(cmd_qct, words);
	}
	void expect_nothing()
	{
		for (const char *name : { "qct.json", "qct.csv", "qct.png" })
			EXPECT_FALSE(FileExists(s / name)) << name;
	}
};
} // namespace

TEST(CmdQct, MeasuresBothHips)
{
	Files f;
	f.calibrate();
	ASSERT_EQ(0,
		f.qct({ "--table", f.s / "qct.csv", "--preview", f.s / "qct.png", "--gruen-stem-mm", "60" }))
		<< err_message();
	Report r(f.s / "qct.json");
	ASSERT_EQ(2u, json_size(json_member(r.root, "hips")));
	for (size_t i = 0; i < 2; i++) {
		double mass = 0;
		for (int64_t v = 0; v < volume_count(f.hips.labels.get()); v++)
			mass += volume_u16(f.hips.labels.get())[v] == (i == 0 ? 76 : 75) ? 0.3 * 0.015625 : 0;
		EXPECT_NEAR(mass, r.number(r.hip(i), "mineral_mass_g"), 1e-4 * mass);
		for (const char *name : { "total_hip", "femoral_neck", "trochanter", "intertrochanter",
			     "wards", "gruen_1", "gruen_4", "gruen_7" }) {
			const struct json *v = r.region(i, name);
			ASSERT_FALSE(json_is_null(v)) << name;
			EXPECT_NEAR(300, r.number(v, "vbmd_mg_cm3"), 0.02) << name; // 300 mg/cm3 throughout
			EXPECT_NEAR(r.number(v, "bmc_g"), r.number(v, "abmd_g_cm2") * r.number(v, "area_cm2"),
				1e-6);
			EXPECT_NEAR(r.number(v, "bmc_g"), 0.3 * r.number(v, "volume_cm3"),
				1e-4 * r.number(v, "bmc_g"));
			EXPECT_TRUE(json_is_null(json_member(json_member(v, "cortical"), "vbmd_se_mg_cm3")));
			EXPECT_GE(r.number(v, "abmd_se_g_cm2"), 0) << name;
			EXPECT_NEAR(r.number(v, "vbmd_se_mg_cm3"),
				std::hypot(r.number(json_member(v, "vbmd_se_parts_mg_cm3"), "calibration"),
					std::hypot(r.number(json_member(v, "vbmd_se_parts_mg_cm3"), "noise"),
						r.number(json_member(v, "vbmd_se_parts_mg_cm3"), "frame"))),
				1e-9);
			EXPECT_EQ(0, r.number(json_member(v, "cortical"), "volume_cm3"))
				<< "nothing reaches 350 mg/cm3";
		}
		// The parts make up the whole.
		EXPECT_NEAR(r.number(r.region(i, "total_hip"), "bmc_g"),
			r.number(r.region(i, "femoral_neck"), "bmc_g") +
				r.number(r.region(i, "trochanter"), "bmc_g") +
				r.number(r.region(i, "intertrochanter"), "bmc_g"),
			1e-3);
		EXPECT_NEAR(1, r.number(r.region(i, "wards"), "area_cm2"), 0.01);
		const struct json *frame = json_member(r.hip(i), "frame");
		EXPECT_NEAR(24, r.number(frame, "head_radius_mm"), 0.7);
		EXPECT_NEAR(180 - 52, r.number(frame, "neck_shaft_deg"), 4);
		EXPECT_TRUE(r.flagged(r.hip(i), "lesser_trochanter_assumed")) << "these femora have none";
	}
	double isocentre[3];
	ASSERT_OK(json_get_numbers(r.root, "isocentre_mm", "qct.json", isocentre, 3));
	for (double mm : isocentre)
		EXPECT_NEAR(0, mm, 1);
	struct table t = {};
	ASSERT_OK(table_read(&t, (f.s / "qct.csv").c_str()));
	EXPECT_EQ(2 * (5 + 7 + 1), t.n_rows);
	EXPECT_EQ("R", Cell(t, 0, "side"));
	EXPECT_EQ("total_hip", Cell(t, 0, "region"));
	EXPECT_EQ("no", Cell(t, 0, "truncated"));
	EXPECT_EQ("mgHA/cm3", Cell(t, 0, "unit"));
	EXPECT_EQ("phantom", Cell(t, 0, "calibration"));
	EXPECT_NEAR(r.number(r.region(0, "total_hip"), "abmd_se_g_cm2"), CellNumber(t, 0, "abmd_se_g_cm2"), 1e-7);
	EXPECT_NEAR(
		r.number(r.region(0, "total_hip"), "abmd_g_cm2"), CellNumber(t, 0, "abmd_qct_g_cm2"), 1e-7);
	EXPECT_EQ("total_hip_model", Cell(t, 12, "region"));
	EXPECT_NEAR(80, CellNumber(t, 12, "head_x_mm"), 1);
	table_free(&t);
	EXPECT_EQ("\x89PNG", ReadFile(f.s / "qct.png").substr(0, 4));
}

// A calibration by the patient's own tissues is no line and has no rods: measured in its own unit, its bias stated,
// errors not known.
TEST(CmdQct, InternalCalibration)
{
	Files f;
	f.calibrate();
	WriteFile(f.s / "d.json", R"({"quadratic_mg_cm3_per_hu2": 0.0003, "slope_mg_cm3_per_hu": 0.5,
		"intercept_mg_cm3": 36, "unit": "mgK2HPO4/cm3", "method": "internal-tissue", "bias_statement": "biased",
		"rods": [], "flags": {}})");
	ASSERT_EQ(0, f.qct({ "--table", f.s / "qct.tsv" })) << err_message();
	Report r(f.s / "qct.json");
	EXPECT_STREQ("mgK2HPO4/cm3", json_string(json_member(r.root, "unit")));
	const struct json *calibration = json_member(r.root, "calibration");
	EXPECT_STREQ("biased", json_string(json_member(calibration, "bias_statement")));
	EXPECT_STREQ("internal-tissue", json_string(json_member(calibration, "method")));
	EXPECT_NEAR(300, r.number(r.region(0, "total_hip"), "vbmd_mg_cm3"), 0.02);
	for (const char *key : { "abmd_se_g_cm2", "vbmd_se_mg_cm3" })
		EXPECT_TRUE(json_is_null(json_member(r.region(0, "total_hip"), key))) << key;
	struct table t = {};
	ASSERT_OK(table_read(&t, (f.s / "qct.tsv").c_str()));
	EXPECT_EQ("mgK2HPO4/cm3", Cell(t, 0, "unit"));
	EXPECT_EQ("internal-tissue", Cell(t, 0, "calibration"));
	EXPECT_EQ("n/a", Cell(t, 0, "abmd_se_g_cm2"));
	table_free(&t);
}

TEST(CmdQct, HelpDescribesTheFlags)
{
	testing::internal::CaptureStdout();
	EXPECT_EQ(0, Verb(cmd_qct, { "--help" }));
	const std::string help = testing::internal::GetCapturedStdout();
	const std::string readme = ReadFile(SourceDir() + "/README.md");
	for (int k = 0; k < QCT_FLAG_CODES; k++) {
		const enum qct_flag_code code = (enum qct_flag_code)k;
		EXPECT_THAT(help, HasSubstr(std::string("  ") + qct_flag_name(code) + " "));
		EXPECT_THAT(help, HasSubstr(qct_flag_meaning(code)));
		EXPECT_THAT(readme, HasSubstr(std::string("| `") + qct_flag_name(code) + "` | " +
					      qct_flag_meaning(code) + " |"));
	}
}

TEST(CmdQct, SideAndMaker)
{
	Files f;
	f.calibrate();
	ASSERT_EQ(0, f.qct({ "--side", "L", "--maker", "ge" })) << err_message();
	Report r(f.s / "qct.json");
	ASSERT_EQ(1u, json_size(json_member(r.root, "hips")));
	EXPECT_STREQ("L", json_string(json_member(r.hip(0), "side")));
	EXPECT_NE(nullptr, r.region(0, "shaft"));
	EXPECT_EQ(nullptr, r.region(0, "intertrochanter"));
}

// Fatty marrow below 0: clipping adds exactly what was below.
TEST(CmdQct, ClippingIsAnOptionAndRecorded)
{
	Files f;
	for (int64_t i = 0; i < volume_count(f.hips.ct.get()); i++)
		if (volume_u16(f.hips.labels.get())[i] == 76 && i % 4 == 0)
			volume_f32(f.hips.ct.get())[i] = -54; // -40 mg/cm3
	f.calibrate();
	ASSERT_EQ(0, f.qct()) << err_message();
	double plain, clipped, voxels = 0;
	{
		Report r(f.s / "qct.json");
		plain = r.number(r.hip(0), "mineral_mass_g");
		EXPECT_THAT(ReadFile(f.s / "qct.json"), HasSubstr("\"clip_negative\": false"));
	}
	ASSERT_EQ(0, f.qct({ "--clip-negative" })) << err_message();
	Report r(f.s / "qct.json");
	clipped = r.number(r.hip(0), "mineral_mass_g");
	EXPECT_THAT(ReadFile(f.s / "qct.json"), HasSubstr("\"clip_negative\": true"));
	for (int64_t i = 0; i < volume_count(f.hips.labels.get()); i += 4)
		voxels += volume_u16(f.hips.labels.get())[i] == 76;
	EXPECT_NEAR(voxels * 0.015625 * 0.040, clipped - plain, 1e-4);
}

TEST(CmdQct, MetalRefusesOneHipThenAll)
{
	Files f;
	f.hips.metal(75);
	f.calibrate();
	ASSERT_EQ(0, f.qct({ "--table", f.s / "one.tsv" })) << err_message();
	{
		Report r(f.s / "qct.json");
		EXPECT_FALSE(r.flagged(r.hip(0), "metal"));
		EXPECT_TRUE(r.flagged(r.hip(1), "metal"));
		EXPECT_EQ(nullptr, json_member(r.hip(1), "regions"));
		EXPECT_EQ(nullptr, json_member(r.hip(1), "mineral_mass_g"));
	}
	struct table t = {};
	ASSERT_OK(table_read(&t, (f.s / "one.tsv").c_str()));
	for (int64_t row = 0; row < t.n_rows; row++)
		EXPECT_EQ(Cell(t, row, "side") == "L", Cell(t, row, "abmd_qct_g_cm2") == "n/a");
	table_free(&t);
	remove((f.s / "qct.json").c_str());
	f.hips.metal(76);
	f.calibrate();
	EXPECT_EQ(EXIT_CODE_INVALID, f.qct({ "--table", f.s / "qct.csv" }));
	EXPECT_THAT(err_message(), HasSubstr("no hip could be measured"));
	EXPECT_THAT(err_message(), HasSubstr("femur_left: metal"));
	f.expect_nothing();
}

TEST(CmdQct, RefusalsWriteNothing)
{
	Files f;
	f.calibrate();
	// a side that is not there
	for (int64_t i = 0; i < volume_count(f.hips.labels.get()); i++)
		if (volume_u16(f.hips.labels.get())[i] == 75)
			volume_u16(f.hips.labels.get())[i] = 0;
	ASSERT_OK(nifti_write((f.s / "seg.nii.gz").c_str(), f.hips.labels.get(), 1));
	EXPECT_EQ(EXIT_CODE_INVALID, f.qct({ "--side", "L" }));
	EXPECT_THAT(err_message(), HasSubstr("missing_label"));
	EXPECT_THAT(err_message(), HasSubstr("seg.nii.gz"));
	f.expect_nothing();
	// the right femur under the left one's number
	for (int64_t i = 0; i < volume_count(f.hips.labels.get()); i++)
		if (volume_u16(f.hips.labels.get())[i] == 76)
			volume_u16(f.hips.labels.get())[i] = 75;
	ASSERT_OK(nifti_write((f.s / "seg.nii.gz").c_str(), f.hips.labels.get(), 1));
	EXPECT_EQ(EXIT_CODE_INVALID, f.qct());
	EXPECT_THAT(err_message(), HasSubstr("femur_left: wrong_side"));
	EXPECT_THAT(err_message(), HasSubstr("it is the right femur"));
	f.expect_nothing();
	// no vertebrae
	EXPECT_EQ(EXIT_CODE_INVALID, f.qct({ "--side", "none" }));
	EXPECT_THAT(err_message(), HasSubstr("no vertebra"));
	// no number among the densities
	Volume d;
	ASSERT_OK(nifti_read_image(d.get(), (f.s / "d.nii.gz").c_str()));
	volume_f32(d.get())[volume_count(d.get()) / 2] = NAN;
	ASSERT_OK(nifti_write((f.s / "d.nii.gz").c_str(), d.get(), 1));
	EXPECT_EQ(EXIT_CODE_INVALID, f.qct());
	EXPECT_THAT(err_message(), HasSubstr("d.nii.gz"));
	f.expect_nothing();
	EXPECT_EQ(EXIT_CODE_USAGE, f.qct({ "--leg-deg", "90,0,0" }));
	EXPECT_EQ(EXIT_CODE_USAGE, f.qct({ "--distal-mm", "500" }));
	EXPECT_EQ(EXIT_CODE_USAGE, f.qct({ "--table", f.s / "qct.json" }));
	EXPECT_EQ(EXIT_CODE_USAGE, f.qct({ "--preview", f.s / "seg.nii.gz" }));
	EXPECT_EQ(EXIT_CODE_USAGE, f.qct({ "--out", f.s / "qct.csv" }));
	EXPECT_EQ(EXIT_CODE_USAGE, f.qct({ "--out", f.s / "d.json" })) << "the density's own sidecar";
	EXPECT_EQ(EXIT_CODE_INVALID, Verb(cmd_qct, { "--density", f.s / "ct.nii.gz", "--labels",
							   f.s / "seg.nii.gz", "--out", f.s / "qct.json" }));
	EXPECT_THAT(err_message(), HasSubstr("not a density volume"));
	f.expect_nothing();
}

// Cut by its label or by the image: what reaches the lower edge is left out, the neck stays.
TEST(CmdQct, CutFemur)
{
	TwoFemora names;
	const Turn still = TurnBy(0, 0, 0);
	const struct calibration c = NoFlags();
	const struct qct_settings s = qct_settings_default();
	for (const char *how : { "label", "image" }) {
		BodyFemur f(still, still, { 2, 2, 2 });
		Measured whole(f, names.map, LABEL_RIGHT);
		EXPECT_FALSE(qct_flag_has(&whole.hip.flags, QCT_CUT_BELOW));
		const double z = whole.hip.axes.frame.head_centre_mm[2] - 62;
		int64_t first = 0;
		for (int64_t i = 0; i < volume_count(f.labels.get()); i++)
			if (f.labels.world(i)[2] < z) {
				volume_u16(f.labels.get())[i] = 0;
				first = i / (f.labels->n[0] * f.labels->n[1]) + 1;
			}
		if (how[0] == 'i')
			for (Volume *v : { &f.density, &f.labels }) {
				const int64_t skip = first * (*v)->n[0] * (*v)->n[1];
				const size_t bytes = volume_type_bytes((*v)->type);
				const size_t left = (size_t)(volume_count(v->get()) - skip) * bytes;
				memmove((*v)->voxels.data, (char *)(*v)->voxels.data + (size_t)skip * bytes,
					left);
				(*v)->n[2] -= first;
				(*v)->to_world[2][3] += 2.0 * (double)first;
			}
		struct qct_hip hip;
		ASSERT_OK(
			qct_measure(&hip, f.density.get(), &c, f.labels.get(), &names.map, LABEL_RIGHT, &s));
		EXPECT_TRUE(hip.measured) << how;
		EXPECT_TRUE(qct_flag_has(&hip.flags, QCT_CUT_BELOW)) << how;
		EXPECT_FALSE(hip.regions[REGION_TOTAL].measured || hip.regions[REGION_INTER].measured) << how;
		EXPECT_TRUE(hip.regions[REGION_NECK].measured && hip.regions[REGION_TROCHANTER].measured)
			<< how;
		EXPECT_NEAR(
			whole.hip.regions[REGION_NECK].abmd_g_cm2, hip.regions[REGION_NECK].abmd_g_cm2, 0.05)
			<< how;
		qct_hip_free(&hip);
	}
}

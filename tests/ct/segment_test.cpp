// Foreign label maps: names, sides, grid, bones.
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include "ct/label_names.h"
#include "ct/segment_import.h"
#include "ct/side_check.h"
#include "host/files/nifti.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{
using testing::HasSubstr;

// Two hips of boxes and a sacrum: right at x > 0.
struct Hips {
	Volume ct, labels;
	explicit Hips(bool swapped = false, bool with_left = true, bool with_sacrum = true)
	    : ct({ 40, 20, 20 }, Spacing(5, 5, 5, { -97.5, 0, 0 }).m, VOLUME_F32),
	      labels({ 40, 20, 20 }, Spacing(5, 5, 5, { -97.5, 0, 0 }).m, VOLUME_U16)
	{
		for (int64_t i = 0; i < volume_count(ct.get()); i++) {
			const Point p = labels.world(i);
			uint16_t l = 0;
			if (p[0] > 60)
				l = swapped ? 75 : 76;
			else if (p[0] < -60 && with_left)
				l = swapped ? 76 : 75;
			else if (std::fabs(p[0]) < 20 && with_sacrum)
				l = 25;
			volume_u16(labels.get())[i] = l;
			volume_f32(ct.get())[i] = l ? 300 : 30;
		}
	}
	void write(const std::string &labels_path, const std::string &ct_path)
	{
		ASSERT_OK(nifti_write(labels_path.c_str(), labels.get(), 1));
		ASSERT_OK(nifti_write(ct_path.c_str(), ct.get(), 1));
	}
};

enum side_verdict Sides(Hips &h, std::string *why = nullptr)
{
	struct label_map map;
	enum side_verdict verdict = SIDE_UNKNOWN;
	char reason[256];
	EXPECT_OK(label_map_load(&map, "totalseg"));
	EXPECT_OK(side_check(&verdict, reason, h.labels.get(), &map));
	label_map_free(&map);
	if (why)
		*why = reason;
	return verdict;
}

struct Import {
	int rc;
	Volume labels;
	std::string report;
};

Import Do(const std::string &path, struct segment_settings s)
{
	Import r;
	struct json *report = nullptr;
	s.to = s.to ? s.to : "totalseg";
	r.rc = segment_import(r.labels.get(), &report, &s, path.c_str());
	if (report) {
		char *text = json_text(report);
		r.report = text;
		free(text);
	}
	json_free(report);
	return r;
}
} // namespace

TEST(LabelNames, SidesAndSpelling)
{
	struct label_map map;
	ASSERT_OK(label_map_load(&map, "totalseg"));
	for (const char *name : { "femur_left", "Femur Left", "left femur", "Left-Femur", "femur_L", "L femur", "FEMUR left" }) {
		const struct label *l = label_names_find(&map, name);
		ASSERT_NE(nullptr, l) << name;
		EXPECT_EQ(75, l->id) << name;
	}
	EXPECT_EQ(76, label_names_find(&map, "right femur")->id);
	EXPECT_EQ(25, label_names_find(&map, "Sacrum")->id);
	EXPECT_EQ(31, label_names_find(&map, "vertebrae L1")->id);
	for (const char *name : { "femur", "left", "", "femora_left", "tumour" })
		EXPECT_EQ(nullptr, label_names_find(&map, name)) << name;
	label_map_free(&map);
}

TEST(LabelNames, NnunetAndColourTables)
{
	ScratchFolder s;
	struct label_map map;
	WriteFile(s / "dataset.json", R"({"labels": {"background": 0, "femur_left": 1, "Right femur": 2}, "x": 1})");
	ASSERT_OK(label_names_load(&map, (s / "dataset.json").c_str()));
	ASSERT_EQ(2, map.n);
	EXPECT_STREQ("femur_left", label_map_by_id(&map, 1)->name);
	label_map_free(&map);
	WriteFile(s / "dataset.json", R"({"labels": {"0": "background", "1": "femur_left"}})");
	ASSERT_OK(label_names_load(&map, (s / "dataset.json").c_str()));
	EXPECT_STREQ("femur_left", label_map_by_id(&map, 1)->name);
	label_map_free(&map);
	WriteFile(s / "c.ctbl", "# Color table file\n0 Background 0 0 0 0\r\n1 femur_left 10 20 30 255\n 7 sacrum 1 2 3 255\n");
	ASSERT_OK(label_names_load(&map, (s / "c.ctbl").c_str()));
	ASSERT_EQ(2, map.n);
	EXPECT_STREQ("sacrum", label_map_by_id(&map, 7)->name);
	label_map_free(&map);
	const std::vector<std::array<std::string, 3>> bad = {
		{ "a.json", R"({"labels": {"bone": [1, 2]}})", "regions" },
		{ "a.json", R"({"labels": {"x": "femur"}})", "no number" },
		{ "a.json", R"({"labels": {"femur": 70000}})", "1..65535" },
		{ "a.json", R"({"labels": {"a": 1, "b": 1}})", "twice" },
		{ "a.json", R"({"names": {}})", "no 'labels'" },
		{ "a.txt", "1 femur\nfemur 2\n", "line 2" },
		{ "a.txt", "# nothing\n", "names no label" },
	};
	for (const auto &b : bad) {
		WriteFile(s / b[0], b[1]);
		EXPECT_EQ(-1, label_names_load(&map, (s / b[0]).c_str())) << b[1];
		EXPECT_EQ(EXIT_CODE_INVALID, err_code()) << b[1];
		EXPECT_THAT(err_message(), HasSubstr(b[2]));
		EXPECT_THAT(err_message(), HasSubstr(b[0]));
	}
}

TEST(SideCheck, Verdicts)
{
	std::string why;
	{
		Hips h;
		EXPECT_EQ(SIDE_RIGHT, Sides(h));
	}
	{
		Hips h(true);
		EXPECT_EQ(SIDE_SWAPPED, Sides(h, &why));
		EXPECT_THAT(why, HasSubstr("femur_right lies at x ="));
	}
	for (bool swapped : { false, true }) { // one femur, against the sacrum
		Hips h(swapped, false);
		EXPECT_EQ(swapped ? SIDE_SWAPPED : SIDE_RIGHT, Sides(h, &why));
	}
	{
		Hips h(false, false, false); // a box has no head
		EXPECT_EQ(SIDE_UNKNOWN, Sides(h));
	}
	{
		Hips h; // a second pair the other way round
		for (int64_t i = 0; i < volume_count(h.labels.get()); i++)
			if (h.labels.world(i)[2] > 50 && volume_u16(h.labels.get())[i] > 70)
				volume_u16(h.labels.get())[i] = volume_u16(h.labels.get())[i] == 76 ? 77 : 78;
		EXPECT_EQ(SIDE_MIXED, Sides(h));
	}
	{
		Hips h; // liver on the left, spleen on the right
		for (int64_t i = 0; i < volume_count(h.labels.get()); i++) {
			const Point p = h.labels.world(i);
			if (p[2] > 70 && std::fabs(p[0]) > 25 && std::fabs(p[0]) < 55)
				volume_u16(h.labels.get())[i] = p[0] < 0 ? 5 : 1;
		}
		EXPECT_EQ(SIDE_MIRRORED, Sides(h));
	}
}

// One femur alone: its head tells the side.
TEST(SideCheck, AFemurAlone)
{
	for (bool right : { true, false })
		for (bool wrong : { false, true }) {
			const DigitalFemur femur(right, { right ? 80.0 : -80.0, 0, 0 });
			Volume labels = FemurLabels(
				femur, Identity(), { 2.5, 2.5, 2.5 }, right != wrong ? 76 : 75);
			struct label_map map;
			enum side_verdict verdict;
			char reason[256];
			ASSERT_OK(label_map_load(&map, "totalseg"));
			ASSERT_OK(side_check(&verdict, reason, labels.get(), &map));
			label_map_free(&map);
			EXPECT_EQ(wrong ? SIDE_SWAPPED : SIDE_RIGHT, verdict) << right << reason;
		}
}

TEST(SegmentImport, RenumbersAndReports)
{
	ScratchFolder s;
	Hips h;
	for (int64_t i = 0; i < volume_count(h.labels.get()); i++) {
		uint16_t &l = volume_u16(h.labels.get())[i];
		l = l == 75 ? 1 : l == 76 ? 2 : l == 25 ? 3 : 0;
	}
	volume_u16(h.labels.get())[0] = 9;
	h.write(s / "seg.nii.gz", s / "ct.nii.gz");
	WriteFile(s / "dataset.json",
		R"({"labels": {"background": 0, "femur_left": 1, "femur_right": 2, "sacrum": 3, "tumour": 9}})");
	const std::string from = s / "dataset.json", ct = s / "ct.nii.gz";
	testing::internal::CaptureStderr();
	Import r = Do(s / "seg.nii.gz", { from.c_str(), nullptr, ct.c_str(), "femur_left,femur_right", false });
	EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("9 tumour"));
	ASSERT_EQ(0, r.rc) << err_message();
	const std::array<uint16_t, 4> to = { 0, 75, 76, 25 };
	for (int64_t i = 1; i < volume_count(h.labels.get()); i++)
		ASSERT_EQ(to[volume_u16(h.labels.get())[i]], volume_u16(r.labels.get())[i]);
	EXPECT_EQ(0, volume_u16(r.labels.get())[0]);
	EXPECT_THAT(r.report, HasSubstr(R"("sides":"as labelled")"));
	EXPECT_THAT(r.report, HasSubstr(R"("name":"tumour","to_name":null,"to":0,"voxels":1)"));
}

TEST(SegmentImport, SwappedSides)
{
	ScratchFolder s;
	Hips h(true), right(false);
	h.write(s / "seg.nii.gz", s / "ct.nii.gz");
	Import refused = Do(s / "seg.nii.gz", {});
	EXPECT_EQ(-1, refused.rc);
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("left and right are swapped: femur_right lies at x = "));
	struct segment_settings exchange = {};
	exchange.exchange = true;
	Import r = Do(s / "seg.nii.gz", exchange);
	ASSERT_EQ(0, r.rc) << err_message();
	EXPECT_THAT(r.report, HasSubstr(R"("sides":"exchanged")"));
	for (int64_t i = 0; i < volume_count(h.labels.get()); i++)
		ASSERT_EQ(volume_u16(right.labels.get())[i], volume_u16(r.labels.get())[i]);
}

TEST(SegmentImport, Refusals)
{
	ScratchFolder s;
	Hips h;
	h.write(s / "seg.nii.gz", s / "ct.nii.gz");
	const std::string ct = s / "ct.nii.gz", other = s / "other.nii.gz", flipped = s / "flipped.nii.gz";
	auto refused = [&](struct segment_settings settings, int code, const std::string &says) {
		EXPECT_EQ(-1, Do(s / "seg.nii.gz", settings).rc) << says;
		EXPECT_EQ(code, err_code()) << says;
		EXPECT_THAT(err_message(), HasSubstr(says));
	};
	refused({ nullptr, nullptr, nullptr, "femur_left,hip_left", false }, EXIT_CODE_INVALID, "label 'hip_left' is missing");
	refused({ nullptr, nullptr, nullptr, "femora", false }, EXIT_CODE_USAGE, "has no 'femora'");
	refused({ "no.json", nullptr, nullptr, nullptr, false }, EXIT_CODE_INPUT, "no.json");
	refused({ "nothing", nullptr, nullptr, nullptr, false }, EXIT_CODE_USAGE, "nothing");
	h.ct->to_world[2][3] += 1;
	ASSERT_OK(nifti_write(other.c_str(), h.ct.get(), 1));
	h.ct->to_world[2][3] -= 1;
	refused({ nullptr, nullptr, other.c_str(), nullptr, false }, EXIT_CODE_INVALID, "other.nii.gz");
	for (int64_t i = 0; i < volume_count(h.ct.get()); i++) // the labels lie where the bones are not
		volume_f32(h.ct.get())[i] = volume_u16(h.labels.get())[i] ? 30 : 300;
	ASSERT_OK(nifti_write(flipped.c_str(), h.ct.get(), 1));
	refused({ nullptr, nullptr, flipped.c_str(), nullptr, false }, EXIT_CODE_INVALID, "no bone: the labels are mirrored");
	refused({ "painted", "painted", nullptr, "lumbar_spine", false }, EXIT_CODE_INVALID, "'lumbar_spine' is missing");
	WriteFile(s / "names.txt", "75 kidney\n76 lung\n25 heart_valve\n");
	const std::string names = s / "names.txt";
	refused({ names.c_str(), nullptr, nullptr, nullptr, false }, EXIT_CODE_INVALID, "none of its labels");
	EXPECT_EQ(0, Do(s / "seg.nii.gz", { nullptr, nullptr, ct.c_str(), nullptr, false }).rc) << err_message();
}

TEST(SegmentImport, RealAndPaintedLabels)
{
	TEST_DATA_OR_SKIP(data);
	const std::string torso_ct = data + "/real/torso_ct.nii.gz";
	Import torso = Do(data + "/real/torso_dseg.nii.gz", { nullptr, nullptr, torso_ct.c_str(), "femur_left", false });
	ASSERT_EQ(0, torso.rc) << err_message();
	EXPECT_THAT(torso.report, HasSubstr(R"("sides":"as labelled")"));
	// Every left called right and the other way round, on real anatomy.
	struct label_map map;
	ScratchFolder s;
	ASSERT_OK(label_map_load(&map, "totalseg"));
	ASSERT_OK(side_exchange(torso.labels.get(), &map));
	label_map_free(&map);
	ASSERT_OK(nifti_write((s / "swapped.nii.gz").c_str(), torso.labels.get(), 1));
	EXPECT_EQ(-1, Do(s / "swapped.nii.gz", {}).rc);
	EXPECT_THAT(err_message(), HasSubstr("left and right are swapped"));
	// The label map mirrored on its grid: pairs keep their sides, but bones lie on no bone.
	Volume mirrored;
	ASSERT_OK(nifti_read_labels(mirrored.get(), (data + "/painted/A_dseg.nii.gz").c_str()));
	const int64_t nx = mirrored->n[0];
	for (int64_t row = 0; row < volume_count(mirrored.get()) / nx; row++) {
		uint16_t *line = volume_u16(mirrored.get()) + row * nx;
		std::reverse(line, line + nx);
	}
	const std::string path = s / "mirrored.nii.gz", ct = data + "/painted/A_ct.nii.gz";
	ASSERT_OK(nifti_write(path.c_str(), mirrored.get(), 1));
	EXPECT_EQ(-1, Do(path, { "painted", "painted", ct.c_str(), nullptr, false }).rc);
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

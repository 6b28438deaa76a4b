// Films and their maps as one picture, in the page and as a figure.
#include <cmath>
#include <filesystem>
#include <string>
#include <gmock/gmock.h>
#include "eval/base64.h"
#include "eval/montage.h"
#include "host/files/nifti.h"
#include "tests/eval/verbs.h"

using ::testing::HasSubstr;

namespace {

// Frames: film, a map in g/cm2, a path in cm, another map, each frame one value but for its first pixel; then, unless truth is
// NaN, the true ones of the three: `truth` times the frame's number, at the first pixel, too.
void WriteMaps(const std::string &folder, const std::string &name, int cols, double map, const std::string &abmd = "0.7125",
	double truth = NAN)
{
	struct volume v;
	const bool has_truth = !std::isnan(truth);
	const int64_t n[3] = { cols, 2, has_truth ? 7 : 4 };
	const double affine[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
	ASSERT_OK(volume_init(&v, n, affine, VOLUME_F32));
	for (int64_t i = 0; i < volume_count(&v); i++) {
		int64_t frame = i / (2 * cols), pixel = i % (2 * cols);
		volume_f32(&v)[i] = (float)(frame == 0 ? 3 + (pixel == 0)
			: frame > 3 ? truth * (double)(frame - 3) : pixel == 0 ? 0 : frame == 2 ? 50 : map * (double)frame);
	}
	const std::string stem = folder + "/" + name + "_desc-maps_xr";
	ASSERT_OK(nifti_write((stem + ".nii.gz").c_str(), &v, 1));
	volume_free(&v);
	std::string frames;
	for (const char *prefix : { "", "true_" })
		if (!*prefix || has_truth)
			frames += std::string(",{\"name\": \"") + prefix + "femur\", \"unit\": \"g/cm2\"},{\"name\": \"" + prefix +
				"femur_path\", \"unit\": \"cm\"},{\"name\": \"" + prefix + "total_hip\", \"unit\": \"g/cm2\"}";
	WriteFile(stem + ".json", "{\"side\": \"L\", \"abmd_g_cm2\": " + abmd + ", \"frames\": [{\"name\": \"film\", \"unit\": \"-ln(I/I0)\"}" +
		frames + "]}");
}

std::string Base64(const std::string &bytes)
{
	char *text = nullptr;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	base64_put(out, bytes.data(), bytes.size());
	fclose(out);
	std::string result(text, n);
	free(text);
	return result;
}

} // namespace

// RFC 4648, section 10.
TEST(Base64, PublishedVectors)
{
	EXPECT_EQ(Base64(""), "");
	EXPECT_EQ(Base64("f"), "Zg==");
	EXPECT_EQ(Base64("fo"), "Zm8=");
	EXPECT_EQ(Base64("foo"), "Zm9v");
	EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
	EXPECT_EQ(Base64("\xff\xfb\xf0"), "//vw");
}

TEST(Montage, ScalesAndPlaces)
{
	ScratchFolder scratch;
	struct montage m;
	WriteMaps(scratch.path(), "a", 3, 0.25);
	WriteMaps(scratch.path(), "b", 3, 0.5, "null");
	ASSERT_OK(montage_read(&m, scratch.path().c_str()));
	EXPECT_EQ(m.n_hips, 2);
	EXPECT_EQ(montage_columns(&m), 3) << "the path is no areal density";
	EXPECT_STREQ(montage_column_name(&m, 0), "film");
	EXPECT_STREQ(montage_column_name(&m, 2), "total hip");
	EXPECT_FALSE(m.has_truth);
	EXPECT_EQ(m.white_g_cm2, 1.5) << "one scale for all maps: frame 3 of b";
	EXPECT_EQ(m.cols, 3 * 3 + 2 * 4);
	EXPECT_EQ(m.rows, 2 * 2 + 4);
	EXPECT_EQ(m.grey[0], 1) << "the film's greatest attenuation";
	EXPECT_EQ(m.grey[1], 0);
	EXPECT_EQ(m.grey[3], 1) << "paper";
	EXPECT_EQ(m.grey[7], 0);
	EXPECT_FLOAT_EQ(m.grey[8], 0.25 / 1.5);
	EXPECT_FLOAT_EQ(m.grey[15], 0.75 / 1.5);
	EXPECT_FLOAT_EQ(m.grey[(2 + 4) * m.cols + 15], 1);
	EXPECT_EQ(m.hip[0].abmd_g_cm2, 0.7125);
	EXPECT_TRUE(std::isnan(m.hip[1].abmd_g_cm2));
	montage_free(&m);
	montage_free(&m);
}

TEST(Montage, TakesFourEvenly)
{
	ScratchFolder scratch;
	struct montage m;
	for (int i = 0; i < 8; i++)
		WriteMaps(scratch.path(), std::string(1, (char)('a' + i)), 3, 1, "0." + std::to_string(i + 1));
	ASSERT_OK(montage_read(&m, scratch.path().c_str()));
	ASSERT_EQ(m.n_hips, 4);
	for (int h = 0; h < 4; h++)
		EXPECT_EQ(m.hip[h].abmd_g_cm2, (2 * h + 1) / 10.0);
	montage_free(&m);
}

// A row a map: film, predicted, true, difference; only hips that have true maps are shown.
TEST(Montage, TruthBesidePrediction)
{
	ScratchFolder scratch;
	struct montage m;
	WriteMaps(scratch.path(), "a", 3, 0.25);
	WriteMaps(scratch.path(), "b", 3, 0.5, "0.8", 0.25);
	WriteMaps(scratch.path(), "c", 3, 0.5, "null", 0.75);
	ASSERT_OK(montage_read(&m, scratch.path().c_str()));
	ASSERT_EQ(m.n_hips, 2);
	ASSERT_TRUE(m.has_truth);
	EXPECT_EQ(m.hip[0].abmd_g_cm2, 0.8);
	EXPECT_EQ(m.white_g_cm2, 2.25) << "the true total hip of c";
	ASSERT_EQ(montage_columns(&m), 4);
	EXPECT_STREQ(montage_column_name(&m, 2), "true");
	ASSERT_EQ(m.cols, 4 * (3 + 4) - 4);
	ASSERT_EQ(m.rows, 4 * 2 + 3 * 4 + 12);
	auto at = [&](int row, int column, int pixel) {
		int64_t top = row * (2 + 4) + row / 2 * 12;
		return m.grey[top * m.cols + column * (3 + 4) + pixel];
	};
	EXPECT_EQ(at(0, 0, 0), 1) << "the film's greatest attenuation";
	EXPECT_EQ(at(0, 0, 1), 0);
	EXPECT_EQ(at(1, 0, 1), 1) << "paper: the film is not repeated";
	EXPECT_FLOAT_EQ(at(0, 1, 1), 0.5 / 2.25);
	EXPECT_FLOAT_EQ(at(0, 2, 0), 0.25 / 2.25);
	EXPECT_FLOAT_EQ(at(0, 3, 1), 0.5 + 0.25 / 2.25) << "0.5 predicted, 0.25 true";
	EXPECT_FLOAT_EQ(at(0, 3, 0), 0.5 - 0.25 / 2.25);
	EXPECT_FLOAT_EQ(at(1, 1, 1), 1.5 / 2.25);
	EXPECT_FLOAT_EQ(at(1, 2, 1), 0.75 / 2.25);
	EXPECT_FLOAT_EQ(at(3, 3, 0), 0) << "-2.25 is beyond black";
	struct table t = {};
	montage_numbers(&t, &m);
	EXPECT_EQ(t.n_rows, 2 * (1 + 2 * 3));
	EXPECT_STREQ(table_cell(&t, 3, 3), "predicted - true femur");
	EXPECT_STREQ(table_cell(&t, 3, 4), "-1.125");
	table_free(&t);
	montage_free(&m);
	WriteMaps(scratch.path(), "b", 3, 0.5, "0.8", 0.25);
	WriteFile(scratch / "c_desc-maps_xr.json", "{\"side\": \"L\", \"frames\": [{\"name\": \"film\", \"unit\": \"-ln(I/I0)\"},"
		"{\"name\": \"femur\", \"unit\": \"g/cm2\"},{\"name\": \"a\", \"unit\": \"cm\"},{\"name\": \"total_hip\", \"unit\": \"g/cm2\"},"
		"{\"name\": \"true_femur\", \"unit\": \"g/cm2\"},{\"name\": \"b\", \"unit\": \"cm\"},{\"name\": \"c\", \"unit\": \"cm\"}]}");
	EXPECT_EQ(montage_read(&m, scratch.path().c_str()), -1) << "c has one of two true maps";
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
}

TEST(Montage, RefusesFoldersThatDoNotFit)
{
	ScratchFolder scratch;
	struct montage m;
	EXPECT_EQ(montage_read(&m, scratch.path().c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INPUT);
	EXPECT_THAT(err_message(), HasSubstr("predict --maps"));
	WriteMaps(scratch.path(), "a", 3, 1);
	WriteMaps(scratch.path(), "b", 4, 1);
	EXPECT_EQ(montage_read(&m, scratch.path().c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	EXPECT_THAT(err_message(), HasSubstr("not all of 3 x 2"));
	WriteFile(scratch / "b_desc-maps_xr.json", "{\"side\": \"L\", \"frames\": []}");
	EXPECT_EQ(montage_read(&m, scratch.path().c_str()), -1);
	EXPECT_THAT(err_message(), HasSubstr("does not name 4 frames"));
}

TEST(Montage, IsInThePageAndAmongTheFigures)
{
	ScratchFolder scratch;
	const std::string eval = scratch / "eval", maps = scratch / "maps", page = scratch / "report.html", figures = scratch / "figures";
	WriteFile(scratch / "t.csv", "reference,prediction\n0.8,0.82\n0.9,0.88\n0.7,0.75\n1.0,0.97\n");
	std::filesystem::create_directories(maps);
	WriteMaps(maps, "a", 3, 1);
	ASSERT_OK(Evaluate({ "--table", scratch / "t.csv", "--reference", "reference", "--prediction", "prediction", "--out", eval }));
	ASSERT_OK(Report({ "--eval", eval, "--out", page, "--maps", maps, "--figures", figures, "--formats", "svg" }));
	const std::string html = ReadFile(page), png = ReadFile(figures + "/montage.png");
	EXPECT_THAT(html, HasSubstr("src=\"data:image/png;base64," + Base64(png) + "\""));
	EXPECT_THAT(html, HasSubstr("From the top: L, 0.713 g/cm"));
	EXPECT_THAT(ReadFile(figures + "/montage.csv"), HasSubstr("1,L,0.7125,total hip,0,3,g/cm2"));
	EXPECT_EQ(Report({ "--eval", eval, "--out", page, "--maps", maps, "--figures", figures, "--formats", "svg" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_OUTPUT);
}

#include "host/files/dicom.h"

#include <cstdlib>
#include "host/run/rng.h"
#include "tests/host/files/dicom_film.h"

namespace
{

#define DICOM_OR_SKIP()                                                                                      \
	if (!dicom_available())                                                                              \
	GTEST_SKIP() << "this build has no DICOM"

// Reading these bytes must fail so; nothing is left behind.
void Refused(
	const ScratchFolder &folder, const std::string &bytes, const char *why, int code = EXIT_CODE_INVALID)
{
	struct dicom_film film;
	std::string path = folder / "bad.dcm";
	WriteFile(path, bytes);
	EXPECT_EQ(-1, dicom_read(&film, path.c_str())) << why;
	EXPECT_EQ(code, err_code()) << err_message();
	EXPECT_NE(std::string::npos, std::string(err_message()).find(why)) << err_message();
	EXPECT_NE(std::string::npos, std::string(err_message()).find("bad.dcm")) << err_message();
	EXPECT_EQ(nullptr, film.values);
}

TEST(Dicom, WhatIsWrittenIsRead)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	for (bool for_presentation : { false, true }) {
		MadeFilm made(for_presentation);
		struct dicom_film film;
		std::string path = folder / "film.dcm";
		made.Bytes(path);
		ASSERT_OK(dicom_read(&film, path.c_str()));
		const struct dicom_film &d = made.d;
		EXPECT_STREQ(
			for_presentation ? "1.2.840.10008.5.1.4.1.1.1.1" : "1.2.840.10008.5.1.4.1.1.1.1.1",
			film.sop_class);
		EXPECT_STREQ(d.instance, film.instance);
		EXPECT_STREQ(d.series, film.series);
		EXPECT_STREQ(d.study, film.study);
		EXPECT_STREQ(d.patient, film.patient);
		EXPECT_STREQ(d.sex, film.sex);
		EXPECT_EQ(67, film.age_years);
		EXPECT_EQ(for_presentation, film.for_presentation);
		EXPECT_STREQ(d.photometric, film.photometric);
		EXPECT_STREQ(d.relation, film.relation);
		EXPECT_EQ(-1, film.sign);
		EXPECT_STREQ(d.lut_shape, film.lut_shape);
		EXPECT_STREQ(d.view, film.view);
		EXPECT_STREQ(d.laterality, film.laterality);
		EXPECT_STREQ(d.orientation[0], film.orientation[0]);
		EXPECT_STREQ(d.orientation[1], film.orientation[1]);
		EXPECT_STREQ("HIP", film.body_part);
		EXPECT_EQ(0.143, film.imager_mm[1]);
		EXPECT_EQ(0.143, film.pixel_mm[0]);
		EXPECT_EQ(75, film.kvp);
		EXPECT_EQ(1150, film.sdd_mm);
		EXPECT_EQ(980.5, film.sod_mm);
		EXPECT_EQ(60000, film.relative_exposure);
		EXPECT_FALSE(film.burned_in);
		if (for_presentation) {
			EXPECT_EQ(2048, film.window_centre);
			EXPECT_EQ(4096, film.window_width);
			EXPECT_TRUE(std::isnan(film.radiograph_slope));
		} else {
			EXPECT_EQ(0.001, film.radiograph_slope);
			EXPECT_EQ(-1, film.radiograph_intercept);
		}
		ASSERT_EQ(d.cols, film.cols);
		ASSERT_EQ(d.rows, film.rows);
		EXPECT_EQ(0, memcmp(made.values.data(), film.values, made.values.size() * sizeof(int32_t)));
		dicom_film_free(&film);
		dicom_film_free(&film);
	}
}

TEST(Dicom, SameFilmSameBytes)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	MadeFilm made(true);
	EXPECT_EQ(made.Bytes(folder / "a.dcm"), made.Bytes(folder / "b.dcm"));
}

TEST(Dicom, RefusesWhatIsMissing)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	std::string good = MadeFilm(false).Bytes(folder / "good.dcm");
	Refused(folder, Without(good, 0x0028, 0x0010), "Rows is missing");
	Refused(folder, Without(good, 0x0028, 0x0011), "Columns is missing");
	Refused(folder, Without(good, 0x0028, 0x0100), "BitsAllocated is missing");
	Refused(folder, Without(good, 0x0028, 0x0004), "PhotometricInterpretation is missing");
	Refused(folder, Without(good, 0x0008, 0x0018), "SOPInstanceUID is missing");
	struct dicom_film film;
	EXPECT_EQ(-1, dicom_read(&film, (folder / "none.dcm").c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

TEST(Dicom, RefusesWhatIsWrong)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	std::string good = MadeFilm(false).Bytes(folder / "good.dcm");
	Refused(folder, With(good, 0x0028, 0x0010, std::string("\x06\0", 2)), "PixelData has another length");
	Refused(folder, With(good, 0x0028, 0x0011, std::string("\0\0", 2)), "Rows or Columns");
	Refused(folder, With(good, 0x0028, 0x0100, std::string("\x08\0", 2)), "BitsAllocated is not 16");
	Refused(folder, With(good, 0x0028, 0x0102, std::string("\x0f\0", 2)), "HighBit");
	Refused(folder, With(good, 0x0028, 0x0002, std::string("\x03\0", 2)), "SamplesPerPixel");
	Refused(folder, With(good, 0x0028, 0x0004, "MONOCHROME9 "), "PhotometricInterpretation");
	std::string ct = good; // the class of a CT, in the data set
	size_t at = ElementAt(ct, 0x0008, 0x0016);
	ct.replace(at + 8, 29, std::string("1.2.840.10008.5.1.4.1.1.2") + std::string(4, 0));
	Refused(folder, ct, "is no digital or computed radiograph");
}

TEST(Dicom, RefusesAWrongLengthOfANumber)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	std::string bytes = MadeFilm(false).Bytes(folder / "good.dcm");
	size_t at = ElementAt(bytes, 0x0028, 0x0010);
	bytes[at + 6] = 4;
	bytes.insert(at + 10, std::string("\0\0", 2));
	Refused(folder, bytes, "Rows has a wrong length");
}

TEST(Dicom, RefusesEveryTruncation)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	std::string good = MadeFilm(true).Bytes(folder / "good.dcm");
	struct dicom_film film;
	std::string path = folder / "cut.dcm";
	for (size_t cut = 0; cut < good.size(); cut += 1 + cut % 7) {
		WriteFile(path, good.substr(0, cut));
		ASSERT_EQ(-1, dicom_read(&film, path.c_str())) << cut << " of " << good.size();
		ASSERT_EQ(EXIT_CODE_INVALID, err_code()) << cut << ": " << err_message();
	}
}

// Flipped, inserted and removed bytes: refused or read, within its own memory either way.
TEST(Dicom, SurvivesDamage)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	std::string good = MadeFilm(false).Bytes(folder / "good.dcm"), path = folder / "fuzz.dcm";
	const char *rounds = getenv("XBMD_FUZZ_ROUNDS");
	struct rng r = rng_init(77, 0);
	int refused = 0, n = rounds ? atoi(rounds) : 2000;
	for (int i = 0; i < n; i++) {
		std::string bytes = good;
		for (int64_t k = rng_below(&r, 6); k >= 0; k--) {
			size_t at = (size_t)rng_below(&r, (int64_t)bytes.size());
			switch (rng_below(&r, 4)) {
			case 0:
				bytes[at] = (char)rng_below(&r, 256);
				break;
			case 1:
				bytes[at] = (char)(bytes[at] ^ 1 << rng_below(&r, 8));
				break;
			case 2:
				bytes.erase(at, (size_t)rng_below(&r, 9));
				break;
			default:
				bytes.insert(at, (size_t)rng_below(&r, 9), (char)rng_below(&r, 256));
			}
		}
		WriteFile(path, bytes);
		struct dicom_film film;
		if (dicom_read(&film, path.c_str()) != 0) {
			refused++;
			ASSERT_TRUE(err_code() == EXIT_CODE_INVALID || err_code() == EXIT_CODE_RESOURCE)
				<< err_message();
			ASSERT_NE(std::string::npos, std::string(err_message()).find("fuzz.dcm"));
			ASSERT_EQ(nullptr, film.values);
		} else {
			ASSERT_GT(film.cols * film.rows, 0);
		}
		dicom_film_free(&film);
	}
	EXPECT_GT(refused, n / 4);
	EXPECT_LT(refused, n);
}

} // namespace

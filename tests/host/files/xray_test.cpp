#include "host/files/xray.h"

#include "host/files/nifti.h"
#include "tests/host/files/dicom_film.h"

namespace
{

#define DICOM_OR_SKIP()                                                                                      \
	if (!dicom_available())                                                                              \
	GTEST_SKIP() << "this build has no DICOM"

struct Film {
	struct xray_film f = {};
	Film(const ScratchFolder &folder, const MadeFilm &made)
	{
		std::string path = folder / "film.dcm";
		made.Bytes(path);
		if (xray_film_read(&f, path.c_str()) != 0)
			ADD_FAILURE() << err_message();
	}
	~Film()
	{
		xray_film_free(&f);
	}
	Film(const Film &) = delete;
	float At(int64_t i) const
	{
		return volume_f32(&f.image)[i];
	}
};

void Refused(const ScratchFolder &folder, const MadeFilm &made, const char *why)
{
	struct xray_film film;
	std::string path = folder / "bad.dcm";
	made.Bytes(path);
	EXPECT_EQ(-1, xray_film_read(&film, path.c_str())) << why;
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_NE(std::string::npos, std::string(err_message()).find(why)) << err_message();
}

TEST(XrayFilm, ForProcessingIsTheRadiograph)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	MadeFilm made(false);
	Film film(folder, made);
	EXPECT_EQ(XRAY_FOR_PROCESSING, film.f.intent);
	EXPECT_EQ(XRAY_RADIOGRAPH, film.f.scale);
	EXPECT_EQ(XRAY_AT_DETECTOR, film.f.spacing);
	EXPECT_EQ('B', film.f.laterality);
	EXPECT_STREQ("AP", film.f.view);
	EXPECT_EQ(1150, film.f.sdd_mm);
	EXPECT_EQ(980.5, film.f.sod_mm);
	for (size_t i = 0; i < made.values.size(); i++)
		EXPECT_NEAR(made.values[i] * 0.001 - 1, film.At((int64_t)i), 1e-6);
	double spacing[3], left[3];
	volume_spacing_mm(&film.f.image, spacing);
	EXPECT_NEAR(0.143, spacing[0], 1e-9);
	const double first[3] = { 0, 0, 0 };
	volume_index_to_world(&film.f.image, first, left);
	EXPECT_GT(left[0], 0); // the first column is on the patient's right
	EXPECT_GT(left[2], 0); // the first row is above
}

// 0 is white in the one and black in the other: the same picture on the screen.
TEST(XrayFilm, BothPhotometricInterpretationsShowTheSame)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	MadeFilm plain(true), inverted(true);
	memcpy(inverted.d.photometric, "MONOCHROME1", 12);
	memcpy(inverted.d.lut_shape, "INVERSE", 8);
	inverted.d.sign = 1;
	for (int32_t &value : inverted.values)
		value = 4095 - value;
	Film a(folder, plain), b(folder, inverted);
	EXPECT_FALSE(a.f.inverted);
	EXPECT_TRUE(b.f.inverted);
	EXPECT_EQ(XRAY_GREY, a.f.scale);
	for (size_t i = 0; i < plain.values.size(); i++) {
		EXPECT_NEAR(plain.values[i] / 4095.0, a.At((int64_t)i), 1e-6);
		EXPECT_NEAR(a.At((int64_t)i), b.At((int64_t)i), 1e-6);
	}
}

TEST(XrayFilm, WindowIsTheStandards)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	MadeFilm made(true);
	made.d.window_centre = 1000;
	made.d.window_width = 501;
	made.values = { 749, 750, 1000, 1250, 1251 };
	made.values.resize(35, 0);
	made.d.values = made.values.data();
	Film film(folder, made);
	// PS3.3 C.11.2.1.2.1: y = (x - (c - 0.5)) / (w - 1) + 0.5
	EXPECT_EQ(0, film.At(0));
	EXPECT_NEAR(0.001, film.At(1), 1e-6);
	EXPECT_NEAR(0.501, film.At(2), 1e-6);
	EXPECT_EQ(1, film.At(3));
	EXPECT_EQ(1, film.At(4));
}

TEST(XrayFilm, ValuesOfAnotherDetectorRiseWithAttenuation)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	for (int sign : { 1, -1 })
		for (const char *relation : { "LIN", "LOG" }) {
			MadeFilm made(false);
			made.d.radiograph_slope = made.d.radiograph_intercept = NAN;
			made.d.sign = sign;
			memcpy(made.d.relation, relation, 4);
			Film film(folder, made);
			EXPECT_EQ(relation[1] == 'I' ? XRAY_LINEAR : XRAY_LOG, film.f.scale);
			EXPECT_EQ(sign > 0 ? -117 : 117, film.At(1));
		}
}

TEST(XrayFilm, SpacingsOfTheDetectorAndOfThePatient)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	MadeFilm made(false);
	made.d.pixel_mm[0] = made.d.pixel_mm[1] = 0.143 / 1.17;
	{
		Film film(folder, made);
		EXPECT_EQ(XRAY_CALIBRATED, film.f.spacing);
		EXPECT_NEAR(0.143 / 1.17, film.f.pixel_mm, 1e-9);
	}
	made.d.pixel_mm[0] = made.d.pixel_mm[1] = 0.5;
	Refused(folder, made, "contradicts ImagerPixelSpacing");
	made.d.pixel_mm[0] = made.d.pixel_mm[1] = 0.143;
	made.d.imager_mm[1] = 0.2;
	Refused(folder, made, "not square");
}

TEST(XrayFilm, RefusesAMirroredFilm)
{
	DICOM_OR_SKIP();
	ScratchFolder folder;
	MadeFilm made(false);
	made.d.orientation[0][0] = 'R';
	Refused(folder, made, "PatientOrientation is R");
}

TEST(XrayFilm, ReadsNiftiByItsSidecar)
{
	ScratchFolder folder;
	const double to_world[4][4] = { { -0.2, 0, 0, 1 }, { 0, 0, 1, 0 }, { 0, -0.2, 0, 1 },
		{ 0, 0, 0, 1 } };
	const int64_t n[3] = { 4, 3, 1 };
	struct volume v = {};
	struct xray_film film;
	std::string path = folder / "film.nii.gz", sidecar = folder / "film.json";
	ASSERT_OK(volume_init(&v, n, to_world, VOLUME_F32));
	volume_f32(&v)[5] = 2.5f;
	ASSERT_OK(nifti_write(path.c_str(), &v, 1));
	volume_free(&v);
	WriteFile(sidecar,
		R"({"quantity": "radiograph", "kvp": 80, "geometry": {"view": "ap", "sdd_mm": 1100, "sod_mm": 950}})");
	ASSERT_OK(xray_film_read(&film, path.c_str()));
	EXPECT_EQ(XRAY_RADIOGRAPH, film.scale);
	EXPECT_STREQ("AP", film.view);
	EXPECT_EQ(80, film.kvp);
	EXPECT_EQ(950, film.sod_mm);
	EXPECT_NEAR(0.2, film.pixel_mm, 1e-6);
	EXPECT_EQ(2.5f, volume_f32(&film.image)[5]);
	xray_film_free(&film);
	WriteFile(sidecar, R"({"quantity": "mineral"})");
	EXPECT_EQ(-1, xray_film_read(&film, path.c_str()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

} // namespace

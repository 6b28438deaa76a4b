#include "gan/film.h"

#include <cmath>
#include <cstring>
#include <sys/stat.h>

#include "gan/dxa.h"
#include "host/files/nifti.h"
#include "tests/support/support.h"

namespace {

// A picture of 8 x 6 pixels in the ap detector plane.
void WriteFilm(const std::string &path, double col_mm, double row_mm, float low, float high)
{
	volume v = {};
	const int64_t n[3] = { 8, 6, 1 };
	const double to_world[4][4] = { { -col_mm, 0, 0, 0 }, { 0, 0, 1, 0 }, { 0, -row_mm, 0, 0 }, { 0, 0, 0, 1 } };
	ASSERT_OK(volume_init(&v, n, to_world, VOLUME_F32));
	for (int64_t i = 0; i < 48; i++)
		volume_f32(&v)[i] = low + (high - low) * (float)i / 47.0f;
	ASSERT_OK(nifti_write(path.c_str(), &v, 1.0));
	volume_free(&v);
}

int Read(const std::string &path, double *pixel_mm = nullptr)
{
	film_image film = {};
	int rc = film_read(&film, path.c_str());
	if (pixel_mm)
		*pixel_mm = film.pixel_mm;
	film_image_free(&film);
	return rc;
}

}

TEST(Film, ReadsPixelSize)
{
	ScratchFolder scratch;
	double pixel_mm = 0;
	WriteFilm(scratch / "f.nii", 0.75, 0.75, 0.5f, 5.0f);
	ASSERT_OK(Read(scratch / "f.nii", &pixel_mm));
	EXPECT_NEAR(pixel_mm, 0.75, 1e-6);
}

TEST(Film, RefusesWhatIsNoApRadiograph)
{
	ScratchFolder scratch;
	WriteFilm(scratch / "eight_bit.nii", 1, 1, 0.0f, 255.0f);
	EXPECT_EQ(Read(scratch / "eight_bit.nii"), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	EXPECT_NE(strstr(err_message(), "-ln(I/I0)"), nullptr) << err_message();
	WriteFilm(scratch / "oblong.nii", 1, 1.1, 0.0f, 5.0f);
	EXPECT_EQ(Read(scratch / "oblong.nii"), -1);
	WriteFilm(scratch / "flat.nii", 1, 1, 2.0f, 2.0f);
	EXPECT_EQ(Read(scratch / "flat.nii"), -1);
	WriteFilm(scratch / "mineral.nii", 1, 1, 0.0f, 2.0f);
	WriteFile(scratch / "mineral.json", "{\"quantity\": \"mineral\"}");
	EXPECT_EQ(Read(scratch / "mineral.nii"), -1);
	EXPECT_NE(strstr(err_message(), "mineral"), nullptr) << err_message();
	WriteFilm(scratch / "lateral.nii", 1, 1, 0.0f, 5.0f);
	WriteFile(scratch / "lateral.json", "{\"quantity\": \"radiograph\", \"geometry\": {\"view\": \"lat\"}}");
	EXPECT_EQ(Read(scratch / "lateral.nii"), -1);
	EXPECT_NE(strstr(err_message(), "lat"), nullptr) << err_message();
}

TEST(Dxa, FindsTheHipAndPrefersItsVisit)
{
	ScratchFolder scratch;
	mkdir((scratch / "phenotype").c_str(), 0755);
	WriteFile(scratch / "phenotype/dxa.tsv",
		"participant_id\tvisit\tside\tregion\tbmd_g_cm2\n"
		"sub-A1\tses-01\tL\ttotal_hip\t0.71\n"
		"sub-A1\tses-02\tL\ttotal_hip\t0.72\n"
		"sub-A1\tses-01\tR\tneck\t0.60\n"
		"sub-A2\tses-01\tL\ttotal_hip\tn/a\n");
	table t;
	ASSERT_OK(dxa_read(&t, scratch.path().c_str()));
	EXPECT_EQ(dxa_find(&t, "sub-A1", "ses-02", "L"), 0.72);
	EXPECT_EQ(dxa_find(&t, "sub-A1", "ses-09", "L"), 0.71);
	EXPECT_TRUE(std::isnan(dxa_find(&t, "sub-A1", "ses-01", "R"))); // a neck is no total hip
	EXPECT_TRUE(std::isnan(dxa_find(&t, "sub-A2", "ses-01", "L")));
	table_free(&t);
}

TEST(Dxa, NoTableIsNoErrorABadOneIs)
{
	ScratchFolder scratch;
	table t;
	ASSERT_OK(dxa_read(&t, scratch.path().c_str()));
	EXPECT_TRUE(std::isnan(dxa_find(&t, "sub-A1", "ses-01", "L")));
	table_free(&t);
	mkdir((scratch / "phenotype").c_str(), 0755);
	WriteFile(scratch / "phenotype/dxa.tsv", "participant_id\tside\tregion\tbmd_g_cm2\nsub-A1\tL\ttotal_hip\thigh\n");
	EXPECT_EQ(dxa_read(&t, scratch.path().c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	table_free(&t);
}

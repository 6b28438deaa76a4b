#include "gan/dataset_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "tests/gan/training_set.h"
#include "tests/support/support.h"

sample_view TestView()
{
	return { 32, 32, 2.0, 40.0 };
}

void WriteTrainingSet(const std::string &path, int n)
{
	sample_view view = TestView();
	dataset_writer w;
	ASSERT_OK(dataset_create(&w, path.c_str(), &view, true, "{}"));
	for (int s = 0; s < n; s++) {
		std::vector<float> input(32 * 32), target(32 * 32 * SAMPLE_CHANNELS, 0.0f);
		double level = 0.4 + 0.6 * ((s * 37) % 100) / 100.0, cx = 12 + s % 7, cy = 13 + s % 5;
		for (int i = 0; i < 32 * 32; i++) {
			double d = std::hypot(i % 32 - cx, i / 32 - cy);
			bool femur = d < 8, hip = d < 6, pelvis = d >= 8 && d < 11;
			input[(size_t)i] = (float)(1.0 + (femur ? level : 0) + (pelvis ? 0.3 : 0));
			float *t = &target[(size_t)i * SAMPLE_CHANNELS];
			t[SAMPLE_FEMUR] = femur ? (float)(0.8 * level) : 0;
			t[SAMPLE_PELVIS] = pelvis ? 0.2f : 0;
			t[SAMPLE_FEMUR_PATH] = femur ? 2.0f : 0;
			t[SAMPLE_HIP] = hip ? (float)(0.8 * level) : 0;
			t[SAMPLE_HIP_PATH] = hip ? 2.0f : 0;
		}
		dataset_key key = {};
		snprintf(key.participant, sizeof(key.participant), "sub-A%04d", s / 2);
		snprintf(key.session, sizeof(key.session), "ses-01");
		snprintf(key.side, sizeof(key.side), s % 2 ? "L" : "R");
		snprintf(key.site, sizeof(key.site), "siteA");
		double info[DATASET_INFO] = { 80, 0, 0, 0, 0, 0, 0, 0.8 * level, 400 * level, 0.85 * level };
		ASSERT_OK(dataset_append(&w, &key, input.data(), target.data(), info));
	}
	ASSERT_OK(dataset_commit(&w));
	dataset_writer_free(&w);
}

TEST(DatasetFile, ReadsBackWhatWasWritten)
{
	ScratchFolder scratch;
	std::string path = scratch / "set.h5";
	WriteTrainingSet(path, 5);
	dataset d;
	ASSERT_OK(dataset_open(&d, path.c_str()));
	EXPECT_EQ(d.meta.n_samples, 5);
	EXPECT_TRUE(d.meta.synthetic);
	EXPECT_EQ(d.meta.view.cols, 32);
	EXPECT_EQ(d.meta.view.pixel_mm, 2.0);
	EXPECT_STREQ(d.keys[3].participant, "sub-A0001");
	EXPECT_STREQ(d.keys[3].side, "L");
	std::vector<float> input(32 * 32), target(32 * 32 * SAMPLE_CHANNELS);
	double info[DATASET_INFO];
	ASSERT_OK(dataset_read(&d, 4, input.data(), target.data(), info));
	double level = 0.4 + 0.6 * 0.48;
	EXPECT_NEAR(info[DATASET_ABMD_QCT], 0.8 * level, 1e-12);
	EXPECT_NEAR(*std::max_element(input.begin(), input.end()), 1.0 + level, 1e-6);
	dataset_close(&d);
	dataset_close(&d);
}

TEST(DatasetFile, NothingAppearsWithoutACommit)
{
	ScratchFolder scratch;
	std::string path = scratch / "set.h5";
	sample_view view = TestView();
	dataset_writer w;
	ASSERT_OK(dataset_create(&w, path.c_str(), &view, false, "{}"));
	dataset_writer_free(&w);
	EXPECT_FALSE(FileExists(path));
}

TEST(DatasetFile, RefusesForeignFiles)
{
	ScratchFolder scratch;
	dataset d;
	EXPECT_EQ(dataset_open(&d, (scratch / "none.h5").c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INPUT);
	dataset_close(&d);
	WriteFile(scratch / "text.h5", "no HDF5 at all");
	EXPECT_EQ(dataset_open(&d, (scratch / "text.h5").c_str()), -1);
	dataset_close(&d);
	h5 other;
	ASSERT_OK(h5_create(&other, (scratch / "other.h5").c_str()));
	ASSERT_OK(h5_put_text(&other, "/", "schema", "something-else"));
	ASSERT_OK(h5_close(&other, true));
	EXPECT_EQ(dataset_open(&d, (scratch / "other.h5").c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	EXPECT_NE(strstr(err_message(), "something-else"), nullptr) << err_message();
	dataset_close(&d);
}

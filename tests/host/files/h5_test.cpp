#include "host/files/h5.h"

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class H5 : public ::testing::Test
{
      protected:
	ScratchFolder scratch_;
	std::string path_ = scratch_ / "set.h5";
	h5 h_ = {};
	void Create()
	{
		ASSERT_OK(h5_create(&h_, path_.c_str()));
	}
	void Reopen()
	{
		ASSERT_OK(h5_close(&h_, true));
		ASSERT_OK(h5_open(&h_, path_.c_str()));
	}
	~H5() override
	{
		h5_close(&h_, false);
	}
};

TEST_F(H5, ArraysOfItems)
{
	Create();
	const int64_t dims[3] = { 0, 5, 7 };
	ASSERT_OK(h5_array_create(&h_, "samples/image", H5_F32, dims, 3));
	float item[35], back[35];
	for (int k = 0; k < 4; k++) {
		for (int i = 0; i < 35; i++)
			item[i] = (float)(100 * k + i) + 0.25f;
		ASSERT_OK(h5_array_append(&h_, "samples/image", H5_F32, item));
	}
	Reopen();
	int64_t shape[4];
	int n_dims = 4;
	ASSERT_OK(h5_array_shape(&h_, "samples/image", shape, &n_dims));
	ASSERT_EQ(3, n_dims);
	EXPECT_EQ(4, shape[0]);
	EXPECT_EQ(5, shape[1]);
	EXPECT_EQ(7, shape[2]);
	for (int k : { 3, 0, 2, 1 }) {
		ASSERT_OK(h5_array_read(&h_, "samples/image", H5_F32, k, back));
		for (int i = 0; i < 35; i++)
			ASSERT_EQ((float)(100 * k + i) + 0.25f, back[i]);
	}
}

template <class T> static void Scalars(h5 *h, const char *name, h5_type type, T first, T last)
{
	const int64_t dims[1] = { 0 };
	ASSERT_OK(h5_array_create(h, name, type, dims, 1));
	ASSERT_OK(h5_array_append(h, name, type, &first));
	ASSERT_OK(h5_array_append(h, name, type, &last));
	T back;
	ASSERT_OK(h5_array_read(h, name, type, 0, &back));
	EXPECT_EQ(first, back);
	ASSERT_OK(h5_array_read(h, name, type, 1, &back));
	EXPECT_EQ(last, back);
}

TEST_F(H5, EveryType)
{
	Create();
	Scalars<float>(&h_, "f32", H5_F32, -1.5f, 3e38f);
	Scalars<double>(&h_, "f64", H5_F64, 1.0 / 3, -1e300);
	Scalars<int16_t>(&h_, "i16", H5_I16, -32768, 32767);
	Scalars<uint8_t>(&h_, "u8", H5_U8, 0, 255);
	Scalars<int64_t>(&h_, "i64", H5_I64, INT64_MIN, INT64_MAX);
}

TEST_F(H5, BlocksAttributesTexts)
{
	Create();
	std::vector<int16_t> block(3 * 4 * 5), back(block.size());
	for (size_t i = 0; i < block.size(); i++)
		block[i] = (int16_t)(i * 517);
	const int64_t dims[3] = { 3, 4, 5 };
	const char *names[3] = { "sub-A0001", "", "a much longer text, with é" };
	ASSERT_OK(h5_group(&h_, "volumes"));
	ASSERT_OK(h5_block_write(&h_, "volumes/0", H5_I16, dims, 3, block.data()));
	ASSERT_OK(h5_texts_write(&h_, "columns/participant", names, 3));
	ASSERT_OK(h5_texts_write(&h_, "columns/none", nullptr, 0));
	ASSERT_OK(h5_put_text(&h_, "/", "schema", "xbmd-set"));
	ASSERT_OK(h5_put_text(&h_, "/", "empty", ""));
	ASSERT_OK(h5_put_number(&h_, "volumes/0", "spacing_mm", 0.1));
	ASSERT_OK(h5_put_number(&h_, "volumes/0", "spacing_mm", 1.25)); /* written again: replaced */
	Reopen();
	EXPECT_TRUE(h5_exists(&h_, "volumes"));
	EXPECT_TRUE(h5_exists(&h_, "volumes/0"));
	EXPECT_TRUE(h5_exists(&h_, "columns/participant"));
	EXPECT_FALSE(h5_exists(&h_, "volumes/1"));
	EXPECT_FALSE(h5_exists(&h_, "none/at/all"));
	ASSERT_OK(h5_block_read(&h_, "volumes/0", H5_I16, back.data()));
	EXPECT_EQ(block, back);
	char text[16];
	double number;
	ASSERT_OK(h5_get_text(&h_, "/", "schema", text, sizeof text));
	EXPECT_STREQ("xbmd-set", text);
	ASSERT_OK(h5_get_text(&h_, "/", "empty", text, sizeof text));
	EXPECT_STREQ("", text);
	ASSERT_OK(h5_get_number(&h_, "volumes/0", "spacing_mm", &number));
	EXPECT_EQ(1.25, number);
	char **texts;
	int64_t n;
	ASSERT_OK(h5_texts_read(&h_, "columns/participant", &texts, &n));
	ASSERT_EQ(3, n);
	for (int i = 0; i < 3; i++) {
		EXPECT_STREQ(names[i], texts[i]);
		free(texts[i]);
	}
	free(texts);
	ASSERT_OK(h5_texts_read(&h_, "columns/none", &texts, &n));
	EXPECT_EQ(0, n);
	free(texts);
}

TEST_F(H5, WholeOrAbsent)
{
	fs::path folder = fs::path(path_).parent_path();
	Create();
	ASSERT_OK(h5_put_number(&h_, "/", "x", 1));
	EXPECT_FALSE(FileExists(path_));
	ASSERT_OK(h5_close(&h_, false));
	ASSERT_OK(h5_close(&h_, false));
	EXPECT_TRUE(fs::is_empty(folder));
	Create();
	ASSERT_OK(h5_close(&h_, true));
	EXPECT_TRUE(FileExists(path_));
	EXPECT_EQ(1, std::distance(fs::directory_iterator(folder), {}));
	h5 zero = {};
	EXPECT_OK(h5_close(&zero, true));
}

TEST_F(H5, EqualContentGivesEqualFiles)
{
	std::string bytes[2];
	for (std::string &b : bytes) {
		Create();
		Scalars<float>(&h_, "group/f32", H5_F32, 1, 2);
		ASSERT_OK(h5_put_text(&h_, "group", "unit", "g/cm2"));
		ASSERT_OK(h5_close(&h_, true));
		b = ReadFile(path_);
		std::this_thread::sleep_for(std::chrono::milliseconds(1100)); /* HDF5's times count seconds */
	}
	EXPECT_EQ(bytes[0], bytes[1]);
}

TEST_F(H5, Refusals)
{
	EXPECT_EQ(-1, h5_open(&h_, path_.c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
	EXPECT_THAT(err_message(), HasSubstr("set.h5"));
	EXPECT_EQ(-1, h5_open(&h_, "/"));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
	WriteFile(path_, "no HDF5 at all");
	EXPECT_EQ(-1, h5_open(&h_, path_.c_str()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_EQ(-1, h5_create(&h_, (path_ + "/under/a/file").c_str()));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());

	Create();
	Scalars<float>(&h_, "f32", H5_F32, 1, 2);
	Scalars<double>(&h_, "f64", H5_F64, 1, 2);
	ASSERT_OK(h5_put_text(&h_, "/", "text", "longer than the room"));
	Reopen();
	float f;
	char text[8];
	double number;
	int64_t dims[1];
	int none = 0;
	char **texts;
	int64_t n;
	const struct {
		std::function<int()> call;
		const char *reason;
	} cases[] = {
		{ [&] { return h5_array_read(&h_, "f32", H5_F32, 2, &f); }, "has 2 items, no item 2" },
		{ [&] { return h5_array_read(&h_, "f32", H5_F32, -1, &f); }, "no item -1" },
		{ [&] { return h5_array_read(&h_, "f64", H5_F32, 0, &f); }, "'f64' is not of type float32" },
		{ [&] { return h5_array_read(&h_, "none", H5_F32, 0, &f); }, "no array 'none'" },
		{ [&] { return h5_block_read(&h_, "none/at/all", H5_F32, &f); }, "no array 'none/at/all'" },
		{ [&] { return h5_array_shape(&h_, "f32", dims, &none); }, "has 1 dimensions, not 0" },
		{ [&] { return h5_get_text(&h_, "/", "text", text, sizeof text); }, "longer than 8 bytes" },
		{ [&] { return h5_get_text(&h_, "/", "none", text, sizeof text); }, "no attribute 'none'" },
		{ [&] { return h5_get_number(&h_, "/", "text", &number); }, "no single number" },
		{ [&] { return h5_texts_read(&h_, "f32", &texts, &n); }, "no column of texts" },
	};
	for (const auto &c : cases) {
		EXPECT_EQ(-1, c.call()) << c.reason;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code()) << c.reason;
		EXPECT_THAT(err_message(), HasSubstr(c.reason));
		EXPECT_THAT(err_message(), HasSubstr("set.h5"));
	}
	/* The file is open for reading only. */
	EXPECT_EQ(-1, h5_array_append(&h_, "f32", H5_F32, &f));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_EQ(-1, h5_group(&h_, "new"));
}

TEST_F(H5, DamagedDataIsNoticed)
{
	Create();
	const int64_t dims[2] = { 0, 4096 };
	std::vector<float> item(4096);
	uint32_t state = 7;
	for (float &value : item) {
		state = state * 1664525u + 1013904223u;
		value = (float)state;
	}
	ASSERT_OK(h5_array_create(&h_, "noise", H5_F32, dims, 2));
	ASSERT_OK(h5_array_append(&h_, "noise", H5_F32, item.data()));
	ASSERT_OK(h5_close(&h_, true));
	std::string bytes = ReadFile(path_);
	ASSERT_GT(bytes.size(), 8000u);
	bytes[bytes.size() - 3000] = (char)(bytes[bytes.size() - 3000] ^ 4); /* inside the one chunk */
	WriteFile(path_, bytes);
	ASSERT_OK(h5_open(&h_, path_.c_str()));
	EXPECT_EQ(-1, h5_array_read(&h_, "noise", H5_F32, 0, item.data()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	ASSERT_OK(h5_close(&h_, false));
	WriteFile(path_, bytes.substr(0, bytes.size() / 2));
	EXPECT_EQ(-1, h5_open(&h_, path_.c_str()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST_F(H5, ReadsFromOtherThreads)
{
	Create();
	const int64_t dims[2] = { 0, 64 };
	std::vector<float> item(64);
	ASSERT_OK(h5_array_create(&h_, "x", H5_F32, dims, 2));
	for (int k = 0; k < 32; k++) {
		std::fill(item.begin(), item.end(), (float)k);
		ASSERT_OK(h5_array_append(&h_, "x", H5_F32, item.data()));
	}
	Reopen();
	int bad[4] = { 0, 0, 0, 0 };
	std::vector<std::thread> threads;
	for (int t = 0; t < 4; t++)
		threads.emplace_back([&, t] {
			std::vector<float> mine(64);
			for (int k = 31; k >= 0; k--)
				if (h5_array_read(&h_, "x", H5_F32, k, mine.data()) != 0 ||
					mine[63] != (float)k)
					bad[t]++;
		});
	for (std::thread &thread : threads)
		thread.join();
	for (int b : bad)
		EXPECT_EQ(0, b);
}

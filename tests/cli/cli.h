// What the end-to-end tests share: images and JSON of the program's own files, small volumes, and what a
// folder holds.
#ifndef TESTS_CLI_CLI_H
#define TESTS_CLI_CLI_H
#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>
#include <gmock/gmock.h>
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/volume.h"
#include "tests/support/support.h"

// A JSON file or text; numbers and texts by their path of keys.  A missing key fails the test that asks.
class Json
{
      public:
	static Json File(const std::string &path)
	{
		Json j;
		EXPECT_OK(json_read(&j.root_, path.c_str()));
		return j;
	}
	static Json Text(const std::string &text)
	{
		Json j;
		EXPECT_OK(json_parse(&j.root_, text.data(), text.size(), "text"));
		return j;
	}
	Json(Json &&other) : root_(other.root_)
	{
		other.root_ = nullptr;
	}
	~Json()
	{
		json_free(root_);
	}
	const json *at(const char *key) const
	{
		return root_ ? json_member(root_, key) : nullptr;
	}
	double number(const char *key) const
	{
		return NumberOf(root_, key);
	}
	std::string text(const char *key) const
	{
		return TextOf(root_, key);
	}
	static double NumberOf(const json *object, const char *key)
	{
		double value = -1e300;
		EXPECT_TRUE(object);
		if (object) {
			EXPECT_OK(json_get_number(object, key, "test", &value));
		}
		return value;
	}
	static std::string TextOf(const json *object, const char *key)
	{
		const char *text = "";
		EXPECT_TRUE(object);
		if (object) {
			EXPECT_OK(json_get_text(object, key, "test", &text));
		}
		return text;
	}

      private:
	Json() = default;
	json *root_ = nullptr;
};

// An image file as float, or a small one to be written.
class Image
{
      public:
	volume v = {};
	Image() = default;
	explicit Image(const std::string &path)
	{
		EXPECT_OK(nifti_read_image(&v, path.c_str()));
	}
	// Spacing in mm, right-handed axes, corner voxel's centre at 0.
	Image(int64_t nx, int64_t ny, int64_t nz, double mm, volume_type type)
	{
		const int64_t n[3] = { nx, ny, nz };
		const double to_world[4][4] = { { mm, 0, 0, 0 }, { 0, mm, 0, 0 }, { 0, 0, mm, 0 },
			{ 0, 0, 0, 1 } };
		EXPECT_OK(volume_init(&v, n, to_world, type));
	}
	Image(const Image &) = delete;
	~Image()
	{
		volume_free(&v);
	}
	int64_t frame_pixels() const
	{
		return v.n[0] * v.n[1];
	}
	const float *frame(int64_t i) const
	{
		return volume_f32(&v) + i * frame_pixels();
	}
	void Write(const std::string &path) const
	{
		EXPECT_OK(nifti_write(path.c_str(), &v, 1));
	}
	// value(i, j, k) at every voxel.
	template <class T, class Value> void Fill(T *voxels, Value value)
	{
		for (int64_t k = 0, p = 0; k < v.n[2]; k++)
			for (int64_t j = 0; j < v.n[1]; j++)
				for (int64_t i = 0; i < v.n[0]; i++, p++)
					voxels[p] = (T)value(i, j, k);
	}
};

// The index of the frame of this name and quantity in a projection's sidecar; -1 when there is none.
inline int64_t FindFrame(const Json &sidecar, const std::string &quantity, const std::string &name)
{
	const json *frames = sidecar.at("frames");
	for (size_t i = 0; frames && i < json_size(frames); i++) {
		const json *frame = json_at(frames, i);
		if (Json::TextOf(frame, "quantity") == quantity && Json::TextOf(frame, "name") == name)
			return (int64_t)i;
	}
	return -1;
}

inline std::vector<std::string> FilesIn(const std::string &folder)
{
	std::vector<std::string> names;
	for (const auto &entry : std::filesystem::recursive_directory_iterator(folder))
		names.push_back(entry.path().lexically_relative(folder).string());
	std::sort(names.begin(), names.end());
	return names;
}

// Ran to the end, silent on standard output.
inline void ExpectDone(const RunResult &r)
{
	EXPECT_EQ(0, r.exit_code) << r.err;
	EXPECT_EQ("", r.out);
}

// Failed with one of these codes and one line that names the verb and all of these words; nothing on standard
// output.
inline void ExpectRefused(const RunResult &r, const std::vector<int> &codes, const std::string &verb,
	const std::vector<std::string> &words)
{
	EXPECT_THAT(codes, testing::Contains(r.exit_code)) << r.err;
	EXPECT_EQ("", r.out);
	size_t at = r.err.rfind("xbmd " + verb + ": ");
	ASSERT_NE(std::string::npos, at) << r.err;
	std::string line = r.err.substr(at);
	EXPECT_EQ(line.size() - 1, line.find('\n')) << line;
	EXPECT_THAT(line, testing::Not(testing::HasSubstr(": :"))) << "an empty part in the message";
	for (const std::string &word : words)
		EXPECT_THAT(line, testing::HasSubstr(word));
}
#endif

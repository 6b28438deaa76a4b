#include "host/files/safetensors.h"

#include <cstring>
#include <filesystem>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;

static std::string File(const std::string &header, const std::string &data)
{
	uint64_t bytes = header.size();
	return std::string((const char *)&bytes, 8) + header + data;
}

static int Read(const std::string &bytes)
{
	ScratchFolder scratch;
	safetensors s = {};
	WriteFile(scratch / "m.safetensors", bytes);
	int rc = safetensors_read(&s, (scratch / "m.safetensors").c_str());
	if (rc != 0) {
		EXPECT_EQ(nullptr, s.entries);
		EXPECT_EQ(nullptr, s.buffer);
	}
	safetensors_free(&s);
	return rc;
}

TEST(Safetensors, RoundTrip)
{
	ScratchFolder scratch;
	const std::string path = scratch / "m.safetensors";
	const uint8_t bytes[5] = { 1, 2, 3, 4, 5 };
	const float weights[6] = { 0.1f, -2, 3e-30f, 4, 5, 6 };
	const double moments[2] = { 1.0 / 3, -1e300 };
	const int64_t step = INT64_C(1) << 60, shape5[1] = { 5 }, shape23[2] = { 2, 3 }, shape2[1] = { 2 },
		      shape03[2] = { 0, 3 };
	safetensors s = {}, back = {};
	safetensors_add(&s, "bytes", SAFETENSORS_U8, shape5, 1, bytes); /* first here, last in the file */
	safetensors_add(&s, "net.0.weight", SAFETENSORS_F32, shape23, 2, weights);
	safetensors_add(&s, "empty", SAFETENSORS_F32, shape03, 2, nullptr);
	safetensors_add(&s, "moments", SAFETENSORS_F64, shape2, 1, moments);
	safetensors_add(&s, "step", SAFETENSORS_I64, nullptr, 0, &step);
	safetensors_add_meta(&s, "format", "xbmd");
	safetensors_add_meta(&s, "note", "quote \" and é");
	ASSERT_OK(safetensors_write(&s, path.c_str()));
	ASSERT_OK(safetensors_read(&back, path.c_str()));
	ASSERT_EQ(5, back.n_entries);
	for (int64_t i = 0; i < s.n_entries; i++) {
		const safetensors_entry &a = s.entries[i], *b = safetensors_find(&back, a.name);
		ASSERT_NE(nullptr, b) << a.name;
		EXPECT_EQ(a.type, b->type);
		ASSERT_EQ(a.n_dims, b->n_dims);
		EXPECT_EQ(0, memcmp(a.shape, b->shape, sizeof a.shape));
		ASSERT_EQ(a.bytes, b->bytes);
		if (a.bytes > 0) {
			EXPECT_EQ(0, memcmp(a.data, b->data, a.bytes));
		}
	}
	EXPECT_EQ(nullptr, safetensors_find(&back, "net.0.bias"));
	EXPECT_STREQ("xbmd", safetensors_meta(&back, "format"));
	EXPECT_STREQ("quote \" and é", safetensors_meta(&back, "note"));
	EXPECT_EQ(nullptr, safetensors_meta(&back, "none"));
	/* The layout that other readers rely on: header padded to 8, data aligned, no byte more. */
	std::string file = ReadFile(path);
	uint64_t header;
	memcpy(&header, file.data(), 8);
	EXPECT_EQ(0u, header % 8);
	EXPECT_EQ(8 + header + 2 * 8 + 8 + 6 * 4 + 5, file.size());
	EXPECT_EQ('{', file[8]);
	EXPECT_THAT(file, HasSubstr("\"shape\":[2,3],\"data_offsets\":[24,48]"));
	safetensors_free(&s);
	safetensors_free(&back);
	safetensors_free(&back);
}

TEST(Safetensors, EmptyFileOfTensors)
{
	ScratchFolder scratch;
	safetensors s = {}, back = {};
	ASSERT_OK(safetensors_write(&s, (scratch / "m").c_str()));
	ASSERT_OK(safetensors_read(&back, (scratch / "m").c_str()));
	EXPECT_EQ(0, back.n_entries);
	safetensors_free(&back);
}

TEST(Safetensors, HandMadeFileReads)
{
	/* Padded with spaces, keys in another order, tensors not in the order of the data. */
	EXPECT_OK(Read(File(
		"{\"b\":{\"data_offsets\":[4,8],\"shape\":[],\"dtype\":\"F32\"},"
		"\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},\"__metadata__\":{}}   ",
		std::string(8, 'x'))));
}

TEST(Safetensors, RefusesBrokenHeaders)
{
	const std::string one = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
	ASSERT_OK(Read(File(one, std::string(8, 'x'))));
	const struct {
		std::string header;
		size_t data;
		const char *reason;
	} cases[] = {
		{ one, 7, "ends at byte 8" },
		{ one, 9, "1 bytes follow the last tensor" },
		{ "", 8, "no JSON object" },
		{ "[]", 8, "no JSON object" },
		{ " {}", 0, "no JSON object" },
		{ "{\"a\":", 8, "no JSON object" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
		  "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
			8, "no JSON object with different keys" },
		{ "{\"a\":3}", 0, "needs dtype" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"extra\":1}}", 8,
			"nothing else" },
		{ "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "dtype none" },
		{ "{\"a\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,8]}}", 8, "dtype BF16" },
		{ "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "no shape" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", 8,
			"no shape" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "dimension 0" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", 8, "dimension 0" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,\"2\"],\"data_offsets\":[0,8]}}", 8,
			"dimension 1" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e300],\"data_offsets\":[0,8]}}", 8, "dimension 0" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,2],\"data_offsets\":[0,8]}}", 8,
			"overflows" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "no data_offsets" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8, "no data_offsets" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "no data_offsets" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8, "no data_offsets" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9.3e18]}}", 8,
			"no data_offsets" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 8,
			"its shape needs 8" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", 8, "not aligned" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "hole" },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
		  "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
			8, "overlaps" },
		{ "{\"__metadata__\":{\"k\":3}}", 0, "no text" },
		{ "{\"" + std::string(128, 'n') +
				"\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
			8, "longer than 127" },
	};
	for (const auto &c : cases) {
		err_clear();
		EXPECT_EQ(-1, Read(File(c.header, std::string(c.data, 'x')))) << c.reason;
		EXPECT_EQ(EXIT_CODE_MODEL, err_code()) << c.reason;
		EXPECT_THAT(err_message(), HasSubstr("m.safetensors"));
		EXPECT_THAT(err_message(), HasSubstr(c.reason));
	}
}

TEST(Safetensors, RefusesLyingLengths)
{
	for (uint64_t length :
		{ (uint64_t)3, (uint64_t)100000000, (uint64_t)100000001, UINT64_MAX, UINT64_MAX - 7 }) {
		std::string file = File("{}", "");
		memcpy(&file[0], &length, 8);
		EXPECT_EQ(-1, Read(file)) << length;
		EXPECT_EQ(EXIT_CODE_MODEL, err_code());
	}
	EXPECT_EQ(-1, Read(""));
	EXPECT_EQ(-1, Read("short"));
	safetensors s = {};
	EXPECT_EQ(-1, safetensors_read(&s, "/nonexistent/m.safetensors"));
	EXPECT_EQ(EXIT_CODE_MODEL, err_code());
	EXPECT_EQ(-1, safetensors_read(&s, "/"));
	EXPECT_EQ(EXIT_CODE_MODEL, err_code());
}

/* Every byte of a good header changed to every bit's neighbour: never a crash, and only ever a whole answer.
 */
TEST(Safetensors, FlippedHeaderBytes)
{
	ScratchFolder scratch;
	const std::string path = scratch / "m";
	const float weights[4] = { 1, 2, 3, 4 };
	const int64_t shape[2] = { 2, 2 };
	safetensors s = {};
	safetensors_add(&s, "w", SAFETENSORS_F32, shape, 2, weights);
	safetensors_add_meta(&s, "k", "v");
	ASSERT_OK(safetensors_write(&s, path.c_str()));
	safetensors_free(&s);
	std::string good = ReadFile(path);
	int refused = 0, n = 0;
	for (size_t at = 0; at < good.size() - sizeof weights; at++)
		for (int bit = 0; bit < 8; bit += 3) {
			std::string bad = good;
			bad[at] = (char)(bad[at] ^ (1 << bit));
			WriteFile(path, bad);
			n++;
			if (safetensors_read(&s, path.c_str()) != 0) {
				refused++;
				EXPECT_EQ(EXIT_CODE_MODEL, err_code());
			} else {
				/* Only names and texts may change unseen. */
				ASSERT_EQ(1, s.n_entries);
				EXPECT_EQ(16u, s.entries[0].bytes);
				EXPECT_EQ(0, memcmp(s.entries[0].data, weights, 16));
			}
			safetensors_free(&s);
		}
	EXPECT_GT(refused, n * 8 / 10);
}

TEST(Safetensors, CutAnywhere)
{
	ScratchFolder scratch;
	const float weights[4] = { 1, 2, 3, 4 };
	const int64_t shape[1] = { 4 };
	safetensors s = {};
	safetensors_add(&s, "w", SAFETENSORS_F32, shape, 1, weights);
	ASSERT_OK(safetensors_write(&s, (scratch / "m").c_str()));
	safetensors_free(&s);
	std::string good = ReadFile(scratch / "m");
	for (size_t length = 0; length < good.size(); length++)
		EXPECT_EQ(-1, Read(good.substr(0, length))) << length;
	EXPECT_EQ(-1, safetensors_write(&s, (scratch / "no/m").c_str()));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
}

TEST(SafetensorsDeathTest, RepeatedNameIsABug)
{
	safetensors s = {};
	safetensors_add(&s, "w", SAFETENSORS_F32, nullptr, 0, &s);
	EXPECT_DEATH(safetensors_add(&s, "w", SAFETENSORS_F32, nullptr, 0, &s), "BUG");
	safetensors_free(&s);
}

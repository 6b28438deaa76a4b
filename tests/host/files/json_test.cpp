#include "host/files/json.h"

#include <cmath>
#include <cstdlib>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;

static std::string Text(const struct json *node)
{
	char *text = json_text(node);
	std::string copy = text;
	free(text);
	return copy;
}

static struct json *Parse(const std::string &text)
{
	struct json *root = nullptr;
	EXPECT_OK(json_parse(&root, text.data(), text.size(), "test.json"));
	return root;
}

TEST(Json, BuildsInOrder)
{
	struct json *root = json_object(), *list = json_array();
	json_put_text(root, "zebra", "a \"b\"\\\n\tc\x01");
	json_put_integer(root, "ant", INT64_C(-9007199254740993));
	json_put_bool(root, "yes", true);
	json_put_number(root, "nan", NAN);
	json_put_number(root, "inf", INFINITY);
	json_put_text(root, "none", nullptr);
	json_push_number(list, 0.1);
	json_push_integer(list, 3);
	json_push_bool(list, false);
	json_push_text(list, "é");
	json_put(root, "list", list);
	EXPECT_EQ("{\"zebra\":\"a "
		  "\\\"b\\\"\\\\\\n\\tc\\u0001\",\"ant\":-9007199254740993,\"yes\":true,\"nan\":null,"
		  "\"inf\":null,\"none\":null,\"list\":[0.1,3,false,\"é\"]}",
		Text(root));
	EXPECT_EQ(7u, json_key_count(root));
	EXPECT_STREQ("zebra", json_key(root, 0));
	EXPECT_STREQ("list", json_key(root, 6));
	EXPECT_EQ(nullptr, json_key(root, 7));
	json_free(root);
	json_free(nullptr);
}

TEST(Json, NumbersReadBackExactly)
{
	const double numbers[] = { 0.1, 1.0 / 3, 5, -0.0, 1e300, 5e-324, 123456789012345680.0,
		0.30000000000000004, 2.2250738585072014e-308, 3.14159265358979, -17.5, 1e22 };
	const size_t n = sizeof numbers / sizeof *numbers;
	struct json *root = json_object();
	json_put_numbers(root, "x", numbers, n);
	std::string text = Text(root);
	EXPECT_THAT(text, HasSubstr("[0.1,"));	    /* the shortest text */
	EXPECT_THAT(text, HasSubstr(",5.0,-0.0,")); /* a real stays a real */
	struct json *again = Parse(text);
	double back[n];
	ASSERT_OK(json_get_numbers(again, "x", "t", back, n));
	for (size_t i = 0; i < n; i++) {
		EXPECT_EQ(numbers[i], back[i]);
		EXPECT_EQ(std::signbit(numbers[i]), std::signbit(back[i]));
	}
	EXPECT_EQ(text, Text(again));
	json_free(root);
	json_free(again);
}

TEST(Json, WritesAndReadsFiles)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.json";
	struct json *root = Parse("{\"b\": [1, 2.5], \"a\": {\"deep\": [{\"x\": null}, []]}, \"e\": {}}"),
		    *again;
	ASSERT_OK(json_write(root, path.c_str()));
	EXPECT_EQ(
		"{\n  \"b\": [1, 2.5],\n  \"a\": {\n    \"deep\": [\n      {\n        \"x\": null\n      },\n"
		"      []\n    ]\n  },\n  \"e\": {}\n}\n",
		ReadFile(path));
	ASSERT_OK(json_read(&again, path.c_str()));
	EXPECT_EQ(Text(root), Text(again));
	json_free(root);
	json_free(again);
	EXPECT_EQ(-1, json_read(&again, (scratch / "none.json").c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
	EXPECT_EQ(nullptr, again);
}

TEST(Json, RefusesBadText)
{
	const std::string bad[] = { "", "{", "[1,]", "{\"a\":1,\"a\":2}", "{\"a\":1} x", "nul",
		"{\"a\":1e999}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\"}",
		std::string("{\"a\":\"b\0\"}", 11), std::string(3000, '[') };
	for (const std::string &text : bad) {
		struct json *root = nullptr;
		EXPECT_EQ(-1, json_parse(&root, text.data(), text.size(), "bad.json")) << text.substr(0, 40);
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), HasSubstr("bad.json"));
		EXPECT_EQ(nullptr, root);
	}
	struct json *root = nullptr;
	EXPECT_EQ(-1, json_parse(&root, "{\n\n  bad", 8, "bad.json"));
	EXPECT_THAT(err_message(), HasSubstr("line 3"));
}

TEST(Json, TypedReading)
{
	struct json *root =
		Parse("{\"n\": 2.5, \"i\": 7, \"w\": 8.0, \"t\": \"word\", \"l\": [1, 2], \"z\": null,"
		      " \"bad\": [1, \"x\"], \"o\": {}}");
	double number, pair[2];
	int64_t integer;
	const char *text;
	ASSERT_OK(json_get_number(root, "n", "f", &number));
	EXPECT_EQ(2.5, number);
	ASSERT_OK(json_get_number(root, "i", "f", &number));
	EXPECT_EQ(7, number);
	ASSERT_OK(json_get_integer(root, "i", "f", &integer));
	EXPECT_EQ(7, integer);
	ASSERT_OK(json_get_integer(root, "w", "f", &integer));
	EXPECT_EQ(8, integer);
	ASSERT_OK(json_get_text(root, "t", "f", &text));
	EXPECT_STREQ("word", text);
	ASSERT_OK(json_get_numbers(root, "l", "f", pair, 2));
	EXPECT_EQ(2, pair[1]);
	EXPECT_TRUE(json_is_null(json_member(root, "z")));
	EXPECT_TRUE(json_is_null(json_member(root, "absent")));
	EXPECT_FALSE(json_is_null(json_member(root, "n")));
	EXPECT_EQ(2u, json_size(json_member(root, "l")));
	EXPECT_EQ(0u, json_size(nullptr));
	EXPECT_EQ(nullptr, json_at(json_member(root, "l"), 2));
	EXPECT_EQ(nullptr, json_string(json_member(root, "n")));
	EXPECT_EQ(-1, json_number(json_member(root, "t"), &number));

	struct {
		int rc;
		const char *key;
	} failures[] = { { json_get_number(root, "t", "side.json", &number), "\"t\" is no number" },
		{ json_get_number(root, "absent", "side.json", &number), "\"absent\" is missing" },
		{ json_get_integer(root, "n", "side.json", &integer), "\"n\" is no whole number" },
		{ json_get_text(root, "n", "side.json", &text), "\"n\" is no text" },
		{ json_get_numbers(root, "l", "side.json", pair, 1), "\"l\" is no list of 1" } };
	for (auto &failure : failures)
		EXPECT_EQ(-1, failure.rc) << failure.key;
	EXPECT_EQ(-1, json_get_number(root, "absent", "side.json", &number));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_STREQ("'side.json': \"absent\" is missing", err_message());
	EXPECT_EQ(-1, json_get_numbers(root, "bad", "side.json", pair, 2));
	EXPECT_THAT(err_message(), HasSubstr("\"bad\"[1] is no number"));
	json_free(root);
}

TEST(Json, OnlyKeys)
{
	struct json *root = Parse("{\"lr\": 1, \"steps\": 2}");
	EXPECT_OK(json_only_keys(root, "steps lr batch", "c.yaml"));
	EXPECT_EQ(-1, json_only_keys(root, "step lr", "c.yaml"));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_THAT(err_message(), HasSubstr("c.yaml"));
	EXPECT_THAT(err_message(), HasSubstr("\"steps\""));
	EXPECT_EQ(-1, json_only_keys(json_member(root, "lr"), "lr", "c.yaml"));
	json_free(root);
}

TEST(Json, NamesThatAreNoUtf8StillWrite)
{
	struct json *root = json_object();
	json_put_text(root, "file", "caf\xe9.nii");
	json_put_text(root, "k\xff", "v");
	EXPECT_EQ("{\"file\":\"caf?.nii\",\"k?\":\"v\"}", Text(root));
	json_free(root);
}

TEST(Json, Options)
{
	/* Written out, since the OPT_ macros are C11. */
	bool flag = true;
	int64_t steps = 12, size[2] = { 320, 240 };
	double kvp = 80, rotate[3] = { 1, 2.5, -3 };
	const char *out = "x.nii", *view = nullptr;
	const opt table[] = {
		{ OPT_KIND_FLAG, "volumes", &flag, 0, "", "", nullptr },
		{ OPT_KIND_INT, "steps", &steps, 0, "N", "", nullptr },
		{ OPT_KIND_DOUBLE, "kvp", &kvp, 0, "X", "", nullptr },
		{ OPT_KIND_TEXT, "out", &out, 0, "FILE", "", nullptr },
		{ OPT_KIND_CHOICE, "view", &view, 0, "ap|pa", "", nullptr },
		{ OPT_KIND_VEC3, "rotate-deg", rotate, 0, "X,Y,Z", "", nullptr },
		{ OPT_KIND_SIZE, "size", size, 0, "COLSxROWS", "", nullptr },
		{ OPT_KIND_END, nullptr, nullptr, 0, nullptr, nullptr, nullptr },
	};
	struct json *root = json_from_options(table);
	EXPECT_EQ("{\"volumes\":true,\"steps\":12,\"kvp\":80.0,\"out\":\"x.nii\",\"view\":null,"
		  "\"rotate-deg\":[1.0,2.5,-3.0],\"size\":[320,240]}",
		Text(root));
	json_free(root);
}

// What leaves the machine names no folder of it, and an option that was not given is null.
TEST(Json, OptionsLoseAbsoluteFolders)
{
	const char *absolute = "/data/someone/scan.nii.gz", *relative = "study/scan.nii.gz";
	double centre_mm[3] = { NAN, NAN, NAN };
	const opt table[] = {
		{ OPT_KIND_TEXT, "a", &absolute, 0, "FILE", "", nullptr },
		{ OPT_KIND_TEXT, "b", &relative, 0, "FILE", "", nullptr },
		{ OPT_KIND_VEC3, "c", centre_mm, 0, "X,Y,Z", "", nullptr },
		{ OPT_KIND_END, nullptr, nullptr, 0, nullptr, nullptr, nullptr },
	};
	json *options = json_from_options(table);
	EXPECT_STREQ("scan.nii.gz", json_string(json_member(options, "a")));
	EXPECT_STREQ("study/scan.nii.gz", json_string(json_member(options, "b")));
	EXPECT_TRUE(json_is_null(json_member(options, "c")));
	json_free(options);
}

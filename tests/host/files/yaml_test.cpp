#include "host/files/yaml.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;

static std::string AsJson(const std::string &yaml)
{
	struct json *root = nullptr;
	if (yaml_parse(&root, yaml.data(), yaml.size(), "c.yaml") != 0)
		return std::string("refused: ") + err_message();
	char *text = json_text(root);
	std::string copy = text;
	free(text);
	json_free(root);
	return copy;
}

TEST(Yaml, ScalarsAreTypedAsJsonWould)
{
	EXPECT_EQ("{\"i\":-12,\"r\":0.5,\"e\":1000.0,\"t\":true,\"f\":false,\"n\":null,\"z\":null,\"e2\":"
		  "null,\"s\":\"word two\"}",
		AsJson("i: -12\nr: 0.5\ne: 1e3\nt: true\nf: false\nn: null\nz: ~\ne2:\ns: word two\n"));
	/* Not numbers in JSON: text, to be refused by whoever wants a number. */
	EXPECT_EQ("{\"a\":\"007\",\"b\":\".5\",\"c\":\"0x10\",\"d\":\"1_000\",\"e\":\"2024-01-02\",\"f\":"
		  "\"yes\",\"g\":\".nan\",\"h\":\"1.\"}",
		AsJson("a: 007\nb: .5\nc: 0x10\nd: 1_000\ne: 2024-01-02\nf: yes\ng: .nan\nh: 1.\n"));
	EXPECT_EQ("{\"q\":\"12\",\"d\":\"true\",\"e\":\"\"}", AsJson("q: '12'\nd: \"true\"\ne: ''\n"));
	EXPECT_EQ("{\"big\":9223372036854775807,\"bigger\":9.223372036854775e+18}",
		AsJson("big: 9223372036854775807\nbigger: 9223372036854775000e0\n"));
}

TEST(Yaml, Structures)
{
	EXPECT_EQ("{\"name\":\"painted\",\"labels\":{\"femur_left\":75,\"rods\":[116,117]},\"list\":[{\"a\":"
		  "1},[true,null,2.5]]}",
		AsJson("# a label map\nname: painted\nlabels:\n  femur_left: 75\n  rods: [116, 117]\nlist:\n "
		       " - a: 1\n"
		       "  - [true, ~, 2.5]\n"));
	EXPECT_EQ("{}", AsJson(""));
	EXPECT_EQ("{}", AsJson("# nothing but a comment\n"));
	EXPECT_EQ("{}", AsJson("---\n"));
	EXPECT_EQ("{}", AsJson("{}"));
	/* JSON is YAML. */
	EXPECT_EQ("{\"a\":{\"b\":[1,2]}}", AsJson("{\"a\": {\"b\": [1, 2]}}"));
}

TEST(Yaml, Refusals)
{
	const struct {
		std::string text;
		const char *reason;
	} cases[] = {
		{ "a: 1\nb: 2\na: 3\n", "line 3: the key \"a\" is repeated" },
		{ "a: &x 1\nb: *x\n", "line 1: anchors" },
		{ "a: &x [1]\n", "line 1: anchors" },
		{ "a: *x\n", "line 1: anchors" },
		{ "a: !!int 3\n", "line 1: the tag" },
		{ "a: !mine {b: 1}\n", "line 1: the tag" },
		{ "a: 1\n---\nb: 2\n", "a second document" },
		{ "- 1\n- 2\n", "line 1: a mapping" },
		{ "just words\n", "line 1: a mapping" },
		{ "? [1, 2]\n: 3\n", "line 1: a key" },
		{ "a:\n\tb: 1\n", "line 2 is no valid YAML" },
		{ "a: [1, 2\n", "is no valid YAML" },
		{ "a: \"x\\0y\"\n", "zero byte" },
		{ "a: \xff\xfe\n", "is no valid YAML" },
		{ "a: " + std::string(200, '[') + std::string(200, ']') + "\n", "nested deeper than 64" },
	};
	for (const auto &c : cases) {
		std::string result = AsJson(c.text);
		EXPECT_THAT(result, HasSubstr("refused: 'c.yaml'")) << c.text;
		EXPECT_THAT(result, HasSubstr(c.reason)) << c.text;
		EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	}
}

TEST(Yaml, Files)
{
	ScratchFolder scratch;
	struct json *root = nullptr;
	WriteFile(scratch / "c.yaml", "steps: 100\n");
	ASSERT_OK(yaml_read(&root, (scratch / "c.yaml").c_str()));
	int64_t steps = 0;
	EXPECT_OK(json_get_integer(root, "steps", "c.yaml", &steps));
	EXPECT_EQ(100, steps);
	EXPECT_EQ(-1, json_only_keys(root, "step", "c.yaml"));
	json_free(root);
	EXPECT_EQ(-1, yaml_read(&root, (scratch / "none.yaml").c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

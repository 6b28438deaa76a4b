// The program's own face: verbs, help, usage errors, info.
#include <sys/wait.h>
#include "tests/cli/cli.h"

using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

namespace
{

const std::vector<std::string> kVerbs = { "synth", "segment", "calibrate", "drr", "dataset", "train", "predict",
	"export", "check", "index", "evaluate", "report", "pool", "plan", "info" };

TEST(Info, AsText)
{
	RunResult r = RunXbmd({ "info" });
	EXPECT_EQ(0, r.exit_code);
	EXPECT_EQ("", r.err);
	EXPECT_THAT(r.out, ContainsRegex("^xbmd [0-9]+\\.[0-9]+\\.[0-9]+ \\("));
	EXPECT_THAT(r.out, ContainsRegex("\nGPU plugin   (loaded: |not loaded: )[^\n]+\n"));
	for (const std::string &verb : kVerbs)
		EXPECT_THAT(r.out, ContainsRegex("\n" + verb + " +[^\n ]"));
}

TEST(Info, AsJson)
{
	RunResult r = RunXbmd({ "info", "--json" });
	EXPECT_EQ(0, r.exit_code);
	EXPECT_EQ("", r.err);
	Json info = Json::Text(r.out);
	EXPECT_THAT(info.text("version"), ContainsRegex("^[0-9]+\\.[0-9]+\\.[0-9]+$"));
	EXPECT_GE(info.number("cpu_threads"), 1);
	const json *plugin = info.at("plugin"), *verbs = info.at("verbs");
	ASSERT_TRUE(plugin && verbs);
	bool has_reason = !json_is_null(json_member(plugin, "reason"));
	bool has_versions = !json_is_null(json_member(plugin, "versions"));
	EXPECT_NE(has_reason, has_versions) << "a plugin, or why there is none";
	std::vector<std::string> names;
	for (size_t i = 0; i < json_size(verbs); i++) {
		names.push_back(Json::TextOf(json_at(verbs, i), "name"));
		EXPECT_NE("", Json::TextOf(json_at(verbs, i), "summary"));
	}
	for (const std::string &verb : kVerbs)
		EXPECT_THAT(names, Contains(verb));
}

TEST(Info, TellsWhyThereIsNoPlugin)
{
	setenv("XBMD_PLUGIN", "/nowhere/plugin.so", 1);
	Json info = Json::Text(RunXbmd({ "info", "--json" }).out);
	unsetenv("XBMD_PLUGIN");
	EXPECT_THAT(Json::TextOf(info.at("plugin"), "reason"), HasSubstr("/nowhere/plugin.so"));
	EXPECT_EQ(0u, json_size(info.at("gpus")));
}

TEST(Usage, WithoutAVerb)
{
	RunResult r = RunXbmd({});
	EXPECT_EQ(2, r.exit_code);
	EXPECT_EQ("", r.out);
	for (const std::string &verb : kVerbs)
		EXPECT_THAT(r.err, HasSubstr("  " + verb + " "));
	EXPECT_THAT(r.err, HasSubstr("not a medical device"));
	for (const char *word : { "help", "--help", "-h" }) {
		RunResult help = RunXbmd({ word });
		EXPECT_EQ(0, help.exit_code);
		EXPECT_EQ(r.err, help.out);
	}
}

TEST(Usage, Version)
{
	RunResult r = RunXbmd({ "--version" });
	EXPECT_EQ(0, r.exit_code);
	EXPECT_THAT(r.out, ContainsRegex("^xbmd [0-9.]+ \\([0-9a-f]+|unknown\\)\n$"));
}

TEST(Usage, UnknownVerb)
{
	for (const std::vector<std::string> &words : std::vector<std::vector<std::string>>{
		     { "calibrat" }, { "help", "calibrat" }, { "" }, { "--foo" } }) {
		RunResult r = RunXbmd(words);
		EXPECT_EQ(2, r.exit_code);
		EXPECT_EQ("", r.out);
		EXPECT_THAT(r.err, StartsWith("xbmd: no verb '" + words.back() + "'"));
	}
}

class Verb : public testing::TestWithParam<std::string>
{
};
INSTANTIATE_TEST_SUITE_P(All, Verb, testing::ValuesIn(kVerbs), [](const auto &info) { return info.param; });

TEST_P(Verb, HelpShowsOptionsAndDefaults)
{
	const std::string verb = GetParam();
	RunResult r = RunXbmd({ verb, "--help" });
	EXPECT_EQ(0, r.exit_code);
	EXPECT_EQ("", r.err);
	EXPECT_THAT(r.out, StartsWith("xbmd " + verb + ": "));
	EXPECT_THAT(r.out, HasSubstr("usage: xbmd " + verb));
	EXPECT_THAT(r.out, HasSubstr("(default "));
	EXPECT_THAT(r.out, HasSubstr("--help"));
	EXPECT_EQ(r.out, RunXbmd({ "help", verb }).out);
	EXPECT_EQ(r.out, RunXbmd({ verb, "-h" }).out);
}

TEST_P(Verb, UnknownOption)
{
	RunResult r = RunXbmd({ GetParam(), "--no-such-option" });
	ExpectRefused(r, { 2 }, GetParam(), { "'--no-such-option'", "xbmd " + GetParam() + " --help" });
	ExpectRefused(RunXbmd({ GetParam(), "stray" }), { 2 }, GetParam(), { "'stray'" });
}

TEST(Help, ShowsTheDefaultsOfTheContract)
{
	std::string calibrate = RunXbmd({ "calibrate", "--help" }).out,
		    drr = RunXbmd({ "drr", "--help" }).out;
	EXPECT_THAT(calibrate, ContainsRegex("--label-map [^\n]*\\(default totalseg\\)"));
	EXPECT_THAT(calibrate, ContainsRegex("--phantom [^\n]*\\(default b-mas200\\)"));
	EXPECT_THAT(drr, ContainsRegex("--kvp [^\n]*\\(default 80\\)"));
	EXPECT_THAT(drr, ContainsRegex("--view [^\n]*\\(default ap\\)"));
	EXPECT_THAT(drr, ContainsRegex("--rotate-deg [^\n]*\\(default 0,0,0\\)"));
	EXPECT_THAT(drr, ContainsRegex("--quantity [^\n]*integral\\|mineral\\|radiograph"));
	EXPECT_THAT(drr, ContainsRegex("--model [^\n]*pwc\\|trilinear\\|joseph"));
}

TEST(Usage, RequiredOptionsAreNamed)
{
	ExpectRefused(RunXbmd({ "synth" }), { 2 }, "synth", { "--" });
	ExpectRefused(RunXbmd({ "drr" }), { 2 }, "drr", { "--" });
	ExpectRefused(RunXbmd({ "calibrate" }), { 2 }, "calibrate", { "--ct", "--study" });
	ExpectRefused(RunXbmd({ "segment" }), { 2 }, "segment", { "--labels" });
	ExpectRefused(RunXbmd({ "dataset" }), { 2 }, "dataset", { "--study" });
	ExpectRefused(RunXbmd({ "train" }), { 2 }, "train", { "--dataset" });
	ExpectRefused(RunXbmd({ "predict" }), { 2 }, "predict", { "--run" });
	ExpectRefused(RunXbmd({ "export" }), { 2 }, "export", { "--run" });
	ExpectRefused(RunXbmd({ "evaluate" }), { 2 }, "evaluate", { "--" });
	ExpectRefused(RunXbmd({ "report" }), { 2 }, "report", { "--" });
}

// A full disk must not look like success.
TEST(Output, AFullStandardOutputIsAnError)
{
	if (!FileExists("/dev/full"))
		GTEST_SKIP() << "no /dev/full here";
	for (const char *words : { "info", "info --json", "drr --help" }) {
		std::string command =
			"'" + ProgramPath() + "' " + words + " >/dev/full 2>/dev/null </dev/null";
		int status = std::system(command.c_str());
		EXPECT_EQ(6, WEXITSTATUS(status)) << words;
	}
}

} // namespace

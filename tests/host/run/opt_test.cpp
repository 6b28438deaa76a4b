#include "host/run/opt.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include <gmock/gmock.h>
#include <unistd.h>
#include "tests/support/child.h"
#include "tests/support/support.h"

using testing::HasSubstr;
using testing::Not;

namespace
{

// One option of each kind, as a verb declares them (the OPT_ macros need C's _Generic).
struct Options : testing::Test {
	bool force = false;
	int64_t steps = 200;
	double sdd_mm = 1000.25;
	const char *out = nullptr, *resume = nullptr, *model = "pwc";
	double shift_mm[3] = { 0, -1.5, 1e-3 };
	int64_t size[2] = { 256, 129 };
	const opt table[9] = {
		{ OPT_KIND_TEXT, "out", &out, OPT_REQUIRED, "FILE", "projection to write", nullptr },
		{ OPT_KIND_FLAG, "force", &force, 0, "", "overwrite", nullptr },
		{ OPT_KIND_INT, "steps", &steps, 0, "N", "steps", nullptr },
		{ OPT_KIND_DOUBLE, "sdd-mm", &sdd_mm, 0, "X", "distance, mm", nullptr },
		{ OPT_KIND_TEXT, "resume", &resume, 0, "WHEN", "go on", "must" },
		{ OPT_KIND_CHOICE, "model", &model, 0, "pwc|trilinear|joseph", "ray model", nullptr },
		{ OPT_KIND_VEC3, "shift-mm", &shift_mm, 0, "X,Y,Z", "shift", nullptr },
		{ OPT_KIND_SIZE, "size", &size, 0, "COLSxROWS", "detector", nullptr },
		{ OPT_KIND_END, nullptr, nullptr, 0, nullptr, nullptr, nullptr },
	};

	// Keeps the words alive: text options borrow them, as they do from main's argv.
	std::vector<std::string> words;
	std::vector<char *> argv;
	int Parse(const std::vector<std::string> &given)
	{
		words = given;
		words.insert(words.begin(), "drr");
		argv.clear();
		for (std::string &word : words)
			argv.push_back(word.data());
		argv.push_back(nullptr);
		return opt_parse((int)words.size(), argv.data(), "render", table);
	}
	// With the required one given.
	int ParseMore(std::vector<std::string> given)
	{
		given.insert(given.begin(), "--out=o.nii");
		return Parse(given);
	}
	void Refuses(const std::vector<std::string> &given, const std::string &reason)
	{
		EXPECT_EQ(-1, ParseMore(given)) << testing::PrintToString(given);
		EXPECT_EQ(EXIT_CODE_USAGE, err_code());
		EXPECT_THAT(err_message(), HasSubstr(reason));
	}
	std::string Help()
	{
		char *text = nullptr;
		size_t bytes = 0;
		FILE *memory = open_memstream(&text, &bytes);
		opt_help(memory, "drr", "render radiographs", table);
		fclose(memory);
		std::string help(text, bytes);
		free(text);
		return help;
	}
	std::string Text(const char *name)
	{
		char text[256];
		for (const opt *o = table; o->kind != OPT_KIND_END; o++)
			if (strcmp(o->name, name) == 0)
				return opt_text(o, text, sizeof(text));
		return "no such option";
	}
};

TEST_F(Options, DefaultsStayWhenNothingIsGiven)
{
	ASSERT_OK(ParseMore({}));
	EXPECT_FALSE(force);
	EXPECT_EQ(200, steps);
	EXPECT_EQ(1000.25, sdd_mm);
	EXPECT_EQ(nullptr, resume);
	EXPECT_STREQ("pwc", model);
	EXPECT_EQ(-1.5, shift_mm[1]);
	EXPECT_EQ(129, size[1]);
	EXPECT_STREQ("o.nii", out);
}

TEST_F(Options, EveryKindInBothSpellings)
{
	ASSERT_OK(Parse({ "--out", "a b.nii", "--force", "--steps", "-12", "--sdd-mm", "-1.5e3", "--model",
		"joseph", "--shift-mm", "-1,2.5,-3e-1", "--size", "31x7" }));
	EXPECT_STREQ("a b.nii", out);
	EXPECT_TRUE(force);
	EXPECT_EQ(-12, steps);
	EXPECT_EQ(-1500, sdd_mm);
	EXPECT_STREQ("joseph", model);
	EXPECT_THAT(shift_mm, testing::ElementsAre(-1, 2.5, -0.3));
	EXPECT_THAT(size, testing::ElementsAre(31, 7));

	ASSERT_OK(Parse({ "--out=--odd=name", "--steps=9223372036854775807", "--sdd-mm=-0.125",
		"--model=trilinear", "--shift-mm=0,0,-7", "--size=1x65535", "--resume=auto" }));
	EXPECT_STREQ("--odd=name", out);
	EXPECT_EQ(INT64_MAX, steps);
	EXPECT_EQ(-0.125, sdd_mm);
	EXPECT_STREQ("trilinear", model);
	EXPECT_THAT(shift_mm, testing::ElementsAre(0, 0, -7));
	EXPECT_THAT(size, testing::ElementsAre(1, 65535));
	EXPECT_STREQ("auto", resume);
}

TEST_F(Options, ABareOptionalValueTakesItsOwn)
{
	for (const std::vector<std::string> &after :
		std::vector<std::vector<std::string>>{ {}, { "--force" }, { "-q" } }) {
		resume = nullptr;
		std::vector<std::string> given = { "--resume" };
		given.insert(given.end(), after.begin(), after.end());
		ASSERT_OK(ParseMore(given));
		EXPECT_STREQ("must", resume);
	}
	ASSERT_OK(ParseMore({ "--resume", "auto" }));
	EXPECT_STREQ("auto", resume);
}

TEST_F(Options, GivenIsOnlyWhatTheLastLineSaid)
{
	ASSERT_OK(ParseMore({ "--steps", "200", "--resume" }));
	EXPECT_TRUE(opt_given(table, "out"));
	EXPECT_TRUE(opt_given(table, "steps")) << "given, though equal to the default";
	EXPECT_TRUE(opt_given(table, "resume"));
	EXPECT_FALSE(opt_given(table, "sdd-mm"));
	EXPECT_FALSE(opt_given(table, "force"));
	ASSERT_OK(ParseMore({ "--force" }));
	EXPECT_TRUE(opt_given(table, "force"));
	EXPECT_FALSE(opt_given(table, "steps"));
}

TEST_F(Options, AskingForAnUnknownNameIsAProgrammersError)
{
	ASSERT_OK(ParseMore({}));
	EXPECT_EQ(SIGABRT, InChild([&](int fd) {
		dup2(fd, STDERR_FILENO);
		return (int)opt_given(table, "no-such");
	}).signal);
}

TEST_F(Options, MissingRequired)
{
	EXPECT_EQ(-1, Parse({ "--force" }));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_STREQ("--out is missing (see xbmd drr --help)", err_message());
}

TEST_F(Options, UnknownWords)
{
	Refuses({ "--sdd", "3" }, "unknown option '--sdd'");
	Refuses({ "--sdd-mmm=3" }, "unknown option '--sdd-mmm=3'");
	Refuses({ "--SDD-MM=3" }, "unknown option");
	Refuses({ "--=3" }, "unknown option");
	Refuses({ "stray" }, "unexpected argument 'stray'");
	Refuses({ "-o", "x" }, "unexpected argument '-o'");
	Refuses({ "--" }, "unexpected argument '--'");
	Refuses({ "-" }, "unexpected argument '-'");
	Refuses({ "" }, "unexpected argument ''");
}

TEST_F(Options, GivenTwice)
{
	Refuses({ "--steps", "1", "--steps=1" }, "--steps is given twice");
	Refuses({ "--force", "--force" }, "--force is given twice");
	Refuses({ "--out", "b" }, "--out is given twice");
}

TEST_F(Options, MissingAndEmptyValues)
{
	Refuses({ "--steps" }, "--steps wants a value");
	Refuses({ "--steps", "" }, "--steps wants a whole number, got ''");
	Refuses({ "--steps=" }, "--steps wants a whole number, got ''");
	Refuses({ "--sdd-mm=" }, "--sdd-mm wants a finite number, got ''");
	Refuses({ "--model=" }, "--model is one of pwc|trilinear|joseph, got ''");
	Refuses({ "--shift-mm=" }, "--shift-mm wants three numbers");
	Refuses({ "--size=" }, "--size wants COLSxROWS");
	Refuses({ "--resume=" }, "--resume wants a value, got an empty one");
	Refuses({ "--resume", "" }, "--resume wants a value, got an empty one");
	EXPECT_EQ(-1, Parse({ "--out=" }));
	EXPECT_STREQ("--out wants a value, got an empty one", err_message());
}

TEST_F(Options, AnOptionIsNeverTakenForAValue)
{
	EXPECT_EQ(-1, Parse({ "--out", "--force" }));
	EXPECT_THAT(err_message(), HasSubstr("--out wants a value"));
	EXPECT_EQ(-1, Parse({ "--out", "--help" }));
	Refuses({ "--sdd-mm", "--steps", "3" }, "--sdd-mm wants a value");
}

TEST_F(Options, BadNumbers)
{
	Refuses({ "--steps=1.5" }, "got '1.5'");
	Refuses({ "--steps=12x" }, "got '12x'");
	Refuses({ "--steps=9223372036854775808" }, "got '9223372036854775808'");
	Refuses({ "--sdd-mm=nan" }, "finite");
	Refuses({ "--sdd-mm=-inf" }, "finite");
	Refuses({ "--sdd-mm=1e400" }, "finite");
	Refuses({ "--sdd-mm=1,5" }, "got '1,5'");
	Refuses({ "--shift-mm=1,2" }, "got '1,2'");
	Refuses({ "--shift-mm=1,2,3,4" }, "got '1,2,3,4'");
	Refuses({ "--shift-mm=1,2,3," }, "got '1,2,3,'");
	Refuses({ "--shift-mm=1,,3" }, "got '1,,3'");
	Refuses({ "--shift-mm=1,nan,3" }, "got '1,nan,3'");
	Refuses({ "--size=0x5" }, "got '0x5'");
	Refuses({ "--size=5x0" }, "got '5x0'");
	Refuses({ "--size=-5x5" }, "got '-5x5'");
	Refuses({ "--size=5x" }, "got '5x'");
	Refuses({ "--size=x5" }, "got 'x5'");
	Refuses({ "--size=5" }, "got '5'");
	Refuses({ "--size=5x6x7" }, "got '5x6x7'");
	Refuses({ "--size=5*6" }, "got '5*6'");
	Refuses({ "--size=65536x2" }, "65535");
	Refuses({ "--size=99999999999999999999x2" }, "got '9999");
	Refuses({ "--force=yes" }, "--force takes no value");
}

TEST_F(Options, AChoiceIsAWholeWordOfTheList)
{
	for (const char *word : { "pw", "pwcc", "PWC", "pwc|trilinear", "|", "pwc|", " pwc" })
		Refuses({ std::string("--model=") + word }, "--model is one of");
	for (const char *word : { "pwc", "trilinear", "joseph" }) {
		ASSERT_OK(ParseMore({ std::string("--model=") + word }));
		EXPECT_STREQ(word, model);
	}
}

TEST_F(Options, HelpShowsTrueDefaults)
{
	std::string help = Help();
	EXPECT_THAT(help, HasSubstr("xbmd drr: render radiographs"));
	EXPECT_THAT(help, HasSubstr("usage: xbmd drr --out FILE [options]"));
	EXPECT_THAT(help, testing::ContainsRegex("--out FILE +projection to write \\(required\\)\n"));
	EXPECT_THAT(help, testing::ContainsRegex("--force +overwrite \\(default no\\)\n"));
	EXPECT_THAT(help, testing::ContainsRegex("--steps N +steps \\(default 200\\)\n"));
	EXPECT_THAT(help, HasSubstr("distance, mm (default 1000.25)\n"));
	EXPECT_THAT(help, testing::ContainsRegex("--resume \\[=WHEN\\] +go on\n"))
		<< "no default: nothing is shown";
	EXPECT_THAT(help,
		testing::ContainsRegex("--model pwc\\|trilinear\\|joseph +ray model \\(default pwc\\)\n"));
	EXPECT_THAT(help, HasSubstr("shift (default 0,-1.5,0.001)\n"));
	EXPECT_THAT(help, HasSubstr("detector (default 256x129)\n"));
	for (const char *common : { "--quiet, -q", "--verbose, -v", "--help, -h" })
		EXPECT_THAT(help, HasSubstr(common));
	EXPECT_THAT(help, Not(HasSubstr("n/a")));
	steps = 7;
	EXPECT_THAT(Help(), HasSubstr("steps (default 7)\n")) << "the variable, not a second list";
}

TEST_F(Options, HelpGoesToStandardOutputAndStopsParsing)
{
	for (const char *word : { "--help", "-h" }) {
		testing::internal::CaptureStdout();
		int go = Parse({ word, "--nonsense" });
		EXPECT_EQ(Help().size() - strlen(" radiographs"),
			testing::internal::GetCapturedStdout().size());
		EXPECT_EQ(1, go);
	}
}

TEST_F(Options, TextOfTheValues)
{
	ASSERT_OK(ParseMore({ "--shift-mm=0.1,-2,3e10", "--sdd-mm=0.1", "--force" }));
	EXPECT_EQ("0.1,-2,30000000000", Text("shift-mm"));
	EXPECT_EQ("0.1", Text("sdd-mm"));
	EXPECT_EQ("yes", Text("force"));
	EXPECT_EQ("n/a", Text("resume"));
	EXPECT_EQ("o.nii", Text("out"));
	sdd_mm = NAN;
	EXPECT_EQ("n/a", Text("sdd-mm")) << "no default";
	EXPECT_THAT(Help(), HasSubstr("distance, mm\n"));
	char small[4];
	EXPECT_STREQ("o.n", opt_text(&table[0], small, sizeof(small)));
}

TEST_F(Options, CommonWordsMayComeAnywhere)
{
	EXPECT_OK(Parse({ "-q", "--out", "o", "--quiet", "-v", "--verbose" }));
}

TEST_F(Options, TablesAreJoined)
{
	static opt_list list;
	const opt first[] = { table[0], table[1], table[8] }, second[] = { table[2], table[8] },
		  third[] = { table[3], table[5], { OPT_KIND_END, nullptr, nullptr, 0, nullptr, "notes", nullptr } };
	list.n = 0;
	opt_list_add(&list, first);
	opt_list_add(&list, second);
	const int64_t theme = list.n;
	opt_list_add(&list, third);
	ASSERT_EQ(5, list.n);
	EXPECT_EQ(OPT_KIND_END, list.option[5].kind);
	EXPECT_STREQ("notes", list.option[5].help) << "the last table's";
	std::vector<std::string> given = { "drr", "--out", "o", "--steps", "7" };
	for (std::string &word : given)
		argv.push_back(word.data());
	ASSERT_OK(opt_parse(5, argv.data(), "render", list.option));
	EXPECT_EQ(7, steps);
	EXPECT_TRUE(opt_given(list.option, "steps"));
	EXPECT_FALSE(opt_any_given(list.option + theme, list.n - theme));
	given = { "drr", "--out", "o", "--model", "joseph" };
	argv.clear();
	for (std::string &word : given)
		argv.push_back(word.data());
	ASSERT_OK(opt_parse(5, argv.data(), "render", list.option));
	EXPECT_TRUE(opt_any_given(list.option + theme, list.n - theme));
	EXPECT_FALSE(opt_any_given(list.option + 2, 1));
}

} // namespace

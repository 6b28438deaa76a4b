#include "host/files/path.h"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;
namespace fs = std::filesystem;

static int FilesIn(const std::string &folder)
{
	int n = 0;
	for (const auto &entry : fs::directory_iterator(folder))
		n += entry.exists();
	return n;
}

TEST(Path, FormatRefusesTooLong)
{
	char path[PATH_BYTES];
	ASSERT_OK(path_format(path, "%s/%d", "a", 7));
	EXPECT_STREQ("a/7", path);
	ASSERT_OK(path_format(path, "%s", std::string(PATH_BYTES - 1, 'x').c_str()));
	EXPECT_EQ(-1, path_format(path, "%s", std::string(PATH_BYTES, 'x').c_str()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(Path, Sidecar)
{
	const char *cases[][2] = {
		{ "a/b.nii.gz", "a/b.json" },
		{ "b.nii", "b.json" },
		{ "x.y/b.csv", "x.y/b.json" },
		{ "x.y/b", "x.y/b.json" },
		{ "a/b.c.tsv", "a/b.c.json" },
		{ "set.h5", "set.json" },
		{ ".b", ".b.json" },
	};
	char sidecar[PATH_BYTES];
	for (auto &c : cases) {
		ASSERT_OK(path_sidecar(sidecar, c[0]));
		EXPECT_STREQ(c[1], sidecar);
	}
	EXPECT_EQ(-1, path_sidecar(sidecar, "a/b.json"));
	EXPECT_THAT(err_message(), HasSubstr("a/b.json"));
}

TEST(Path, MakesFoldersAndRefusesAFileInTheWay)
{
	ScratchFolder scratch;
	ASSERT_OK(path_make_folders((scratch / "a/b/c").c_str()));
	ASSERT_OK(path_make_folders((scratch / "a/b/c/").c_str()));
	EXPECT_TRUE(path_is_folder((scratch / "a/b/c").c_str()));
	ASSERT_OK(path_make_parent((scratch / "d/e.txt").c_str()));
	EXPECT_TRUE(path_is_folder((scratch / "d").c_str()));
	EXPECT_FALSE(path_exists((scratch / "d/e.txt").c_str()));
	WriteFile(scratch / "file", "x");
	EXPECT_EQ(-1, path_make_folders((scratch / "file/under").c_str()));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
}

TEST(Path, CheckOutputNeedsForce)
{
	ScratchFolder scratch;
	std::string path = scratch / "new/out.csv";
	ASSERT_OK(path_check_output(path.c_str(), false));
	WriteFile(path, "x");
	EXPECT_EQ(-1, path_check_output(path.c_str(), false));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_THAT(err_message(), HasSubstr("out.csv"));
	EXPECT_OK(path_check_output(path.c_str(), true));
}

TEST(Path, ReadText)
{
	ScratchFolder scratch;
	std::string big(200000, 'q');
	WriteFile(scratch / "big", big);
	WriteFile(scratch / "empty", "");
	char *text;
	size_t bytes;
	ASSERT_OK(path_read_text(&text, &bytes, (scratch / "big").c_str()));
	EXPECT_EQ(big, std::string(text));
	EXPECT_EQ(big.size(), bytes);
	free(text);
	ASSERT_OK(path_read_text(&text, &bytes, (scratch / "empty").c_str()));
	EXPECT_STREQ("", text);
	free(text);
	for (const std::string &bad : { scratch / "none", scratch.path() }) {
		EXPECT_EQ(-1, path_read_text(&text, &bytes, bad.c_str()));
		EXPECT_EQ(EXIT_CODE_INPUT, err_code());
		EXPECT_THAT(err_message(), HasSubstr(bad));
		EXPECT_EQ(nullptr, text);
	}
}

TEST(Path, OutputIsWholeOrAbsent)
{
	ScratchFolder scratch;
	std::string path = scratch / "out";
	path_output output = {};
	WriteFile(path, "old");
	ASSERT_OK(path_output_open(&output, path.c_str()));
	fputs("new", output.file);
	fflush(output.file);
	EXPECT_EQ("old", ReadFile(path));
	path_output_abort(&output);
	path_output_abort(&output);
	EXPECT_EQ("old", ReadFile(path));
	EXPECT_EQ(1, FilesIn(scratch.path()));

	ASSERT_OK(path_output_open(&output, path.c_str()));
	fputs("new", output.file);
	ASSERT_OK(path_output_commit(&output));
	path_output_abort(&output); /* after a commit: nothing */
	EXPECT_EQ("new", ReadFile(path));
	EXPECT_EQ(1, FilesIn(scratch.path()));
}

TEST(Path, OutputByNameAndTextOutput)
{
	ScratchFolder scratch;
	path_output output = {};
	ASSERT_OK(path_output_name(&output, (scratch / "lib").c_str()));
	EXPECT_EQ(nullptr, output.file);
	WriteFile(output.temporary, "by a library");
	ASSERT_OK(path_output_commit(&output));
	EXPECT_EQ("by a library", ReadFile(scratch / "lib"));
	ASSERT_OK(path_write_text((scratch / "text").c_str(), "line\n"));
	EXPECT_EQ("line\n", ReadFile(scratch / "text"));
	EXPECT_EQ(2, FilesIn(scratch.path()));
}

TEST(Path, OutputFailures)
{
	ScratchFolder scratch;
	path_output output = {};
	EXPECT_EQ(-1, path_output_open(&output, (scratch / "no/folder").c_str()));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_EQ(-1, path_output_open(&output, scratch.path().c_str()));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	/* The library never wrote its file: the commit fails and leaves nothing. */
	ASSERT_OK(path_output_name(&output, (scratch / "missing").c_str()));
	EXPECT_EQ(-1, path_output_commit(&output));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_EQ(0, FilesIn(scratch.path()));
	/* A full disk. */
	if (FileExists("/dev/full")) {
		ASSERT_OK(path_output_open(&output, (scratch / "full").c_str()));
		ASSERT_NE(nullptr, freopen("/dev/full", "w", output.file));
		fputs("x", output.file);
		EXPECT_EQ(-1, path_output_commit(&output));
		EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
		EXPECT_THAT(err_message(), HasSubstr("full"));
		EXPECT_EQ(0, FilesIn(scratch.path()));
	}
}

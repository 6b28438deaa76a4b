#include "host/run/err.h"

#include <csignal>
#include <cstring>
#include <string>
#include <thread>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include "tests/support/child.h"

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Err, RecordsMessagePlaceAndCode)
{
	EXPECT_EQ(-1, ERR_INPUT("cannot open '%s': %d", "x.nii", 7));
	int line = __LINE__ - 1;
	EXPECT_STREQ("cannot open 'x.nii': 7", err_message());
	EXPECT_EQ("err_test.cpp:" + std::to_string(line), err_where());
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

TEST(Err, EachMacroHasTheExitCodeOfTheContract)
{
	struct {
		int rc;
		exit_code got;
		int wanted;
	} cases[] = {
		{ ERR("x"), err_code(), 1 },
		{ ERR_USAGE("x"), err_code(), 2 },
		{ ERR_INPUT("x"), err_code(), 3 },
		{ ERR_INVALID("x"), err_code(), 4 },
		{ ERR_PARTIAL("x"), err_code(), 5 },
		{ ERR_OUTPUT("x"), err_code(), 6 },
		{ ERR_RESOURCE("x"), err_code(), 7 },
		{ ERR_MODEL("x"), err_code(), 8 },
		{ ERR_STOPPED("x"), err_code(), 75 },
	};
	for (const auto &c : cases) {
		EXPECT_EQ(-1, c.rc);
		EXPECT_EQ(c.wanted, (int)c.got);
	}
}

TEST(Err, TheLastFailureWinsAndClearForgets)
{
	ERR_INPUT("first");
	ERR_INVALID("second");
	EXPECT_STREQ("second", err_message());
	err_clear();
	EXPECT_STREQ("", err_message());
	EXPECT_STREQ("", err_where());
	EXPECT_EQ(EXIT_CODE_OK, err_code());
}

TEST(Err, PrefixKeepsCodeAndPlace)
{
	ERR_MODEL("tensor is short");
	std::string where = err_where();
	EXPECT_EQ(-1, err_prefix("'%s'", "net.safetensors"));
	EXPECT_STREQ("'net.safetensors': tensor is short", err_message());
	EXPECT_EQ(EXIT_CODE_MODEL, err_code());
	EXPECT_EQ(where, err_where());
}

TEST(Err, TheMessageMayBeItsOwnArgument)
{
	ERR_INVALID("rod 117 is missing");
	err_prefix("%s, again", err_message());
	EXPECT_STREQ("rod 117 is missing, again: rod 117 is missing", err_message());
	ERR_INVALID("<%s>", err_message());
	EXPECT_STREQ("<rod 117 is missing, again: rod 117 is missing>", err_message());
}

TEST(Err, LongMessagesAreCutNotOverrun)
{
	std::string head(900, 'h'), tail(5000, 't');
	ERR_INVALID("%s", tail.c_str());
	size_t room = strlen(err_message());
	EXPECT_GE(room, 1000u);
	for (int i = 0; i < 5; i++)
		err_prefix("%s", head.c_str());
	EXPECT_EQ(room, strlen(err_message()));
	EXPECT_THAT(err_message(), StartsWith(head + ": " + head));
	err_prefix("%s", tail.c_str());
	EXPECT_LE(strlen(err_message()), room);
	EXPECT_THAT(err_message(), HasSubstr(": " + head.substr(0, 100)));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(Err, EachThreadHasItsOwn)
{
	ERR_INPUT("main");
	std::string other_before = "unset", other_after;
	exit_code other_code = EXIT_CODE_OK;
	std::thread([&] {
		other_before = err_message();
		ERR_RESOURCE("other");
		other_after = err_message();
		other_code = err_code();
	}).join();
	EXPECT_EQ("", other_before);
	EXPECT_EQ("other", other_after);
	EXPECT_EQ(EXIT_CODE_RESOURCE, other_code);
	EXPECT_STREQ("main", err_message());
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

static int TriesThrice(int failing, int *cleaned)
{
	int rc = -1;
	for (int i = 0; i < 3; i++)
		TRY(i == failing ? ERR("step %d", i) : 0);
	rc = 0;
cleanup:
	++*cleaned;
	return rc;
}

TEST(Err, TryJumpsToCleanupOnce)
{
	int cleaned = 0;
	EXPECT_EQ(0, TriesThrice(-1, &cleaned));
	EXPECT_EQ(1, cleaned);
	EXPECT_EQ(-1, TriesThrice(1, &cleaned));
	EXPECT_EQ(2, cleaned);
	EXPECT_STREQ("step 1", err_message());
}

TEST(Err, BugAbortsWithItsPlace)
{
	ChildResult child = InChild([](int fd) -> int {
		dup2(fd, STDERR_FILENO);
		BUG("n is %d", -3);
	});
	EXPECT_EQ(SIGABRT, child.signal);
	EXPECT_THAT(child.out, StartsWith("xbmd: BUG at err_test.cpp:"));
	EXPECT_THAT(child.out, EndsWith("n is -3\n"));
}

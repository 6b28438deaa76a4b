#include "host/run/log.h"

#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace
{

struct Log : testing::Test {
	~Log() override
	{
		log_set_level(LOG_INFO);
	}
	static std::string Lines(log_level level)
	{
		log_set_level(level);
		testing::internal::CaptureStderr();
		log_info("%d subjects", 40);
		log_verbose("%s", "detail");
		log_warn("no %s", "phantom");
		return testing::internal::GetCapturedStderr();
	}
};

TEST_F(Log, LevelsChooseTheLines)
{
	EXPECT_EQ("warning: no phantom\n", Lines(LOG_QUIET));
	EXPECT_EQ("40 subjects\nwarning: no phantom\n", Lines(LOG_INFO));
	EXPECT_EQ("40 subjects\ndetail\nwarning: no phantom\n", Lines(LOG_VERBOSE));
}

TEST_F(Log, NothingOnStandardOutput)
{
	testing::internal::CaptureStdout();
	Lines(LOG_VERBOSE);
	EXPECT_EQ("", testing::internal::GetCapturedStdout());
}

TEST_F(Log, TheClockMovesForward)
{
	double before = log_clock_s();
	timespec pause = { 0, 20000000 };
	nanosleep(&pause, nullptr);
	double passed_s = log_clock_s() - before;
	EXPECT_GE(passed_s, 0.02);
	EXPECT_LT(passed_s, 10);
}

// Elsewhere than on a terminal a line comes every 30 s, so short work says nothing.
TEST_F(Log, ShortWorkOffTheTerminalIsSilent)
{
	testing::internal::CaptureStderr();
	progress p;
	progress_start(&p, "rendering", 10);
	for (int i = 1; i <= 10; i++)
		progress_step(&p, i);
	progress_end(&p);
	EXPECT_EQ("", testing::internal::GetCapturedStderr());
}

TEST_F(Log, LongWorkSaysHowFarItIs)
{
	testing::internal::CaptureStderr();
	progress p;
	progress_start(&p, "rendering", 90);
	p.started_s -= 60;
	p.shown_s = p.started_s;
	progress_step(&p, 30);
	progress_step(&p, 31);
	EXPECT_THAT(testing::internal::GetCapturedStderr(),
		testing::ContainsRegex("^rendering 30/90, 0.5 a second, 120 s left\n$"));
}

TEST_F(Log, QuietProgressIsSilent)
{
	log_set_level(LOG_QUIET);
	testing::internal::CaptureStderr();
	progress p;
	progress_start(&p, "rendering", 90);
	p.shown_s = p.started_s -= 60;
	progress_step(&p, 30);
	progress_end(&p);
	EXPECT_EQ("", testing::internal::GetCapturedStderr());
}

} // namespace

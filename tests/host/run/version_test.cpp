#include "host/run/version.h"

#include <string>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

TEST(Version, SaysNumberAndCommit)
{
	EXPECT_THAT(version_number(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
	EXPECT_THAT(version_commit(), testing::MatchesRegex("[0-9a-f]{12}|unknown"));
	EXPECT_EQ(std::string("xbmd ") + version_number() + " (" + version_commit() + ")", version_text());
}

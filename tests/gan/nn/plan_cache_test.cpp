// The file of tuned plans: kept for one library on one GPU, ignored for all others.
#include "gan/nn/plan_cache.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/support/support.h"

namespace
{

using ::testing::HasSubstr;

struct Cache {
	struct plan_cache *cache;
	explicit Cache(const std::string &path, const char *library = "cuDNN 9.19.0", const char *gpu = "NVIDIA H200")
	{
		testing::internal::CaptureStderr();
		cache = plan_cache_open(path.c_str(), library, gpu);
		said = testing::internal::GetCapturedStderr();
	}
	~Cache()
	{
		plan_cache_close(cache);
	}
	std::string said;
};

TEST(PlanCache, KeepsPlansAcrossRuns)
{
	ScratchFolder scratch;
	const std::string path = scratch / "plans.json";
	{
		Cache c(path);
		EXPECT_EQ(c.said, "");
		EXPECT_EQ(plan_cache_get(c.cache, "forward 1x8x8x4"), nullptr);
		plan_cache_put(c.cache, "forward 1x8x8x4", "{\"engine\": 3}");
		plan_cache_put(c.cache, "backward data 1x8x8x4", "old");
		plan_cache_put(c.cache, "backward data 1x8x8x4", "new");
		ASSERT_OK(plan_cache_write(c.cache));
	}
	Cache c(path);
	EXPECT_EQ(c.said, "");
	EXPECT_STREQ(plan_cache_get(c.cache, "forward 1x8x8x4"), "{\"engine\": 3}");
	EXPECT_STREQ(plan_cache_get(c.cache, "backward data 1x8x8x4"), "new");
	EXPECT_EQ(plan_cache_get(c.cache, "forward"), nullptr);
	ASSERT_EQ(unlink(path.c_str()), 0);
	ASSERT_OK(plan_cache_write(c.cache)); // nothing new: nothing written
	EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(PlanCache, AnotherVersionIsIgnoredWithOneLineAndReplaced)
{
	ScratchFolder scratch;
	const std::string path = scratch / "plans.json";
	{
		Cache c(path);
		plan_cache_put(c.cache, "a", "plan");
		ASSERT_OK(plan_cache_write(c.cache));
	}
	const struct {
		const char *library, *gpu, *reason;
	} others[] = {
		{ "cuDNN 9.20.0", "NVIDIA H200", "another library version" },
		{ "cuDNN 9.19.0", "NVIDIA A100", "another GPU" },
	};
	for (const auto &other : others) {
		Cache c(path, other.library, other.gpu);
		EXPECT_THAT(c.said, HasSubstr(other.reason));
		EXPECT_THAT(c.said, HasSubstr("plans.json"));
		EXPECT_EQ(std::count(c.said.begin(), c.said.end(), '\n'), 1);
		EXPECT_EQ(plan_cache_get(c.cache, "a"), nullptr);
	}
	{
		Cache c(path, "cuDNN 9.20.0");
		plan_cache_put(c.cache, "b", "plan");
		ASSERT_OK(plan_cache_write(c.cache));
	}
	Cache c(path, "cuDNN 9.20.0");
	EXPECT_EQ(c.said, "");
	EXPECT_EQ(plan_cache_get(c.cache, "a"), nullptr);
	EXPECT_STREQ(plan_cache_get(c.cache, "b"), "plan");
}

TEST(PlanCache, DamageIsIgnoredWithOneLine)
{
	ScratchFolder scratch;
	const std::string path = scratch / "plans.json";
	for (const char *text : { "rubbish", "{}", "[1]", "{\"format\": 2}",
		     "{\"format\": 1, \"library\": \"cuDNN 9.19.0\", \"gpu\": \"NVIDIA H200\"}",
		     "{\"format\": 1, \"library\": \"cuDNN 9.19.0\", \"gpu\": \"NVIDIA H200\", \"plans\": {\"a\": 3}}" }) {
		WriteFile(path, text);
		Cache c(path);
		EXPECT_THAT(c.said, HasSubstr("ignored")) << text;
		EXPECT_EQ(std::count(c.said.begin(), c.said.end(), '\n'), 1) << text << c.said;
		EXPECT_EQ(plan_cache_get(c.cache, "a"), nullptr);
	}
}

} // namespace

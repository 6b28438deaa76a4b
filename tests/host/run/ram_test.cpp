#include "host/run/ram.h"

#include <cstring>
#include <sys/resource.h>
#include <unistd.h>
#include "tests/support/child.h"
#include "tests/support/support.h"

namespace
{

TEST(Ram, IsWhatTheMachineHasAndNoMore)
{
	double have = ram_available_bytes(),
	       all = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	EXPECT_GT(have, 1e7);
	EXPECT_LE(have, all);
	EXPECT_OK(ram_check(1e6, "a little"));
	EXPECT_EQ(-1, ram_check(2 * all, "a cube"));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_NE(nullptr, strstr(err_message(), "a cube needs ")) << err_message();
}

TEST(Ram, KeepsToTheProcessLimit)
{
	ChildResult r = InChild([](int fd) {
		struct rlimit limit;
		getrlimit(RLIMIT_AS, &limit);
		limit.rlim_cur = 1000000000;
		setrlimit(RLIMIT_AS, &limit);
		int rc = ram_check(1.1e9, "more");
		Say(fd, err_message());
		return rc == -1 && ram_check(9e8, "less") == 0 ? 0 : 1;
	});
	EXPECT_EQ(0, r.exit_code) << r.out;
	EXPECT_NE(std::string::npos, r.out.find("more needs 1.1 GB of memory, 1.0 GB are available"))
		<< r.out;
}

} // namespace

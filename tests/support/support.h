// Shared by all tests: comparison, scratch folders, test data, running the program.
#ifndef TESTS_SUPPORT_SUPPORT_H
#define TESTS_SUPPORT_SUPPORT_H
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include <gtest/gtest.h>
#include "host/run/err.h"

#define ASSERT_OK(call) ASSERT_EQ(0, (call)) << err_message() << " (" << err_where() << ")"
#define EXPECT_OK(call) EXPECT_EQ(0, (call)) << err_message() << " (" << err_where() << ")"

// |a - b| <= atol + rtol |b| for all, else names the worst element and how many failed.  NaN fails.
template <class A, class B>
::testing::AssertionResult AllClose(const A *a, const B *b, size_t n, double atol, double rtol)
{
	size_t bad = 0, worst = 0;
	double worst_error = -1;
	for (size_t i = 0; i < n; i++) {
		double x = (double)a[i], y = (double)b[i];
		double error = x > y ? x - y : y - x, bound = atol + rtol * (y < 0 ? -y : y);
		if (error <= bound)
			continue;
		bad++;
		if (!(error <= worst_error)) {
			worst_error = error;
			worst = i;
		}
	}
	if (bad == 0)
		return ::testing::AssertionSuccess();
	return ::testing::AssertionFailure() << bad << " of " << n << " differ; worst at " << worst << ": "
					     << (double)a[worst] << " against " << (double)b[worst];
}

// A fresh folder, removed at the end of the test.
class ScratchFolder {
public:
	ScratchFolder();
	~ScratchFolder();
	std::string operator/(const std::string &name) const { return path_ + "/" + name; }
	const std::string &path() const { return path_; }
private:
	std::string path_;
};

// The checkout the tests were built from, and the program built with them.
std::string SourceDir();
std::string ProgramPath();

// The test data's folder ($XBMD_TEST_DATA, else ../shared/data beside the project), "" when absent.
std::string TestData();
#define TEST_DATA_OR_SKIP(variable)                                                                          \
	const std::string variable = TestData();                                                             \
	if (variable.empty())                                                                                \
		GTEST_SKIP() << "test data not found: set XBMD_TEST_DATA to its folder"

// A buffer with guards on both sides; poisoned with NaN bytes at the start.
class Guarded {
public:
	explicit Guarded(size_t bytes);
	void *data() { return block_.data() + kGuard; }
	bool intact() const;
private:
	static constexpr size_t kGuard = 64;
	size_t bytes_;
	std::vector<uint8_t> block_;
};

struct RunResult {
	int exit_code;
	std::string out, err;
};
// Runs the xbmd program with these words.
RunResult RunXbmd(const std::vector<std::string> &arguments);
std::string ReadFile(const std::string &path);
void WriteFile(const std::string &path, const std::string &bytes);
bool FileExists(const std::string &path);
#endif

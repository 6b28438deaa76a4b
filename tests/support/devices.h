// The devices a test runs over, and what happens where there is no GPU.
#ifndef TESTS_SUPPORT_DEVICES_H
#define TESTS_SUPPORT_DEVICES_H
#include <string>
#include <vector>
#include <gtest/gtest.h>
#include "host/run/device.h"

// "cpu", "ref", and "cuda:0" where there is a GPU.  With XBMD_REQUIRE_GPU=1 its absence is a failure.
std::vector<std::string> Devices();
// "" when cuda:0 can be opened, else why not.
std::string WhyNoGpu();
// Whether XBMD_REQUIRE_GPU=1: a GPU test that would be skipped then fails.
bool GpuRequired();

// Opens cuda:0 for a test, or ends it: skipped, or failed where a GPU is required.
#define GPU_OR_SKIP(variable)                                                                                \
	OpenGpu variable;                                                                                    \
	if (!variable.reason.empty()) {                                                                      \
		if (GpuRequired())                                                                           \
			FAIL() << variable.reason;                                                           \
		GTEST_SKIP() << variable.reason;                                                             \
	}
struct OpenGpu {
	OpenGpu();
	~OpenGpu();
	OpenGpu(const OpenGpu &) = delete;
	OpenGpu &operator=(const OpenGpu &) = delete;
	struct device device = {};
	std::string reason; // "no GPU: ...", "" when the device is open
};
#endif

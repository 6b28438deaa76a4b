#include "tests/support/devices.h"

#include <cstdlib>
#include <cstring>
#include "host/run/err.h"

OpenGpu::OpenGpu()
{
	if (device_open(&device, "cuda:0") != 0)
		reason = err_message();
}

OpenGpu::~OpenGpu()
{
	device_close(&device);
}

bool GpuRequired()
{
	const char *given = getenv("XBMD_REQUIRE_GPU");
	return given && strcmp(given, "1") == 0;
}

std::string WhyNoGpu()
{
	static const std::string reason = OpenGpu().reason;
	return reason;
}

std::vector<std::string> Devices()
{
	std::vector<std::string> specs = { "cpu", "ref" };
	if (WhyNoGpu().empty())
		specs.push_back("cuda:0");
	else if (GpuRequired())
		ADD_FAILURE() << WhyNoGpu();
	return specs;
}

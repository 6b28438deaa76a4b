// A Python interpreter for the tests that compare with another program's numbers; none is needed to build or use xbmd.
#ifndef TESTS_SUPPORT_PYTHON_H
#define TESTS_SUPPORT_PYTHON_H
#include <string>
#include <gtest/gtest.h>

// $XBMD_PYTHON, else python3; "" when it lacks one of the modules ("torch, safetensors").
std::string PythonWith(const std::string &modules);
// Runs `python arguments`; what it printed on stdout.  A failure fails the test and shows its stderr.
std::string RunPython(const std::string &python, const std::string &arguments);
#define PYTHON_OR_SKIP(variable, modules)                                                                    \
	const std::string variable = PythonWith(modules);                                                    \
	if (variable.empty())                                                                                \
		GTEST_SKIP() << "no Python with " modules ": set XBMD_PYTHON to an interpreter that has them"
#endif

#include "tests/support/python.h"

#include <cstdio>
#include <cstdlib>
#include "tests/support/support.h"

std::string PythonWith(const std::string &modules)
{
	const char *given = std::getenv("XBMD_PYTHON");
	const std::string python = given && given[0] ? given : "python3";
	// Finding them is enough, and quicker than importing them.
	const std::string command = "'" + python +
				    "' -c 'import importlib.util as u, sys; sys.exit(any(u.find_spec(m.strip()) is None"
				    " for m in sys.argv[1].split(\",\")))' '" +
				    modules + "' >/dev/null 2>&1";
	return std::system(command.c_str()) == 0 ? python : "";
}

std::string RunPython(const std::string &python, const std::string &arguments)
{
	ScratchFolder scratch;
	const std::string out = scratch / "out", err = scratch / "err";
	const std::string command = "'" + python + "' -B " + arguments + " >'" + out + "' 2>'" + err + "'";
	EXPECT_EQ(0, std::system(command.c_str())) << command << "\n" << ReadFile(err);
	return ReadFile(out);
}

#include "tests/support/support.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder()
{
	std::string name = (fs::temp_directory_path() / "xbmd-test-XXXXXX").string();
	if (!mkdtemp(name.data()))
		abort();
	path_ = name;
}

ScratchFolder::~ScratchFolder()
{
	std::error_code ignored;
	fs::remove_all(path_, ignored);
}

std::string SourceDir()
{
	return XBMD_SOURCE_DIR;
}

std::string ProgramPath()
{
	return XBMD_PROGRAM;
}

std::string TestData()
{
	const char *given = getenv("XBMD_TEST_DATA");
	std::string path = given && *given ? given : SourceDir() + "/../shared/data";
	return fs::is_directory(path + "/real") ? path : "";
}

Guarded::Guarded(size_t bytes) : bytes_(bytes), block_(bytes + 2 * kGuard, 0xA5)
{
	memset(block_.data() + kGuard, 0xFF, bytes);
}

bool Guarded::intact() const
{
	for (size_t i = 0; i < kGuard; i++)
		if (block_[i] != 0xA5 || block_[kGuard + bytes_ + i] != 0xA5)
			return false;
	return true;
}

RunResult RunXbmd(const std::vector<std::string> &arguments)
{
	ScratchFolder scratch;
	std::string command = "'" + ProgramPath() + "'";
	for (const std::string &word : arguments)
		command += " '" + word + "'";
	command += " >'" + (scratch / "out") + "' 2>'" + (scratch / "err") + "' </dev/null";
	int status = std::system(command.c_str());
	return { WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(scratch / "out"), ReadFile(scratch / "err") };
}

std::string ReadFile(const std::string &path)
{
	std::ifstream file(path, std::ios::binary);
	std::stringstream text;
	text << file.rdbuf();
	return text.str();
}

void WriteFile(const std::string &path, const std::string &bytes)
{
	std::ofstream(path, std::ios::binary) << bytes;
}

bool FileExists(const std::string &path)
{
	return fs::exists(path);
}

// A study that is killed again and again, in shards, and resumed: in the end it is the study of one undisturbed run.
#include <chrono>
#include <csignal>
#include <map>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include "tests/cli/cli.h"

namespace
{

std::vector<std::string> Words(const std::string &out, const std::string &shard)
{
	std::vector<std::string> words = { "synth", "--out", out, "--subjects", "4", "--sites", "2", "--seed", "9", "--quality",
		"draft", "--films", "primary" };
	if (!shard.empty())
		words.insert(words.end(), { "--shard", shard });
	return words;
}

// Runs the program for so long and kills it; true when it was still running.
bool KilledAfter(std::chrono::milliseconds time, const std::vector<std::string> &words)
{
	std::string program = ProgramPath();
	pid_t child = fork();
	if (child == 0) {
		std::vector<char *> argv = { program.data() };
		for (const std::string &w : words)
			argv.push_back(const_cast<char *>(w.c_str()));
		argv.push_back(nullptr);
		if (!freopen("/dev/null", "w", stderr))
			_exit(126);
		execv(program.c_str(), argv.data());
		_exit(127);
	}
	int status = 0;
	std::this_thread::sleep_for(time);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(Resume, KilledShardsMakeTheStudyOfOneRun)
{
	ScratchFolder scratch;
	const std::string whole = scratch / "whole", killed = scratch / "killed";
	std::mt19937 random(4);
	int kills = 0;
	for (int round = 0; round < 8; round++) {
		const std::string shard = round % 2 ? "2/2" : "1/2";
		// First within a visit, later after some of them, on fast machines and slow ones.
		kills += KilledAfter(std::chrono::milliseconds(50 + random() % (250 * (round + 1))), Words(killed, shard));
	}
	ASSERT_GE(kills, 3) << "the machine is too fast for this test's times";
	for (const char *shard : { "1/2", "2/2", "1/2" }) // the third finds all there and writes the tables, if need be
		if (!FileExists(killed + "/participants.tsv") || FileExists(killed + "/truth/unfinished.json"))
			ExpectDone(RunXbmd(Words(killed, shard)));
	ExpectDone(RunXbmd(Words(whole, "")));
	EXPECT_EQ(FilesIn(whole), FilesIn(killed)) << "nothing lost, nothing twice, nothing half-written";
	for (const std::string &name : FilesIn(whole)) {
		if (std::filesystem::is_directory(whole + "/" + name))
			continue;
		EXPECT_TRUE(ReadFile(whole + "/" + name) == ReadFile(killed + "/" + name)) << name;
	}
}

} // namespace

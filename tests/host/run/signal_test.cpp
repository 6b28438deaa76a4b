#include "host/run/signal.h"

#include <csignal>
#include <ctime>
#include <gtest/gtest.h>
#include <unistd.h>
#include "host/run/err.h"
#include "tests/support/child.h"

namespace
{

TEST(Signal, NothingIsRequestedAtFirst)
{
	EXPECT_EQ(0, InChild([](int) {
		signal_install();
		return signal_stop_requested() || signal_save_requested();
	}).exit_code);
}

TEST(Signal, EachStopSignalAsksAndKeepsAsking)
{
	for (int number : { SIGTERM, SIGINT, SIGHUP, SIGUSR1 })
		EXPECT_EQ(75, InChild([=](int) {
			signal_install();
			raise(number);
			bool asked = signal_stop_requested() && signal_stop_requested() &&
				     !signal_save_requested();
			return asked ? EXIT_CODE_STOPPED : EXIT_CODE_UNEXPECTED;
		}).exit_code)
			<< number;
}

TEST(Signal, TheSecondStopEndsAtOnce)
{
	for (int second : { SIGTERM, SIGINT })
		EXPECT_EQ(EXIT_CODE_UNEXPECTED, InChild([=](int) {
			signal_install();
			raise(SIGTERM);
			raise(second);
			return 42;
		}).exit_code);
}

TEST(Signal, SaveIsAnsweredOnceAndStopsNothing)
{
	EXPECT_EQ(0, InChild([](int) {
		signal_install();
		for (int i = 0; i < 3; i++) {
			raise(SIGUSR2);
			raise(SIGUSR2);
			if (!signal_save_requested() || signal_save_requested() || signal_stop_requested())
				return 1;
		}
		return 0;
	}).exit_code);
}

// A read() that is waiting goes on: a file half read when the signal comes is not an error.
TEST(Signal, ReadsAreRestarted)
{
	EXPECT_EQ(0, InChild([](int) {
		signal_install();
		int ends[2];
		if (pipe(ends) != 0)
			return 1;
		pid_t parent = getpid(), helper = fork();
		if (helper == 0) {
			timespec pause = { 0, 50000000 };
			nanosleep(&pause, nullptr);
			kill(parent, SIGTERM);
			nanosleep(&pause, nullptr);
			_exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
		}
		char byte = 0;
		return read(ends[0], &byte, 1) == 1 && signal_stop_requested() ? 0 : 2;
	}).exit_code);
}

} // namespace

// Code that changes the whole process (signals, environment, a first load) runs in a child of its own.
#ifndef TESTS_SUPPORT_CHILD_H
#define TESTS_SUPPORT_CHILD_H
#include <functional>
#include <string>

struct ChildResult {
	int exit_code;	 // -1 when it did not exit by itself
	int signal;	 // the one that killed it, 0 if none
	std::string out; // what it wrote to the file descriptor it was given
};
// Forks; the child exits with what body(fd) returns, without running the parent's exit handlers.
ChildResult InChild(const std::function<int(int fd)> &body);
void Say(int fd, const std::string &text);
#endif

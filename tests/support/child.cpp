#include "tests/support/child.h"

#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

ChildResult InChild(const std::function<int(int fd)> &body)
{
	int ends[2];
	if (pipe(ends) != 0)
		abort();
	pid_t child = fork();
	if (child < 0)
		abort();
	if (child == 0) {
		close(ends[0]);
		_exit(body(ends[1]));
	}
	close(ends[1]);
	ChildResult result = { -1, 0, "" };
	char bytes[4096];
	for (ssize_t n; (n = read(ends[0], bytes, sizeof(bytes))) > 0;)
		result.out.append(bytes, (size_t)n);
	close(ends[0]);
	int status = 0;
	if (waitpid(child, &status, 0) != child)
		abort();
	if (WIFEXITED(status))
		result.exit_code = WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		result.signal = WTERMSIG(status);
	return result;
}

void Say(int fd, const std::string &text)
{
	if (write(fd, text.data(), text.size()) != (ssize_t)text.size())
		_exit(99);
}

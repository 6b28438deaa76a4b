#include "ct/same_file.h"
#include <stddef.h>
#include <sys/stat.h>
#include "host/run/err.h"

int same_file_refuse(const char *output, const char *input)
{
	struct stat a, b;
	if (!output || !input || stat(output, &a) != 0 || stat(input, &b) != 0)
		return 0;
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return ERR_USAGE("'%s' would overwrite the input '%s': choose another name", output, input);
	return 0;
}

#include "host/files/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/run/err.h"

int path_format(char path[PATH_BYTES], const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int length = vsnprintf(path, PATH_BYTES, fmt, args);
	va_end(args);
	if (length < 0 || length >= PATH_BYTES)
		return ERR_INVALID("the path '%.60s...' is longer than %d bytes", path, PATH_BYTES - 1);
	return 0;
}

bool path_exists(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0;
}

bool path_is_folder(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int path_make_folders(const char *path)
{
	char part[PATH_BYTES];
	if (path_format(part, "%s", path) != 0)
		return -1;
	for (size_t i = 1, end = strlen(part); i <= end; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		char separator = part[i];
		part[i] = '\0';
		if (mkdir(part, 0777) != 0 && !path_is_folder(part))
			return ERR_OUTPUT("cannot make the folder '%s': %s", part, strerror(errno));
		part[i] = separator;
	}
	return 0;
}

/* The folder that holds path: "." for a bare name. */
static int folder_of(char folder[PATH_BYTES], const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return path_format(folder, ".");
	return path_format(folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

int path_make_parent(const char *path)
{
	char folder[PATH_BYTES];
	if (folder_of(folder, path) != 0)
		return -1;
	return path_make_folders(folder);
}

int path_sidecar(char sidecar[PATH_BYTES], const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t length = strlen(path);
	if (length > 7 && strcmp(path + length - 7, ".nii.gz") == 0) {
		length -= 7;
	} else {
		const char *dot = strrchr(name, '.');
		if (dot && dot != name)
			length = (size_t)(dot - path);
	}
	if (path_format(sidecar, "%.*s.json", (int)length, path) != 0)
		return -1;
	if (strcmp(sidecar, path) == 0)
		return ERR_INVALID("'%s' would be its own sidecar: choose another suffix than .json", path);
	return 0;
}

int path_check_output(const char *path, bool force)
{
	if (!force && path_exists(path))
		return ERR_OUTPUT("'%s' exists: remove it, choose another name or give --force", path);
	return path_make_parent(path);
}

int path_read_text(char **text, size_t *bytes, const char *path)
{
	int rc = -1;
	size_t room = 65536, used = 0;
	char *data = malloc(room);
	*text = NULL;
	*bytes = 0;
	FILE *file = fopen(path, "rb");
	if (!file) {
		(void)ERR_INPUT("cannot open '%s': %s", path, strerror(errno));
		goto cleanup;
	}
	while (data) {
		used += fread(data + used, 1, room - 1 - used, file);
		if (used < room - 1)
			break;
		room *= 2;
		char *grown = realloc(data, room);
		if (!grown)
			free(data);
		data = grown;
	}
	if (!data) {
		(void)ERR_RESOURCE("no memory to read '%s' (%zu bytes)", path, room);
		goto cleanup;
	}
	if (ferror(file)) {
		(void)ERR_INPUT("cannot read '%s': %s", path, strerror(errno));
		goto cleanup;
	}
	data[used] = '\0';
	*text = data;
	*bytes = used;
	data = NULL;
	rc = 0;
cleanup:
	free(data);
	if (file)
		fclose(file);
	return rc;
}

/* Sets the temporary name: beside path, so that rename() works, and unique to this process and call. */
static int output_start(struct path_output *o, const char *path)
{
	static _Atomic unsigned counter;
	memset(o, 0, sizeof *o);
	if (path_is_folder(path))
		return ERR_OUTPUT("cannot write '%s': it is a folder", path);
	if (path_format(o->path, "%s", path) != 0)
		return -1;
	if (path_format(o->temporary, "%s.tmp-%ld-%u", path, (long)getpid(), counter++) != 0) {
		o->temporary[0] = '\0';
		return -1;
	}
	return 0;
}

int path_output_open(struct path_output *o, const char *path)
{
	if (output_start(o, path) != 0)
		return -1;
	int fd = open(o->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		o->temporary[0] = '\0';
		return ERR_OUTPUT("cannot write '%s': %s", path, strerror(errno));
	}
	o->file = fdopen(fd, "w+b");
	if (!o->file) {
		close(fd);
		path_output_abort(o);
		return ERR_OUTPUT("cannot write '%s': %s", path, strerror(errno));
	}
	return 0;
}

int path_output_name(struct path_output *o, const char *path)
{
	if (output_start(o, path) != 0)
		return -1;
	unlink(o->temporary); /* left by a killed process that had our number */
	return 0;
}

/* fsync by name, for files and folders. */
static int sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int failed = fsync(fd);
	int error = errno;
	close(fd);
	errno = error;
	/* Some file systems cannot sync folders and say EINVAL. */
	return failed != 0 && error != EINVAL ? -1 : 0;
}

int path_output_commit(struct path_output *o)
{
	char folder[PATH_BYTES];
	bool failed = false;
	if (o->temporary[0] == '\0')
		BUG("path_output_commit without an open output");
	errno = 0;
	if (o->file) {
		failed = ferror(o->file) || fflush(o->file) != 0 || fsync(fileno(o->file)) != 0;
		int error = errno;
		if (fclose(o->file) != 0)
			failed = true;
		else
			errno = error;
		o->file = NULL;
	} else {
		failed = sync_path(o->temporary) != 0;
	}
	if (failed || rename(o->temporary, o->path) != 0) {
		(void)ERR_OUTPUT("cannot write '%s': %s", o->path, errno ? strerror(errno) : "write error");
		path_output_abort(o);
		return -1;
	}
	o->temporary[0] = '\0';
	if (folder_of(folder, o->path) == 0 && sync_path(folder) != 0)
		return ERR_OUTPUT("cannot sync the folder of '%s': %s", o->path, strerror(errno));
	return 0;
}

void path_output_abort(struct path_output *o)
{
	if (o->file)
		fclose(o->file);
	o->file = NULL;
	if (o->temporary[0] != '\0')
		unlink(o->temporary);
	o->temporary[0] = '\0';
}

int path_write_text(const char *path, const char *text)
{
	struct path_output output = { 0 };
	if (path_output_open(&output, path) != 0)
		return -1;
	fputs(text, output.file); /* commit checks ferror */
	return path_output_commit(&output);
}

#include "kernels/gpu/find_library.h"

#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* RTLD_GLOBAL: cuDNN's engine libraries, which it opens itself, look its symbols up. */
static void *open_file(const char *path)
{
	return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
}

static void *open_glob(const char *pattern)
{
	glob_t found;
	void *handle = NULL;
	if (glob(pattern, 0, NULL, &found) != 0)
		return NULL;
	for (size_t i = 0; i < found.gl_pathc && !handle; i++)
		handle = open_file(found.gl_pathv[i]);
	globfree(&found);
	return handle;
}

/* Tries the pattern `inside` in each folder of a colon-separated list. */
static void *open_in_list(const char *list, const char *inside)
{
	void *handle = NULL;
	char folder[PATH_MAX / 2], path[PATH_MAX + 1];
	while (list && *list && !handle) {
		size_t n = strcspn(list, ":");
		if (n > 0 && n < sizeof(folder)) {
			memcpy(folder, list, n);
			folder[n] = '\0';
			snprintf(path, sizeof(path), "%s/%s", folder, inside);
			handle = open_glob(path);
		}
		list += n + (list[n] == ':');
	}
	return handle;
}

static void *open_python_wheel(const char *file, const char *wheel)
{
	/* VIRTUAL_ENV and the like; the Python on the path: PREFIX/bin holds it, PREFIX/lib its packages. */
	static const char *const places[][2] = { { "VIRTUAL_ENV", "lib" }, { "CONDA_PREFIX", "lib" },
		{ "PATH", "../lib" }, { "HOME", ".local/lib" } };
	void *handle = NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !handle; i++) {
		char inside[PATH_MAX / 2];
		snprintf(inside, sizeof(inside), "%s/python3*/*-packages/nvidia/%s/lib/%s", places[i][1],
			wheel, file);
		handle = open_in_list(getenv(places[i][0]), inside);
	}
	return handle;
}

static void *open_toolkit(const char *file)
{
	static const char *const variables[] = { "CUDA_HOME", "CUDA_PATH" };
	char inside[PATH_MAX / 2];
	void *handle = NULL;
	snprintf(inside, sizeof(inside), "lib*/%s", file);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]) && !handle; i++)
		handle = open_in_list(getenv(variables[i]), inside);
	return handle ? handle : open_in_list("/usr/local/cuda:/opt/cuda", inside);
}

static void *open_library(const char *file, const char *wheel)
{
	void *handle = open_in_list(getenv("XBMD_CUDA_LIBS"), file);
	if (!handle)
		handle = open_file(file);
	if (!handle)
		handle = open_python_wheel(file, wheel);
	return handle ? handle : open_toolkit(file);
}

int find_library(const char *title, const char *file, const char *wheel, const struct find_library_symbol *symbols,
	size_t n, char reason[FIND_LIBRARY_REASON])
{
	void *handle = open_library(file, wheel);
	if (!handle) {
		snprintf(reason, FIND_LIBRARY_REASON,
			"no %s (%s) in $XBMD_CUDA_LIBS, the linker's path, Python's nvidia wheels or the toolkit", title,
			file);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		void *symbol = dlsym(handle, symbols[i].name);
		if (!symbol) {
			snprintf(reason, FIND_LIBRARY_REASON, "%s has no %s", file, symbols[i].name);
			return -1;
		}
		memcpy(symbols[i].function, &symbol, sizeof(symbol)); /* ISO C has no cast from object to function pointer */
	}
	return 0;
}

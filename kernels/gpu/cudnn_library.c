#include "kernels/gpu/cudnn_library.h"

#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/gpu/why.h"

#define FILE_NAME "libcudnn_graph.so.9"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct cudnn_library library;
static char reason[512];

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

/* Tries the pattern, in which %s stands for each folder of a colon-separated list. */
static void *open_in_list(const char *list, const char *pattern)
{
	void *handle = NULL;
	char folder[PATH_MAX / 2], path[PATH_MAX];
	while (list && *list && !handle) {
		size_t n = strcspn(list, ":");
		if (n > 0 && n < sizeof(folder)) {
			memcpy(folder, list, n);
			folder[n] = '\0';
			snprintf(path, sizeof(path), pattern, folder);
			handle = open_glob(path);
		}
		list += n + (list[n] == ':');
	}
	return handle;
}

static void *open_python_wheel(void)
{
	static const char *const prefixes[] = { "VIRTUAL_ENV", "CONDA_PREFIX" };
	static const char wheel[] = "%s/lib/python3*/*-packages/nvidia/cudnn/lib/" FILE_NAME;
	void *handle = NULL;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) && !handle; i++)
		handle = open_in_list(getenv(prefixes[i]), wheel);
	/* The Python on the path: PREFIX/bin holds it, PREFIX/lib its packages. */
	if (!handle)
		handle = open_in_list(
			getenv("PATH"), "%s/../lib/python3*/*-packages/nvidia/cudnn/lib/" FILE_NAME);
	if (!handle)
		handle = open_in_list(
			getenv("HOME"), "%s/.local/lib/python3*/*-packages/nvidia/cudnn/lib/" FILE_NAME);
	return handle;
}

static void *open_toolkit(void)
{
	static const char *const variables[] = { "CUDA_HOME", "CUDA_PATH" };
	void *handle = NULL;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]) && !handle; i++)
		handle = open_in_list(getenv(variables[i]), "%s/lib*/" FILE_NAME);
	return handle ? handle : open_in_list("/usr/local/cuda:/opt/cuda", "%s/lib*/" FILE_NAME);
}

static int find_symbol(void *handle, const char *name, void *function)
{
	void *symbol = dlsym(handle, name);
	memcpy(function, &symbol, sizeof(symbol)); /* ISO C has no cast from object to function pointer */
	if (!symbol)
		snprintf(reason, sizeof(reason), "%s has no %s", FILE_NAME, name);
	return symbol ? 0 : -1;
}

static int find_symbols(void *handle, struct cudnn_library *l)
{
	const struct {
		const char *name;
		void *function;
	} table[] = {
		{ "cudnnGetVersion", &l->version },
		{ "cudnnGetErrorString", &l->error_string },
		{ "cudnnGetLastErrorString", &l->last_error },
		{ "cudnnCreate", &l->create },
		{ "cudnnDestroy", &l->destroy },
		{ "cudnnSetStream", &l->set_stream },
		{ "cudnnBackendCreateDescriptor", &l->descriptor_create },
		{ "cudnnBackendDestroyDescriptor", &l->descriptor_destroy },
		{ "cudnnBackendFinalize", &l->descriptor_finalize },
		{ "cudnnBackendSetAttribute", &l->set_attribute },
		{ "cudnnBackendGetAttribute", &l->get_attribute },
		{ "cudnnBackendExecute", &l->execute },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (find_symbol(handle, table[i].name, table[i].function) != 0)
			return -1;
	return 0;
}

static void load(void)
{
	void *handle = open_in_list(getenv("XBMD_CUDA_LIBS"), "%s/" FILE_NAME);
	if (!handle)
		handle = open_file(FILE_NAME);
	if (!handle)
		handle = open_python_wheel();
	if (!handle)
		handle = open_toolkit();
	struct cudnn_library found = { 0 };
	if (!handle)
		snprintf(reason, sizeof(reason),
			"no cuDNN 9 (%s) in $XBMD_CUDA_LIBS, the linker's path, Python's nvidia wheels or "
			"the toolkit",
			FILE_NAME);
	else if (find_symbols(handle, &found) == 0)
		library = found;
}

const struct cudnn_library *cudnn_library(void)
{
	pthread_once(&once, load);
	if (library.version)
		return &library;
	why_set("%s", reason);
	return NULL;
}

int cudnn_library_check(cudnnStatus_t status, const char *what)
{
	char detail[256] = "";
	if (status == CUDNN_STATUS_SUCCESS)
		return 0;
	library.last_error(detail, sizeof(detail));
	return why_set("%s: %s%s%s", what, library.error_string(status), detail[0] ? ": " : "", detail);
}

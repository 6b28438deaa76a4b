/* Opens libxbmd_cuda.so: $XBMD_PLUGIN, else the program's own folder, then ../lib and .. from there. */
#include "host/run/plugin.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/run/device.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct plugin_api *api;
static char reason[512];

static void *try_open(const char *path)
{
	/* RTLD_NODELETE: CUDA keeps state until the process ends. */
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!library) {
		const char *text = dlerror();
		snprintf(reason, sizeof(reason), "%s", text ? text : "unknown reason");
	}
	return library;
}

static void *open_beside_program(const char *below)
{
	char program[PATH_MAX / 2], path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (n <= 0)
		return NULL;
	program[n] = '\0';
	char *slash = strrchr(program, '/');
	if (slash)
		*slash = '\0';
	snprintf(path, sizeof(path), "%s/%slibxbmd_cuda.so", program, below);
	return access(path, F_OK) == 0 ? try_open(path) : NULL;
}

static void load(void)
{
	const char *given = getenv("XBMD_PLUGIN");
	void *library = NULL;
	snprintf(reason, sizeof(reason), "this installation has no GPU plugin (libxbmd_cuda.so)");
	if (given && *given) {
		library = try_open(given);
	} else {
		static const char *const places[] = { "", "../lib/", "../" };
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !library; i++)
			library = open_beside_program(places[i]);
	}
	if (!library)
		return;
	plugin_open_fn open = NULL;
	void *symbol = dlsym(library, PLUGIN_OPEN_SYMBOL);
	memcpy(&open, &symbol, sizeof(open)); /* ISO C has no cast from object to function pointer */
	const struct plugin_api *table = open ? open() : NULL;
	if (!table || table->abi != PLUGIN_ABI) {
		snprintf(reason, sizeof(reason), "the GPU plugin is of another version (ABI %d, wanted %d)",
			table ? table->abi : 0, PLUGIN_ABI);
		return;
	}
	api = table;
	reason[0] = '\0';
}

const struct plugin_api *device_plugin(void)
{
	pthread_once(&once, load);
	return api;
}

const char *device_plugin_reason(void)
{
	pthread_once(&once, load);
	return reason;
}

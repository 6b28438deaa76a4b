#include "kernels/gpu/cudnn_library.h"

#include <pthread.h>
#include <stdio.h>

#include "kernels/gpu/find_library.h"
#include "kernels/gpu/why.h"

#define FILE_NAME "libcudnn_graph.so.9"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct cudnn_library library;
static char reason[512];

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
		if (find_library_symbol(handle, table[i].name, table[i].function) != 0) {
			snprintf(reason, sizeof(reason), "%s has no %s", FILE_NAME, table[i].name);
			return -1;
		}
	return 0;
}

static void load(void)
{
	void *handle = find_library(FILE_NAME, "cudnn");
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

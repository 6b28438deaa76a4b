#include "kernels/gpu/cudnn_library.h"

#include <pthread.h>
#include <stdbool.h>

#include "kernels/gpu/find_library.h"
#include "kernels/gpu/why.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct cudnn_library library;
static bool loaded;
static char reason[FIND_LIBRARY_REASON];
static const struct find_library_symbol symbols[] = {
	{ "cudnnGetVersion", &library.version },
	{ "cudnnGetErrorString", &library.error_string },
	{ "cudnnGetLastErrorString", &library.last_error },
	{ "cudnnCreate", &library.create },
	{ "cudnnDestroy", &library.destroy },
	{ "cudnnSetStream", &library.set_stream },
	{ "cudnnBackendCreateDescriptor", &library.descriptor_create },
	{ "cudnnBackendDestroyDescriptor", &library.descriptor_destroy },
	{ "cudnnBackendFinalize", &library.descriptor_finalize },
	{ "cudnnBackendSetAttribute", &library.set_attribute },
	{ "cudnnBackendGetAttribute", &library.get_attribute },
	{ "cudnnBackendExecute", &library.execute },
};
enum { SYMBOLS = sizeof(symbols) / sizeof(symbols[0]) };

static void load(void)
{
	loaded = find_library("cuDNN 9", "libcudnn_graph.so.9", "cudnn", symbols, SYMBOLS, reason) == 0;
}

const struct cudnn_library *cudnn_library(void)
{
	pthread_once(&once, load);
	if (loaded)
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

#include "kernels/gpu/cublas_library.h"

#include <pthread.h>
#include <stdio.h>

#include "kernels/gpu/find_library.h"
#include "kernels/gpu/why.h"

/* The file and the wheel's folder of this toolkit's major version; 12's wheels have a folder a library. */
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#if CUBLAS_VER_MAJOR >= 13
#define WHEEL "cu" TEXT(CUBLAS_VER_MAJOR)
#else
#define WHEEL "cublas"
#endif
#define FILE_NAME "libcublasLt.so." TEXT(CUBLAS_VER_MAJOR)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct cublas_library library;
static char reason[256];

static int find_symbols(void *handle, struct cublas_library *l)
{
	const struct {
		const char *name;
		void *function;
	} table[] = {
		{ "cublasLtGetStatusString", &l->status_string },
		{ "cublasLtCreate", &l->create },
		{ "cublasLtDestroy", &l->destroy },
		{ "cublasLtMatmulDescCreate", &l->desc_create },
		{ "cublasLtMatmulDescDestroy", &l->desc_destroy },
		{ "cublasLtMatmulDescSetAttribute", &l->desc_set },
		{ "cublasLtMatrixLayoutCreate", &l->layout_create },
		{ "cublasLtMatrixLayoutDestroy", &l->layout_destroy },
		{ "cublasLtMatrixLayoutSetAttribute", &l->layout_set },
		{ "cublasLtMatmulPreferenceCreate", &l->preference_create },
		{ "cublasLtMatmulPreferenceDestroy", &l->preference_destroy },
		{ "cublasLtMatmulPreferenceSetAttribute", &l->preference_set },
		{ "cublasLtMatmulAlgoGetHeuristic", &l->heuristic },
		{ "cublasLtMatmul", &l->matmul },
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
	void *handle = find_library(FILE_NAME, WHEEL);
	struct cublas_library found = { 0 };
	if (!handle)
		snprintf(reason, sizeof(reason),
			"no cuBLASLt (%s) in $XBMD_CUDA_LIBS, the linker's path, Python's nvidia wheels or the toolkit",
			FILE_NAME);
	else if (find_symbols(handle, &found) == 0)
		library = found;
}

const struct cublas_library *cublas_library(void)
{
	pthread_once(&once, load);
	if (library.matmul)
		return &library;
	why_set("%s", reason);
	return NULL;
}

int cublas_library_check(cublasStatus_t status, const char *what)
{
	if (status == CUBLAS_STATUS_SUCCESS)
		return 0;
	return why_set("%s: %s", what, library.status_string(status));
}

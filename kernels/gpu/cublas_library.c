#include "kernels/gpu/cublas_library.h"

#include <pthread.h>
#include <stdbool.h>

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
static bool loaded;
static char reason[FIND_LIBRARY_REASON];
static const struct find_library_symbol symbols[] = {
	{ "cublasLtGetStatusString", &library.status_string },
	{ "cublasLtCreate", &library.create },
	{ "cublasLtDestroy", &library.destroy },
	{ "cublasLtMatmulDescCreate", &library.desc_create },
	{ "cublasLtMatmulDescDestroy", &library.desc_destroy },
	{ "cublasLtMatmulDescSetAttribute", &library.desc_set },
	{ "cublasLtMatrixLayoutCreate", &library.layout_create },
	{ "cublasLtMatrixLayoutDestroy", &library.layout_destroy },
	{ "cublasLtMatrixLayoutSetAttribute", &library.layout_set },
	{ "cublasLtMatmulPreferenceCreate", &library.preference_create },
	{ "cublasLtMatmulPreferenceDestroy", &library.preference_destroy },
	{ "cublasLtMatmulPreferenceSetAttribute", &library.preference_set },
	{ "cublasLtMatmulAlgoGetHeuristic", &library.heuristic },
	{ "cublasLtMatmul", &library.matmul },
};
enum { SYMBOLS = sizeof(symbols) / sizeof(symbols[0]) };

static void load(void)
{
	loaded = find_library("cuBLASLt", FILE_NAME, WHEEL, symbols, SYMBOLS, reason) == 0;
}

const struct cublas_library *cublas_library(void)
{
	pthread_once(&once, load);
	if (loaded)
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

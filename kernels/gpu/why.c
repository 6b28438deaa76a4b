#include "kernels/gpu/why.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[512];

int why_set(const char *fmt, ...)
{
	va_list list;
	va_start(list, fmt);
	vsnprintf(message, sizeof(message), fmt, list);
	va_end(list);
	return -1;
}

int why_cuda(cudaError_t error, const char *what)
{
	if (error == cudaSuccess)
		return 0;
	(void)cudaGetLastError(); /* else the next call would report this error as its own */
	return why_set("%s: %s", what, cudaGetErrorString(error));
}

const char *why_last(void)
{
	return message;
}

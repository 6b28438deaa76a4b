#include "host/files/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "host/run/err.h"

void *alloc_grow(void *block, size_t n, size_t each)
{
	if (each != 0 && n > SIZE_MAX / each)
		BUG("out of memory: %zu times %zu bytes", n, each);
	void *grown = realloc(block, n * each > 0 ? n * each : 1);
	if (!grown)
		BUG("out of memory: %zu times %zu bytes", n, each);
	return grown;
}

char *alloc_text(const char *text)
{
	size_t bytes = strlen(text) + 1;
	return memcpy(alloc_grow(NULL, bytes, 1), text, bytes);
}

#include "host/run/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERR_BYTES = 2048 };
static _Thread_local char message[ERR_BYTES];
static _Thread_local char where[128];
static _Thread_local enum exit_code code;

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');
	return slash ? slash + 1 : file;
}

int err_set(enum exit_code new_code, const char *file, int line, const char *fmt, ...)
{
	/* Arguments may point into the message itself, so it is formed aside. */
	char text[ERR_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(message, text, sizeof(text));
	snprintf(where, sizeof(where), "%s:%d", base_name(file), line);
	code = new_code;
	return -1;
}

int err_prefix(const char *fmt, ...)
{
	char prefix[ERR_BYTES / 2], text[ERR_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
	int written = snprintf(text, sizeof(text), "%s: ", prefix);
	snprintf(text + written, sizeof(text) - (size_t)written, "%.*s", ERR_BYTES - 1 - written, message);
	memcpy(message, text, sizeof(text));
	return -1;
}

const char *err_message(void)
{
	return message;
}

const char *err_where(void)
{
	return where;
}

enum exit_code err_code(void)
{
	return code;
}

void err_clear(void)
{
	message[0] = where[0] = '\0';
	code = EXIT_CODE_OK;
}

void err_bug(const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "xbmd: BUG at %s:%d: ", base_name(file), line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	abort();
}

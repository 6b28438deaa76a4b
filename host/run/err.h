/*
 * Errors.  A function returns 0, or -1 with a thread-local message and exit code set by ERR():
 *
 *	return ERR_INPUT("cannot open '%s': %s", path, strerror(errno));
 *
 * TRY(f()) jumps to the function's one `cleanup:` label when f() fails.  BUG() aborts: it marks a
 * programmer's error, never bad input, files, memory or devices.  Only main.c prints and exits.
 */
#ifndef HOST_RUN_ERR_H
#define HOST_RUN_ERR_H

#ifdef __cplusplus
extern "C" {
#endif

/* Process exit codes; the list is part of the command line's contract. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_UNEXPECTED = 1,
	EXIT_CODE_USAGE = 2,    /* command line or configuration */
	EXIT_CODE_INPUT = 3,    /* input missing or unreadable */
	EXIT_CODE_INVALID = 4,  /* input invalid or refused: corrupt, unit, geometry, metal, no phantom */
	EXIT_CODE_PARTIAL = 5,  /* some cases failed, the others are written */
	EXIT_CODE_OUTPUT = 6,   /* output exists, disk full, permission */
	EXIT_CODE_RESOURCE = 7, /* RAM, VRAM, no GPU */
	EXIT_CODE_MODEL = 8,    /* checkpoint or model incompatible or missing */
	EXIT_CODE_STOPPED = 75, /* stopped by a signal after saving: run me again */
};

#if defined(__GNUC__)
#define ERR_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define ERR_PRINTF(fmt, first)
#endif

/* Records code and "file:line: message"; returns -1.  Use the macros below. */
int err_set(enum exit_code code, const char *file, int line, const char *fmt, ...) ERR_PRINTF(4, 5);
/* Puts "text: " before the message already recorded, keeping its code; returns -1. */
int err_prefix(const char *fmt, ...) ERR_PRINTF(1, 2);
const char *err_message(void);   /* of this thread's last failure; "" before the first; no file:line */
const char *err_where(void);     /* "file:line" of the same */
enum exit_code err_code(void);
void err_clear(void);
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void err_bug(const char *file, int line, const char *fmt, ...) ERR_PRINTF(3, 4);

#define ERR(...) err_set(EXIT_CODE_UNEXPECTED, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_USAGE(...) err_set(EXIT_CODE_USAGE, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_INPUT(...) err_set(EXIT_CODE_INPUT, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_INVALID(...) err_set(EXIT_CODE_INVALID, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_PARTIAL(...) err_set(EXIT_CODE_PARTIAL, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_OUTPUT(...) err_set(EXIT_CODE_OUTPUT, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_RESOURCE(...) err_set(EXIT_CODE_RESOURCE, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_MODEL(...) err_set(EXIT_CODE_MODEL, __FILE__, __LINE__, __VA_ARGS__)
#define ERR_STOPPED(...) err_set(EXIT_CODE_STOPPED, __FILE__, __LINE__, __VA_ARGS__)
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)

/* int f(void) { int rc = -1; TRY(g()); rc = 0; cleanup: free(...); return rc; } */
#define TRY(call)                                                                                            \
	do {                                                                                                 \
		if ((call) != 0)                                                                             \
			goto cleanup;                                                                        \
	} while (0)

#ifdef __cplusplus
}
#endif
#endif

/*
 * Log lines and progress, on stderr; stdout carries data only.  A progress bar appears on a terminal; elsewhere
 * one line every 30 s gives done/total, rate and time left.
 */
#ifndef HOST_RUN_LOG_H
#define HOST_RUN_LOG_H
#include <stdint.h>
#include "host/run/err.h"
#ifdef __cplusplus
extern "C" {
#endif
enum log_level { LOG_QUIET = -1, LOG_INFO = 0, LOG_VERBOSE = 1 };
void log_set_level(enum log_level level);
void log_info(const char *fmt, ...) ERR_PRINTF(1, 2);
void log_warn(const char *fmt, ...) ERR_PRINTF(1, 2); /* "warning: ...", also when quiet */
void log_verbose(const char *fmt, ...) ERR_PRINTF(1, 2);

struct progress {
	const char *what; /* "rendering" */
	int64_t total;
	double started_s, shown_s; /* monotonic clock */
};
void progress_start(struct progress *p, const char *what, int64_t total);
void progress_step(struct progress *p, int64_t done);
void progress_end(struct progress *p);
double log_clock_s(void); /* monotonic, s */
#ifdef __cplusplus
}
#endif
#endif

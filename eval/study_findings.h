/* The list that study_check.c and study_check_images.c fill. */
#ifndef EVAL_STUDY_FINDINGS_H
#define EVAL_STUDY_FINDINGS_H
#include "host/files/study.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/* line 0 = the whole file. */
#if defined(__GNUC__)
__attribute__((format(printf, 6, 7)))
#endif
void study_findings_add(struct table *findings, const char *severity, const char *code, const char *file, int64_t line,
	const char *fmt, ...);
/* Images of all sessions; films as study_films_read() gives them. */
int study_check_images(struct table *findings, const struct study *s, const struct table *films);
#ifdef __cplusplus
}
#endif
#endif

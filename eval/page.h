/* A canvas that is a PDF or PNG file, through cairo, which is opened at run time.  The same drawing gives the same bytes. */
#ifndef EVAL_PAGE_H
#define EVAL_PAGE_H
#include "eval/canvas.h"
#ifdef __cplusplus
extern "C" {
#endif
enum page_kind { PAGE_PDF, PAGE_PNG };
#define PAGE_PX_PER_INCH 96.0
#define PAGE_PNG_DPI 300.0
/* To be called first; ERR_RESOURCE where there is no cairo. */
int page_load(void);
/* Draw on it, then page_finish(), which writes to `out` what is left and tells of errors. */
struct canvas page_canvas(enum page_kind kind, FILE *out);
int page_finish(struct canvas *c, const char *path);
#ifdef __cplusplus
}
#endif
#endif

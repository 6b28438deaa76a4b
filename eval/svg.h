/* A canvas that writes SVG 1.1 with real text, for a page or a file of its own. */
#ifndef EVAL_SVG_H
#define EVAL_SVG_H
#include "eval/canvas.h"
#ifdef __cplusplus
extern "C" {
#endif
struct canvas svg_canvas(FILE *out);
#ifdef __cplusplus
}
#endif
#endif

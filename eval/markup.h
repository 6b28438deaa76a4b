/* Text inside XML and HTML. */
#ifndef EVAL_MARKUP_H
#define EVAL_MARKUP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Escapes & < > " '; control characters and bytes that are no UTF-8 become U+FFFD.  Safe in text and attributes. */
void markup_escape(FILE *out, const char *text);
bool markup_is_utf8(const char *text);
/* Number of characters of UTF-8 text. */
size_t markup_length(const char *text);
#ifdef __cplusplus
}
#endif
#endif

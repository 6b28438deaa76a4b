/* Bytes as text, RFC 4648. */
#ifndef EVAL_BASE64_H
#define EVAL_BASE64_H
#include <stddef.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
void base64_put(FILE *out, const void *data, size_t bytes);
#ifdef __cplusplus
}
#endif
#endif

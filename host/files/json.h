/*
 * JSON trees (through jansson), also filled by yaml.h.  Readers return ERR_INVALID naming file and key.  Builders
 * never fail (out of memory aborts).  Members keep the order they were put in.
 */
#ifndef HOST_FILES_JSON_H
#define HOST_FILES_JSON_H
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include "host/run/opt.h"
#ifdef __cplusplus
extern "C" {
#endif
struct json; /* a node; the root owns everything below */

/* jansson's library owns these three names at link time; the functions are called json_new_object and so on. */
#define json_object json_new_object
#define json_array json_new_array
#define json_string json_text_of

int json_read(struct json **root, const char *path);
int json_parse(struct json **root, const char *text, size_t bytes, const char *name); /* name for messages */
int json_write(const struct json *root, const char *path); /* indented; temporary file, fsync, rename */
char *json_text(const struct json *root);                  /* malloc'd, compact */
void json_free(struct json *root);                         /* accepts NULL */

struct json *json_object(void);
struct json *json_array(void);
void json_put_text(struct json *object, const char *key, const char *text); /* NULL = null */
void json_put_number(struct json *object, const char *key, double number);  /* NaN, infinite = null */
void json_put_integer(struct json *object, const char *key, int64_t integer);
void json_put_bool(struct json *object, const char *key, bool value);
void json_put(struct json *object, const char *key, struct json *child); /* takes ownership */
void json_push(struct json *array, struct json *child);                  /* takes ownership */
void json_push_number(struct json *array, double number);
void json_push_integer(struct json *array, int64_t integer);
void json_push_bool(struct json *array, bool value);
void json_push_text(struct json *array, const char *text);
void json_put_numbers(struct json *object, const char *key, const double *numbers, size_t n);
/* {"name": value, ...} of an option table, for the options saved with results. */
struct json *json_from_options(const struct opt *table);

/* Reading.  where: file name for messages. */
const struct json *json_member(const struct json *object, const char *key); /* NULL when absent */
size_t json_size(const struct json *array);
const struct json *json_at(const struct json *array, size_t i);
size_t json_key_count(const struct json *object);
const char *json_key(const struct json *object, size_t i);
bool json_is_null(const struct json *node); /* also for NULL */
int json_get_number(const struct json *object, const char *key, const char *where, double *number);
int json_get_integer(const struct json *object, const char *key, const char *where, int64_t *integer);
int json_get_text(const struct json *object, const char *key, const char *where, const char **text); /* borrowed */
int json_get_numbers(const struct json *object, const char *key, const char *where, double *numbers, size_t n);
/* The node itself. */
int json_number(const struct json *node, double *number);    /* -1 without message when it is no number */
const char *json_string(const struct json *node);            /* NULL when it is no text */
/* keys: "a b c".  Any other key is ERR_USAGE naming it and the file. */
int json_only_keys(const struct json *object, const char *keys, const char *where);
#ifdef __cplusplus
}
#endif
#endif

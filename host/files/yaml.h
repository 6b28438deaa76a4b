/* YAML (through libyaml) into the trees of json.h: mappings, sequences, plain scalars typed as JSON would; no
 * anchors, aliases, tags or duplicate keys.  Errors are ERR_USAGE with the line. */
#ifndef HOST_FILES_YAML_H
#define HOST_FILES_YAML_H
#include "host/files/json.h"
#ifdef __cplusplus
extern "C" {
#endif
int yaml_read(struct json **root, const char *path);
int yaml_parse(struct json **root, const char *text, size_t bytes, const char *name);
#ifdef __cplusplus
}
#endif
#endif

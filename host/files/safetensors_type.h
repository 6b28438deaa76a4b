/* The types of safetensors that we read and write.  Only safetensors*.c uses it. */
#ifndef HOST_FILES_SAFETENSORS_TYPE_H
#define HOST_FILES_SAFETENSORS_TYPE_H
#include "host/files/safetensors.h"
#ifdef __cplusplus
extern "C" {
#endif
size_t safetensors_type_bytes(enum safetensors_type type);
const char *safetensors_type_name(enum safetensors_type type);		  /* "F32" */
int safetensors_type_find(const char *name, enum safetensors_type *type); /* -1 without message */
#ifdef __cplusplus
}
#endif
#endif

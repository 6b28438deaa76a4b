#include "host/files/safetensors_type.h"

#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors are little-endian and are copied as they are"
#endif

static const struct {
	const char *name;
	size_t bytes;
} TYPES[] = {
	[SAFETENSORS_F32] = { "F32", 4 },
	[SAFETENSORS_F64] = { "F64", 8 },
	[SAFETENSORS_I64] = { "I64", 8 },
	[SAFETENSORS_U8] = { "U8", 1 },
};

size_t safetensors_type_bytes(enum safetensors_type type)
{
	return TYPES[type].bytes;
}

const char *safetensors_type_name(enum safetensors_type type)
{
	return TYPES[type].name;
}

int safetensors_type_find(const char *name, enum safetensors_type *type)
{
	for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
		if (strcmp(TYPES[i].name, name) == 0) {
			*type = (enum safetensors_type)i;
			return 0;
		}
	}
	return -1;
}

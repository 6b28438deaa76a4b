#include "eval/base64.h"

#include <stdint.h>

void base64_put(FILE *out, const void *data, size_t bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *from = data;
	for (size_t i = 0; i < bytes; i += 3) {
		size_t here = bytes - i < 3 ? bytes - i : 3;
		uint32_t bits = 0;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < here ? from[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			fputc(k <= here ? digits[bits >> (18 - 6 * k) & 63] : '=', out);
	}
}

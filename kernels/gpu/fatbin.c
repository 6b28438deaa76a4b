#include "kernels/gpu/fatbin.h"

/* XBMD_FATBIN_F32 and XBMD_FATBIN_BF16 are the paths of nvcc's output, given by the build. */
#define FATBIN(symbol, path)                                                                                 \
	__asm__(".section .rodata\n.balign 64\n" #symbol ":\n.incbin \"" path "\"\n.byte 0\n.previous\n");   \
	extern const unsigned char symbol[] __attribute__((visibility("hidden")))

FATBIN(fatbin_f32, XBMD_FATBIN_F32);
FATBIN(fatbin_bf16, XBMD_FATBIN_BF16);

const void *fatbin_of(enum plugin_elem elem)
{
	return elem == PLUGIN_BF16 ? fatbin_bf16 : fatbin_f32;
}

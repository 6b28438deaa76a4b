/*
 * A file's bytes as a symbol of the program: EMBED(name, "path below the source root") defines
 * `const unsigned char name[]` and `const unsigned char name_end[]`; a zero byte follows, so text is a C string.
 */
#ifndef HOST_RUN_EMBED_H
#define HOST_RUN_EMBED_H
#define EMBED(name, path)                                                                                    \
	__asm__(".section .rodata\n"                                                                         \
		".balign 64\n"                                                                               \
		".global " #name "\n"                                                                        \
		".global " #name "_end\n" #name ":\n"                                                        \
		".incbin \"" path "\"\n" #name "_end:\n"                                                     \
		".byte 0\n"                                                                                  \
		".previous\n");                                                                              \
	extern const unsigned char name[];                                                                   \
	extern const unsigned char name##_end[]
#endif

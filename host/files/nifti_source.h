/* The bytes of a .nii or .nii.gz in order, with zlib's check of every gzip member.  Only nifti*.c uses it. */
#ifndef HOST_FILES_NIFTI_SOURCE_H
#define HOST_FILES_NIFTI_SOURCE_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <zlib.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { NIFTI_SOURCE_BYTES = 1 << 18 };
struct nifti_source {
	const char *path; /* borrowed */
	FILE *file;
	uint64_t file_bytes; /* as it lies on disk */
	uint64_t position;   /* of the next byte, decompressed */
	bool gzip, ended;
	z_stream inflate;
	unsigned char *input; /* NIFTI_SOURCE_BYTES of compressed bytes */
};
/* Gzip by its magic bytes; a name in .gz without them is refused.  ERR_INPUT, ERR_INVALID. */
int nifti_source_open(struct nifti_source *s, const char *path);
void nifti_source_close(struct nifti_source *s);
/* Exactly `bytes` bytes; what: "the header", for messages.  bytes NULL out skips. */
int nifti_source_read(struct nifti_source *s, void *out, uint64_t bytes, const char *what);
/* Nothing may follow: checks the last member's CRC and length too. */
int nifti_source_finish(struct nifti_source *s);
/*
 * The file holds `bytes` bytes from its start, neither more nor fewer; what: "header + 122x101x112 int32
 * voxels".  For gzip the answer is the trailer's length; if that disagrees, the whole stream is read once,
 * without keeping it, to say what is wrong.  Call it before allocating anything of that size.
 */
int nifti_source_check_bytes(struct nifti_source *s, uint64_t bytes, const char *what);
#ifdef __cplusplus
}
#endif
#endif

/* The header of a NRRD file.  Only nrrd*.c uses it. */
#ifndef HOST_FILES_NRRD_HEADER_H
#define HOST_FILES_NRRD_HEADER_H
#include <stdbool.h>
#include "host/files/nrrd.h"
#ifdef __cplusplus
extern "C" {
#endif
struct nrrd_header {
	int64_t n[3];
	int voxel_bytes; /* 1, 2 or 4 */
	bool is_signed, big_endian, gzip;
	double to_world[4][4]; /* RAS+ mm */
	size_t data_at;	       /* offset of the voxels */
};
/* text: the whole file, zero-terminated; its header is cut up in place. */
int nrrd_header_parse(
	struct nrrd_header *h, struct nrrd_segments *segments, char *text, size_t bytes, const char *path);
#ifdef __cplusplus
}
#endif
#endif

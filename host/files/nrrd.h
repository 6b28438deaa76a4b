/*
 * Label volumes in NRRD files (.nrrd, .seg.nrrd), as 3D Slicer saves segmentations: one layer of whole numbers in
 * three dimensions, raw or gzip, in the same file as its header.  Own reader: the format is a page of text
 * (teem.sourceforge.net/nrrd/format.html).  Anything else (several layers, detached data, other encodings, a
 * patient space that is not named) is refused by field.
 */
#ifndef HOST_FILES_NRRD_H
#define HOST_FILES_NRRD_H
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct nrrd_segment {
	int64_t value; /* in the volume */
	char name[128];
};
struct nrrd_segments {
	struct nrrd_segment *list; /* n of them; none in a plain .nrrd */
	int n;
};
/*
 * v: uint16, RAS+ mm.  ERR_INPUT when missing or unreadable, ERR_INVALID naming file, field and reason when damaged
 * or not as above; v and segments are empty then.
 */
int nrrd_read_labels(struct volume *v, struct nrrd_segments *segments, const char *path);
void nrrd_segments_free(struct nrrd_segments *segments);
#ifdef __cplusplus
}
#endif
#endif

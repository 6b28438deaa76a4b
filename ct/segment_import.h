/*
 * Foreign label maps (TotalSegmentator, nnU-Net, 3D Slicer) to xbmd's own: read, name, renumber, and check that
 * they lie on the CT's grid, on its bones, and that left is left.
 */
#ifndef CT_SEGMENT_IMPORT_H
#define CT_SEGMENT_IMPORT_H
#include "ct/labels.h"
#include "ct/side_check.h"
#include "host/files/json.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct segment_settings {
	const char *from;    /* what the numbers mean, see label_names_load(); NULL: totalseg, or a .nrrd's segments */
	const char *to;	     /* label map of the result */
	const char *ct;	     /* grid and bones are checked against it; NULL = not */
	const char *require; /* names that must be there, by commas; NULL = none */
	bool exchange;	     /* swapped sides are exchanged instead of refused */
};
/*
 * labels: uint16, numbered by the map `to`; report: what became of each label, for a sidecar.
 * ERR_INPUT unreadable; ERR_INVALID: another grid, no known label, a required one missing, bones that lie on no
 * bone (below 50 HU on average: mirrored or shifted), left and right swapped, mixed or mirrored; ERR_USAGE for the
 * maps.  Both are empty then.
 */
int segment_import(struct volume *labels, struct json **report, const struct segment_settings *s, const char *path);
#ifdef __cplusplus
}
#endif
#endif

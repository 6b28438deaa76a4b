/*
 * Whether left is left.  World +x is the patient's right, so of every pair the right one lies at larger x; the liver
 * lies right of the spleen and the inferior vena cava right of the aorta, whoever wrote the labels; a femur without
 * its fellow is held against the midline's bones, else its head must lie medial of its shaft.
 */
#ifndef CT_SIDE_CHECK_H
#define CT_SIDE_CHECK_H
#include "ct/labels.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
enum side_verdict {
	SIDE_RIGHT,	/* as it should be */
	SIDE_UNKNOWN,	/* nothing to tell by */
	SIDE_SWAPPED,	/* every pair is the wrong way round */
	SIDE_MIXED,	/* some are and some are not */
	SIDE_MIRRORED,	/* pairs are right but the unpaired organs are on the wrong sides: the image is mirrored */
};
/* reason: what was seen, for the four last; labels uint16 numbered by map. */
int side_check(enum side_verdict *verdict, char reason[256], const struct volume *labels, const struct label_map *map);
/* Exchanges the numbers of all ..._left and ..._right of the map, in place. */
int side_exchange(struct volume *labels, const struct label_map *map);
#ifdef __cplusplus
}
#endif
#endif

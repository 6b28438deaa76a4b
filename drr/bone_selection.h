/* Which bones of a label volume are projected: asked for by name, or all that are there and free of metal. */
#ifndef DRR_BONE_SELECTION_H
#define DRR_BONE_SELECTION_H
#include <stdint.h>
#include "ct/calibrate.h"
#include "ct/labels.h"
#include "host/files/json.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct bone_exclusion {
	const char *name, *reason; /* borrowed from the map and the calibration */
};
struct bone_selection {
	const struct label **bones; /* (n) borrowed from the map */
	int64_t n;
	struct bone_exclusion *excluded; /* (n_excluded) */
	int64_t n_excluded;
};
/*
 * names: "femur_left,femur_right", in that order, or NULL for every bone of the map that labels (uint16) contain.
 * A name that is no bone of the map is ERR_USAGE; one that labels lack, or that carries a metal flag, is ERR_INVALID.
 * Without names flagged bones are left out and listed; nothing left is ERR_INVALID.
 */
int bone_selection_make(struct bone_selection *s, const struct label_map *map, const struct volume *labels,
	const struct calibration *calibration, const char *names);
void bone_selection_free(struct bone_selection *s);
struct json *bone_selection_excluded(const struct bone_selection *s); /* [{name, reason}] */
#ifdef __cplusplus
}
#endif
#endif

/*
 * What the numbers of a foreign label file mean, as a label map with names alone (kind and side are the target's):
 * a built-in map or YAML (labels.h), nnU-Net's dataset.json ("labels": {"femur_left": 1} or {"1": "femur_left"}), or
 * a 3D Slicer colour table (.ctbl, .txt: number, name, r, g, b, a a line).
 */
#ifndef CT_LABEL_NAMES_H
#define CT_LABEL_NAMES_H
#include "ct/labels.h"
#include "host/files/nrrd.h"
#ifdef __cplusplus
extern "C" {
#endif
/* By the name's ending: .json, .ctbl, .txt, else label_map_load().  ERR_USAGE or ERR_INVALID naming file and line. */
int label_names_load(struct label_map *map, const char *name_or_path);
/* The segments of a .seg.nrrd. */
int label_names_of_segments(struct label_map *map, const struct nrrd_segments *segments, const char *path);
/*
 * The label of `map` that a foreign name means, NULL for none: the same name but for case and punctuation, or with
 * its side elsewhere ("Left femur", "femur_L", "L-Femur").
 */
const struct label *label_names_find(const struct label_map *map, const char *name);
#ifdef __cplusplus
}
#endif
#endif

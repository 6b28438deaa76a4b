/*
 * Label maps: what the numbers of a label volume mean.  Built in: "totalseg" (TotalSegmentator v2 numbering) and
 * "painted"; else a YAML file:
 *
 *	name: totalseg
 *	labels:
 *	  - {id: 75, name: femur_left, kind: bone, side: left}
 */
#ifndef CT_LABELS_H
#define CT_LABELS_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum label_kind { LABEL_OTHER, LABEL_BONE, LABEL_MUSCLE };
enum label_side { LABEL_MIDLINE, LABEL_LEFT, LABEL_RIGHT };
struct label {
	uint16_t id;     /* 1 .. 65535 */
	char name[64];   /* "femur_left" */
	enum label_kind kind;
	enum label_side side;
};
struct label_map {
	char name[64];
	struct label *labels; /* in the file's order */
	int64_t n;
};
int label_map_load(struct label_map *map, const char *name_or_path);
const char *label_side_name(enum label_side side); /* "left", "right", "middle" */
void label_map_free(struct label_map *map);
const struct label *label_map_by_id(const struct label_map *map, uint16_t id);       /* NULL when unknown */
const struct label *label_map_by_name(const struct label_map *map, const char *name); /* NULL when unknown */
/* ERR_USAGE listing the map's bones when name is unknown. */
int label_map_require(const struct label_map *map, const char *name, const struct label **label);
#ifdef __cplusplus
}
#endif
#endif

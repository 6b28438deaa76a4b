/*
 * Label maps of real people, whose bones a site's participants have in place of the shape model's.  Each
 * participant draws one map, mirrored or not, and is that map at the size that brings its femoral heads to
 * the diameter the shape model gives somebody of his sex and height: a handful of maps makes many people.
 * Cortices, mineral, marrow, texture, findings and soft tissue are drawn as everybody's, so mineral remains
 * independent of shape.
 */
#ifndef DRR_COHORT_MAP_LIBRARY_H
#define DRR_COHORT_MAP_LIBRARY_H
#include "ct/anatomy_map.h"
#include "drr/cohort/person.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { MAP_LIBRARY_MOST = 64 }; /* a map of 1.5 mm takes about 25 MB */
struct map_library {
	int n;
	uint64_t digest; /* of the files' bytes */
	struct map_entry {
		char name[64]; /* of the file, without its folders */
		struct anatomy_map map;
	} * list;
};
/*
 * labels: a NIfTI file, a pattern (glob) of them, or a folder: its *dseg.nii.gz and *dseg.nii if there are
 * any, else all its *.nii.gz and *.nii.  ERR_INPUT when there is no such file, ERR_USAGE for more than
 * MAP_LIBRARY_MOST, else as anatomy_map_read, naming the file.
 */
int map_library_read(struct map_library *l, const char *labels, const char *label_map);
void map_library_free(struct map_library *l);
/* Gives the person, whose shape and findings are drawn, a map's shape. */
void map_library_shape(struct person *p, const struct map_library *l, uint64_t seed);
#ifdef __cplusplus
}
#endif
#endif

/* The part of a label volume that one label fills. */
#ifndef DRR_COHORT_LABEL_BOX_H
#define DRR_COHORT_LABEL_BOX_H
#include <stdbool.h>
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct label_box {
	int64_t low[3], high[3]; /* voxels, both ends included */
};
/* False where there is none.  labels: uint8. */
bool label_box_find(struct label_box *box, const struct volume *labels, uint8_t label);
/* A zeroed float32 volume of those voxels, where they lie. */
int label_box_volume(struct volume *v, const struct label_box *box, const struct volume *labels);
/* Index in the labels of a box's voxel (x, y, z). */
int64_t label_box_index(const struct label_box *box, const struct volume *labels, int64_t x, int64_t y, int64_t z);
#ifdef __cplusplus
}
#endif
#endif

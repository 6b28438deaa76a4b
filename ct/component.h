/* The largest connected piece of a label (faces touch): automatic label maps leave islands elsewhere. */
#ifndef CT_COMPONENT_H
#define CT_COMPONENT_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct component {
	int64_t lo[3], n[3]; /* box around all voxels of the label, in voxels of the volume */
	uint8_t *in;	     /* n[0] x n[1] x n[2], axis 0 fastest: 1 = of the largest piece */
	int64_t voxels;	     /* of the largest piece */
	int64_t others;	     /* voxels of the label outside it */
};
/* ERR_INVALID when no voxel carries the label. */
int component_largest(struct component *c, const struct volume *labels, uint16_t label);
/* Centres of the largest piece's voxels: mm (voxels, 3), world, malloc'd. */
int component_centres(double **mm, const struct component *c, const struct volume *labels);
void component_free(struct component *c);
/* at: voxel of the volume, also outside the box. */
static inline bool component_has(const struct component *c, const int64_t at[3])
{
	const int64_t x = at[0] - c->lo[0], y = at[1] - c->lo[1], z = at[2] - c->lo[2];
	if (x < 0 || y < 0 || z < 0 || x >= c->n[0] || y >= c->n[1] || z >= c->n[2])
		return false;
	return c->in[x + c->n[0] * (y + c->n[1] * z)] != 0;
}
#ifdef __cplusplus
}
#endif
#endif

/*
 * The surface of a piece of label as the faces between its voxels and others.  A face at the image's end is
 * none: the bone goes on there.  Face centres lie on the true surface on average, whatever the voxel size.
 */
#ifndef CT_SURFACE_H
#define CT_SURFACE_H
#include "ct/component.h"
#ifdef __cplusplus
extern "C" {
#endif
struct surface_face {
	double centre_mm[3];
	double area_mm2[3]; /* area times outward normal */
};
struct surface {
	struct surface_face *faces;
	int64_t n;
};
int surface_init(struct surface *s, const struct component *c, const struct volume *labels);
void surface_free(struct surface *s);
#ifdef __cplusplus
}
#endif
#endif

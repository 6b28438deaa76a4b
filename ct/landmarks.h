/*
 * Named points set by hand in 3D Slicer: .fcsv (header line "# CoordinateSystem = LPS", or 0 = RAS, 1 = LPS)
 * and .mrk.json ("coordinateSystem").  Held in world RAS mm.  Names: head_centre, neck_centre,
 * shaft_proximal, shaft_distal, lesser_trochanter, each with _R or _L, or without for a file about one femur.
 */
#ifndef CT_LANDMARKS_H
#define CT_LANDMARKS_H
#include <stdbool.h>
#include "ct/labels.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { LANDMARKS = 64 };
/* From a point on the lesser trochanter's tip down to its lower end (half height), about. */
#define LANDMARK_LESSER_LOWER_MM 12.0
struct landmarks {
	int n;
	struct {
		char name[64];
		double mm[3];
	} points[LANDMARKS];
};
/* ERR_INPUT when it cannot be read; ERR_INVALID with line or key for a coordinate system that is not stated,
 * units that are not mm, a name that is not known or comes twice, and coordinates that are no finite numbers.
 */
int landmarks_read(struct landmarks *l, const char *path);
/* name_R or name_L by side, else name; false when absent. */
bool landmarks_get(const struct landmarks *l, const char *name, enum label_side side, double mm[3]);
#ifdef __cplusplus
}
#endif
#endif

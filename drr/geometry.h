/*
 * X-ray geometry: source, detector, view and the patient's pose, in world RAS+ mm.
 *
 * ap: rays travel to posterior (-y), detector columns grow to the patient's left (-x), rows to the feet (-z).
 * pa: rays travel to +y, same screen orientation.  lat: rays travel to the right (+x), columns to posterior (-y).
 * Cone: the source is sod_mm from the isocentre, the detector plane sdd_mm from the source; the central ray hits the
 * detector's middle; pixel (c, r) is at ((c-(cols-1)/2) pixel, (r-(rows-1)/2) pixel) on the column and row axes.
 * Parallel: the same plane through the isocentre, pixel size at the object.
 * The pose moves the patient: x' = R x + t about the isocentre, R = Rz Ry Rx (right-handed, world axes).
 */
#ifndef DRR_GEOMETRY_H
#define DRR_GEOMETRY_H
#include <stdint.h>
#include "host/files/json.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
enum geometry_projection { GEOMETRY_CONE, GEOMETRY_PARALLEL };
enum geometry_view { GEOMETRY_AP, GEOMETRY_PA, GEOMETRY_LAT };
struct geometry {
	enum geometry_projection projection;
	enum geometry_view view;
	double sdd_mm, sod_mm; /* cone only */
	int64_t cols, rows;
	double pixel_mm;
	double isocentre_mm[3]; /* world */
};
struct pose {
	double rotate_rad[3]; /* rx, ry, rz */
	double shift_mm[3];
};
/*
 * Rays of one pose in a volume's index space (the patient's motion is undone on the rays):
 * pixel p = origin + c * du + r * dv is a point on the ray; cone: the ray runs from `source` through p;
 * parallel: through p along `direction`.
 */
struct geometry_rays {
	int cone;
	double source[3], direction[3]; /* index units; direction has length 1 mm in the world (parallel only) */
	double origin[3], du[3], dv[3]; /* index units */
	double to_mm[3][3];             /* index vector -> mm vector (the affine's linear part) */
};
int geometry_check(const struct geometry *g); /* ERR_USAGE naming the option */
int geometry_rays(struct geometry_rays *rays, const struct geometry *g, const struct pose *pose,
	const struct volume *volume);
/*
 * Derivatives of these rays' source, direction, origin, du and dv by the pose: per rad of rx, ry, rz (d[0..2]) and per
 * mm of tx, ty, tz (d[3..5]).  `to_mm` does not change and is 0.
 */
int geometry_rays_gradient(struct geometry_rays d[6], const struct geometry *g, const struct pose *pose,
	const struct volume *volume);
/* Centre of the bounding box, world mm: the default isocentre. */
void geometry_volume_centre_mm(const struct volume *volume, double centre_mm[3]);
/* Affine of the projection image: index (c, r, frame) -> world mm of the detector plane (pose left out). */
void geometry_image_affine(const struct geometry *g, double to_world[4][4]);
/* Projects a world point of the unmoved patient; returns the magnification at its depth (1 for parallel). */
double geometry_project(const struct geometry *g, const struct pose *pose, const double point_mm[3], double *col,
	double *row);
struct json *geometry_to_json(const struct geometry *g);
struct json *pose_to_json(const struct pose *pose); /* rotate_deg, shift_mm */
/* Poses from a TSV with columns rx ry rz tx ty tz (degrees, mm); malloc'd. */
int pose_read_table(struct pose **poses, int64_t *n, const char *path);
#ifdef __cplusplus
}
#endif
#endif

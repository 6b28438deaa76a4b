/* Whether a volume, its source and its detector can be where they are said to be. */
#ifndef DRR_PLACEMENT_H
#define DRR_PLACEMENT_H
#include <stdbool.h>
#include <stdint.h>
#include "drr/geometry.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
#define PLACEMENT_SHEAR_DEG 0.1 /* more is refused: a gantry tilt or a damaged header */
/* ERR_INVALID for a spacing that is not positive, or axes that are not at right angles, with the angle. */
int placement_check_axes(const struct volume *volume, const char *path);
/* ERR_INVALID naming --sod-mm and the pose when the source of a cone beam lies inside the volume's bounding
 * box. */
int placement_check_source(const struct geometry *geometry, const struct volume *volume,
	const struct pose *poses, int64_t n_poses);
/* How far the volume's bounding box reaches behind the detector of a cone beam in any pose, mm; 0 when it
 * does not. */
double placement_behind_detector_mm(const struct geometry *geometry, const struct volume *volume,
	const struct pose *poses, int64_t n_poses);
#ifdef __cplusplus
}
#endif
#endif

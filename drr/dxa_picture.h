/*
 * DXA scans as the frames of a picture: per pose one of areal mineral density, g/cm2, and if wanted one of
 * the soft tissue and fat.  A frame lies in the plane through the isocentre, where its pixels have their
 * size.  Pixels without a reading are NaN and counted.
 */
#ifndef DRR_DXA_PICTURE_H
#define DRR_DXA_PICTURE_H
#include <stdbool.h>
#include "drr/dxa_geometry.h"
#include "drr/dxa_simulator.h"
#include "host/files/json.h"
#ifdef __cplusplus
extern "C" {
#endif
/* What a scan says besides its image: R = J_L / J_H of the baseline over the rows, and its pixels by status.
 */
struct dxa_reading {
	double ratio_least, ratio_mean, ratio_most;
	int64_t pixels[DXA_SIMULATOR_STATUSES];
};
struct dxa_picture {
	struct dxa_beam beam;
	struct dxa_geometry geometry;
	struct dxa_simulator_options options;
	bool tissue;		      /* a second frame */
	struct dxa_reading *readings; /* (poses), filled by dxa_picture_render() */
};
/* ERR_USAGE for a geometry or photons that cannot be. */
int dxa_picture_check(const struct dxa_picture *p);
/* As placement_check_source(), for every row of a fan. */
int dxa_picture_check_source(
	const struct dxa_picture *p, const struct volume *volume, const struct pose *poses, int64_t n_poses);
int64_t dxa_picture_frames(const struct dxa_picture *p);
/* The scan of pose `index`: frames (dxa_picture_frames, rows, cols).  Its noise depends on the seed and the
 * index. */
int dxa_picture_render(float *frames, const struct dxa_picture *p, struct resident *volume,
	enum projector_model model, const struct pose *pose, int64_t index);
/* Beam, geometry, noise, and a reading a pose. */
struct json *dxa_picture_to_json(const struct dxa_picture *p, int64_t n_poses);
/* Pixels of all poses by status. */
void dxa_picture_pixels(int64_t pixels[DXA_SIMULATOR_STATUSES], const struct dxa_picture *p, int64_t n_poses);
#ifdef __cplusplus
}
#endif
#endif

/*
 * The frames of one projection file: what is rendered, in which order, and the image itself.
 *
 *	integral    one frame, "volume": the volume's value x mm
 *	radiograph  one frame, "volume": -ln(I/I0), or with `processing` a grey value 0 .. 1, "presentation"
 *	mineral     a frame a bone, or one "volume" without labels: g/cm2; with `path` followed by as many of
 *cm dxa         one frame, "volume": areal mineral as a DXA scanner reads it, g/cm2, NaN where it has no
 *reading; with `tissue` a second one
 *
 * Many poses: all frames of a pose, then those of the next.
 */
#ifndef DRR_PICTURE_H
#define DRR_PICTURE_H
#include <stdbool.h>
#include "drr/bone_selection.h"
#include "drr/dxa_picture.h"
#include "drr/film.h"
#include "drr/processing.h"
#include "drr/projector.h"
#include "drr/spectrum.h"
#include "host/files/json.h"
#ifdef __cplusplus
extern "C" {
#endif
enum picture_quantity { PICTURE_INTEGRAL, PICTURE_MINERAL, PICTURE_RADIOGRAPH, PICTURE_DXA };
struct picture {
	enum picture_quantity quantity;
	enum projector_model model;
	bool path; /* mineral only */
	bool area; /* integral, mineral: means over the pixels' areas (drr/area.h) */
	const struct volume *values;
	const struct volume *labels;	    /* uint16 or NULL */
	const struct label_map *map;	    /* of labels; for radiographs and DXA: what is bone */
	const struct bone_selection *bones; /* mineral with labels */
	double hu_per_value, hu_offset;	    /* radiograph, dxa */
	struct material_model materials;
	const struct spectrum *spectrum;
	const struct film_model *film;		   /* radiograph: what a detector adds, or NULL */
	const struct processing_model *processing; /* radiograph: grey values for presentation, or NULL */
	const struct dxa_picture *dxa;		   /* dxa: the scanner */
	struct geometry geometry;		   /* dxa: parallel, the plane of the frames */
	const struct pose *poses;
	int64_t n_poses;
};
int64_t picture_frames_per_pose(const struct picture *p);
/*
 * [{name, label, quantity, unit, pose}] of a rendered image; mineral and path frames also say whether the
 * bone touches the detector's edge, since then mass is missing from them.
 */
struct json *picture_frames(const struct picture *p, const struct volume *image);
const char *picture_unit(const struct picture *p); /* of the first frame: "g/cm2", "1", "grey" ... */
int64_t picture_cut_frames(const struct picture *p, const struct volume *image); /* how many touch the edge */
/* ERR_RESOURCE, before anything large is allocated, when the frames and a batch's planes exceed the memory
 * there is. */
int picture_check_memory(const struct picture *p);
/* image: (cols, rows, frames) float32 on the detector plane. */
int picture_render(const struct device *device, struct volume *image, const struct picture *p);
#ifdef __cplusplus
}
#endif
#endif

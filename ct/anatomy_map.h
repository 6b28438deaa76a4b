/*
 * The bones of somebody's label map as the shape of a digital hip: a signed distance to the surface of each
 * bone, and the measures of both femora that struct anatomy_femur has.  anatomy_init() takes its bones from
 * here when the parameters name a map: the pelvis as it was scanned, with the line through the femoral heads
 * along x; each femur in its own axes, so that it is articulated about its head's centre as any other.  What
 * a label map does not know stays the parameters': cortices, mineral, marrow, texture, soft tissue, the
 * femur's torsion (a hip scan has no condyles).
 *
 * A femur goes on below the map's end with its last section, along its shaft.  The socket is hollowed to the
 * parameters' joint space about the head, so that a head that is no perfect ball can turn.
 */
#ifndef CT_ANATOMY_MAP_H
#define CT_ANATOMY_MAP_H
#include "ct/anatomy.h"
#include "ct/labels.h"
#ifdef __cplusplus
extern "C" {
#endif
struct anatomy_map_femur {
	struct femur_frame frame; /* in the map's world */
	double axes[3][3]; /* unit rows: head to neck across the shaft, forwards, up the shaft */
	double end_mm;     /* along axes[2] from the head's centre, < 0: the shaft is made up below it */
	double offset_mm, neck_shaft_deg, neck_width_mm, shaft_diameter_mm; /* as in struct anatomy_femur */
};
struct anatomy_map {
	struct volume distance_mm[ANATOMY_PARTS]; /* ct/signed_distance.h, in the map's world */
	struct anatomy_map_femur femur[ANATOMY_SIDES];
	double axes[3][3];   /* rows: right, anterior, superior: the body's, in the map's world */
	double middle_mm[3]; /* midpoint of the heads */
	double head_distance_mm;
	double pelvis_scale; /* of its hip bones' height, 1 = the shape model's */
};
/*
 * Names of the parts in `names`: femur_right, femur_left, hip_right, hip_left, sacrum (with vertebrae_S1),
 * and lumbar_spine or vertebrae_L5 .. L1.  ERR_INVALID naming the label that is missing, on the wrong side,
 * not a femur (ct/frame.h's reasons), too short (a femur must reach 20 mm below its total hip) or outside
 * anatomy_check()'s ranges.
 */
int anatomy_map_make(struct anatomy_map *m, const struct volume *labels, const struct label_map *names);
/* From a NIfTI file; messages name it.  ERR_INPUT when it cannot be read. */
int anatomy_map_read(struct anatomy_map *m, const char *path, const struct label_map *names);
void anatomy_map_free(struct anatomy_map *m);
/*
 * Takes the map for the parameters' shape: its measures at that scale, sides exchanged when mirrored.  The
 * map is borrowed.  The femora's torsion, cortices and findings are left as they are; the bow is 0, the map's
 * own being in its surface.
 */
void anatomy_map_take(struct anatomy_params *p, const struct anatomy_map *m, double scale, bool mirrored);
#ifdef __cplusplus
}
#endif
#endif

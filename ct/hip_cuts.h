/*
 * A femur's DXA regions in its projection.  Picture coordinates here: x lateral, y up, mm from the head's centre,
 * the same for both sides.  Maker's boxes (physics-and-clinical.md 3.1; what makers do not publish is a parameter):
 *
 *	hologic  neck box 15 mm wide, its lateral edge at the notch between neck and greater trochanter
 *	ge       neck box 15 mm wide about the narrowest section of the neck
 *	both     box 49 mm long across the neck; the total hip begins at its medial edge and ends below the lesser
 *	         trochanter
 *
 * The trochanter lies above the line from the neck's axis at the box's lateral edge to the lateral cortex at the
 * height where neck and shaft axes meet; the intertrochanter is the rest.  Ward's area is the square of 10 mm with
 * the least mineral about the neck's axis under and beside the box.  Gruen zones 1..7 divide the shaft about a stem
 * of gruen_stem_mm from where neck and shaft axes meet: thirds 1-3 lateral and 7-5 medial from above, 4 the 20 mm
 * below its tip.
 */
#ifndef CT_HIP_CUTS_H
#define CT_HIP_CUTS_H
#include "ct/bone_map.h"
#include "ct/femur_axes.h"
#ifdef __cplusplus
extern "C" {
#endif
enum hip_maker { HIP_HOLOGIC, HIP_GE };
enum hip_edges {
	HIP_EDGES_FRAME, /* cuts across the bone's own axes, at places of the bone */
	HIP_EDGES_IMAGE, /* as an operator sees the picture: lower edge horizontal, lengths in the picture */
};
struct hip_rule {
	enum hip_maker maker;
	enum hip_edges edges;
	double neck_box_mm;    /* 15 */
	double neck_length_mm; /* 49 */
	double distal_mm;      /* lower edge below the lesser trochanter's lower end, 10 */
	double ward_mm;	       /* 10 */
	double gruen_stem_mm;  /* 0 = no Gruen zones */
};
struct hip_rule hip_rule_default(void);

/* The femur's axes as they appear in one picture. */
struct hip_cuts {
	double neck[2];			   /* unit, into the neck */
	double across[2];		   /* unit, across the neck, up and lateral */
	double shaft[2];		   /* unit, down */
	double shaft_point[2], knee[2];	   /* a point on the shaft's axis; where both axes meet */
	double proximal_mm, box_end_mm;	   /* along the neck: the box's medial and lateral edges */
	double notch_mm;		   /* along the neck; NaN unless hologic */
	double distal_point[2], distal[2]; /* on the lower edge; unit, down across it */
	double lateral_at_knee;		   /* x of the lateral cortex at the knee's height */
	double ward[2];			   /* centre along and across the neck */
	double stem_top_mm, stem_mm;	   /* along the shaft from the head's centre: Gruen */
};
enum hip_region_id {
	REGION_TOTAL,
	REGION_NECK,
	REGION_TROCHANTER,
	REGION_INTER,
	REGION_WARD,
	REGION_GRUEN1,
	REGION_GRUEN7 = REGION_GRUEN1 + 6,
	HIP_REGIONS
};
const char *hip_region_name(enum hip_region_id region, enum hip_maker maker);
/* True for regions that reach down to the lower edge. */
bool hip_region_needs_distal(enum hip_region_id region);

/*
 * turn: rows right, front, up of the picture in world, (3, 3).  map: made with x = lateral * right, y = up
 * and the head's centre as origin.  ERR_INVALID when the axes do not fix the cuts in this picture.
 */
int hip_cuts_find(struct hip_cuts *cuts, const struct hip_rule *rule, const struct femur_axes *axes,
	const double turn[3][3], const struct bone_map *map);
/* Whether the picture's point belongs to the region; the bone's outline is not asked. */
bool hip_cuts_contain(const struct hip_cuts *cuts, const struct hip_rule *rule, enum hip_region_id region,
	double x_mm, double y_mm);
/* The share, in sixteenths, of a square about the point that belongs to it. */
double hip_cuts_share(const struct hip_cuts *cuts, const struct hip_rule *rule, enum hip_region_id region,
	double x_mm, double y_mm, double edge_mm);
#ifdef __cplusplus
}
#endif
#endif

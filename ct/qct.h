/*
 * Areal and volumetric BMD of a femur's regions from a density volume, in the neutral position DXA asks for (or
 * any other), each bone with its flags.  Over the pixels whose path through the bone is at least ABMD_MASK_CM, a
 * pixel on a region's edge by its share in the region:
 *
 *	area_cm2     their area
 *	bmc_g        their mineral
 *	abmd_g_cm2   bmc_g / area_cm2
 *	vbmd_mg_cm3  mineral / volume of the bone behind them
 *	..._se       standard errors, ct/qct_error.h
 */
#ifndef CT_QCT_H
#define CT_QCT_H
#include "ct/abmd.h"
#include "ct/calibrate.h"
#include "ct/femur_axes.h"
#include "ct/hip_cuts.h"
#include "ct/qct_error.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Why a bone or a region is not to be relied on. */
enum qct_flag_code {
	QCT_METAL,	   /* metal in or beside the bone: refused */
	QCT_METAL_UNKNOWN, /* the calibration looked for none */
	QCT_MISSING_LABEL, /* no voxel of it: nothing measured */
	QCT_WRONG_SIDE,	   /* the label's side is not the anatomy's: refused */
	QCT_NO_FRAME,	   /* no plausible head, neck or cuts: refused */
	QCT_CUT_BELOW,	   /* image or label ends above the lower edge: regions that reach there are left out */
	QCT_CUT_BESIDE,	   /* the image ends inside the total hip elsewhere: the same */
	QCT_SHAFT_ASSUMED, /* the frame stands on a default: the body's axis, */
	QCT_LESSER_ASSUMED, /* 2.8 head radii below the head, */
	QCT_NECK_ASSUMED,   /* 1.05 head radii along the neck */
	QCT_NO_NOTCH, /* hologic: none above the neck; its box lies about the narrowest section, as ge's */
	QCT_LOW_CONFIDENCE, /* the frame's confidence is below 0.5 */
	QCT_FLAG_CODES
};
const char *qct_flag_name(enum qct_flag_code code); /* "metal", "cut_below" ... */
const char *qct_flag_meaning(enum qct_flag_code code); /* in words, for all to read */
enum { QCT_FLAGS = 12 };
struct qct_flag {
	enum qct_flag_code code;
	char reason[400];
};
struct qct_flags {
	int n;
	struct qct_flag list[QCT_FLAGS];
};
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void qct_flag_add(struct qct_flags *flags, enum qct_flag_code code, const char *fmt, ...);
bool qct_flag_has(const struct qct_flags *flags, enum qct_flag_code code);

struct qct_part {
	double vbmd_mg_cm3, volume_cm3, bmc_g; /* NaN density when empty */
	double vbmd_se_mg_cm3;		       /* of calibration and noise */
};
struct qct_value {
	bool measured;
	double abmd_g_cm2, area_cm2, bmc_g; /* of the projection */
	double vbmd_mg_cm3, volume_cm3;	    /* of the bone behind it */
	struct qct_se abmd_se_g_cm2, vbmd_se_mg_cm3;
	struct qct_part cortical, trabecular;
};
struct qct_settings {
	struct hip_rule rule;
	struct tissue_rule tissue;
	struct total_hip_rule model_rule;
	bool clip_negative;
	bool as_lain;	   /* project along y as the patient lay, else from neutral */
	double leg_deg[3]; /* flexion, internal rotation, abduction of the leg from neutral, about the head's
			      centre */
	const struct landmarks *landmarks; /* or NULL */
};
struct qct_settings qct_settings_default(void);

struct qct_hip {
	enum label_side side;
	const char *bone; /* its name in the map */
	bool measured;	  /* false: refused, the flags say why */
	struct qct_flags flags;
	double mineral_mass_g, volume_cm3; /* of all voxels of the label; NaN when refused for metal */
	struct femur_axes axes;
	double turn[3][3]; /* the projection: rows right, front, up of the picture as drawn, world */
	struct hip_cuts cuts;
	struct qct_value regions[HIP_REGIONS];
	struct qct_value
		model; /* the region the networks are trained on: ct/frame.h, projected along y as lain */
	bool model_truncated;
	struct bone_map map; /* the projection, kept for the picture */
};
/*
 * 0 also for a refused hip; -1 for lack of memory or volumes that do not match.  labels and density on one
 * grid.
 */
int qct_measure(struct qct_hip *hip, const struct volume *density_mg_cm3,
	const struct calibration *calibration, const struct volume *labels, const struct label_map *map,
	enum label_side side, const struct qct_settings *s);
void qct_hip_free(struct qct_hip *hip);
/* The map over a region; share: of each pixel (cols x rows) in it, 0..1, or NULL for all.  No errors yet. */
struct qct_value qct_value_read(const struct bone_map *map, const float *share);
/* Mass and volume of all voxels of a label. */
void qct_label_mass(double *mass_g, double *volume_cm3, const struct volume *density,
	const struct volume *labels, uint16_t label, bool clip);
/*
 * Isocentre for films: midway between the head centres, or the one head at the image's middle in x.  Returns
 * what it rests on, NULL when no hip was measured.
 */
const char *qct_isocentre(
	double isocentre_mm[3], const struct qct_hip *hips, int n, const struct volume *labels);
#ifdef __cplusplus
}
#endif
#endif

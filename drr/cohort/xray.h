/*
 * A radiograph of a synthetic participant from true materials: ap, cone beam, the body articulated for this film, the
 * site's beam, attenuation table, scatter, grid, detector and noise (drr/film.h), and what its vendor makes of it.
 */
#ifndef DRR_COHORT_XRAY_H
#define DRR_COHORT_XRAY_H
#include "drr/cohort/collimator.h"
#include "drr/cohort/scan.h"
#include "drr/geometry.h"
#include "host/files/json.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
/* A field of cols x rows pixels of a site with 0.15 mm; another site's field is as large, its pixels in proportion. */
struct xray_setting {
	int64_t cols, rows;
	double pixel_mm; /* at the detector */
	bool primary;    /* the primary beam and its noise alone: no scatter, blur, filter, other tables, site pixel */
};
struct xray {
	struct volume film; /* (cols, rows, 1) float32, -ln(I/I0), for processing */
	struct volume look; /* the same grid, 0..1, for presentation */
	struct geometry geometry;
	struct pose pose;   /* of the CT's pelvis, about the geometry's isocentre */
	struct {
		struct pose pose;  /* of the CT's femur, alike: rendering it so gives this film's */
		double head_px[2]; /* column, row of the head's centre */
		bool hip_in_field; /* head, greater trochanter and the shaft at the total hip's lower edge */
	} femur[ANATOMY_SIDES];
	enum posture_cut cut; /* what was meant to be cut off */
	double mean_femur;  /* for presentation: mean grey value over pixels behind 20 mm of femur or more */
	double kvp, photons_per_mm2;
	const struct site *site;
	bool primary;
	struct film_model model;
	struct collimator collimator;
};
/* One film to make; all borrowed. */
struct xray_order {
	const struct scan *scan;       /* where the CT's patient lies, and its isocentre */
	const struct anatomy *at_scan; /* the body as articulated there */
	const struct anatomy *anatomy; /* and as articulated for the film, moved by `body` */
	const struct pose *body;
	const struct site *site;
	const struct scan_setting *voxels;
	const struct xray_setting *setting;
	uint64_t seed;
	int64_t who; /* cohort_who() */
	int film;
	double mineral_scale, add_tissue_cm; /* 0, 0: as it is; else the swap set's (drr/cohort/swap.h) */
	enum posture_cut cut; /* that `body` was moved for */
};
int xray_make(struct xray *x, const struct device *device, const struct xray_order *order);
void xray_free(struct xray *x);
/* drr/cohort/xray_json.c: the sidecar, as every projection has one. */
struct json *xray_to_json(const struct xray *x, bool presentation);
struct json *xray_truth_to_json(const struct xray *x);
/*
 * The grid for a film of a body in that box (voxel_mm: of the CT): voxels fine across an ap beam and long along it.  A
 * thin plate seen edge-on shows a grid's lines at the pitch across the beam; the finer, the fainter, and the detector
 * blurs the finest away.
 */
void xray_grid(struct anatomy_grid *grid, const struct scan_reach *box, const double body_to_world[4][4],
	double voxel_mm);
/*
 * drr/cohort/exposure.c: from materials to the film of a site, -ln(I/I0).  film (rows, cols); materials (MATERIALS,
 * rows, cols) g/cm2; x: geometry, site, primary and model filled.  stream: the film's number under the model's seed.
 */
int exposure_apply(float *film, const struct device *device, const float *materials_g_cm2, const struct xray *x,
	uint64_t stream);
struct film_model exposure_model(const struct site *site, bool primary, uint64_t seed);
#ifdef __cplusplus
}
#endif
#endif

/* What one run of `xbmd drr` was asked for and owns: reading, checking, and what goes into the picture. */
#ifndef DRR_DRR_JOB_H
#define DRR_DRR_JOB_H
#include "ct/calibrate.h"
#include "drr/picture.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The options as given (see the table in drr/cmd_drr.c). */
struct drr_arguments {
	const char *volume, *labels, *label_map, *quantity, *model, *bones, *projection, *view, *poses,
		*device, *out, *exposure, *grid, *purpose, *processing, *preview, *preview_window,
		*dxa_energies, *dxa_geometry, *dxa_photons;
	double sdd_mm, sod_mm, pixel_mm, rotate_deg[3], shift_mm[3], isocentre_mm[3], kvp, added_al_mm;
	int64_t size[2];
	struct film_model film;
	bool path, area, remove_rods, force, isocentre_given, pose_given, film_given, seed_given, projection_given,
		dxa_tissue, dxa_given;
};
/* Everything a run owns. */
struct drr_job {
	struct volume values, labels, image;
	struct label_map map;
	struct calibration calibration;
	struct bone_selection bones;
	struct spectrum spectrum;
	struct film_model film;
	struct processing_model processing;
	struct dxa_picture dxa;
	struct device device;
	struct picture picture;
	struct pose *poses;
	double preview_window[2]; /* NaN: not given */
	bool density;		  /* the volume's sidecar says so */
};

/* Opens the device, reads the inputs and fills job->picture; refuses what cannot be rendered. */
int drr_job_open(struct drr_job *job, const struct drr_arguments *a);
void drr_job_free(struct drr_job *job);
#ifdef __cplusplus
}
#endif
#endif

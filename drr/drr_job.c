#include "drr/drr_job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ct/remove.h"
#include "drr/placement.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

#define RAD_PER_DEG 0.017453292519943295

/* Options that would do nothing are refused. */
static int check_quantity(const struct drr_arguments *a)
{
	bool radiograph = strcmp(a->quantity, "radiograph") == 0, dxa = strcmp(a->quantity, "dxa") == 0;
	if (a->film_given && !radiograph)
		return ERR_USAGE("noise, blur, scatter, --for and the like go with --quantity radiograph%s",
			dxa ? "; for the noise of a DXA scan: --dxa-photons-per-mm2" : "");
	if (a->seed_given && !radiograph && !dxa)
		return ERR_USAGE("--seed goes with --quantity radiograph or dxa: nothing else has noise");
	if (a->dxa_given && !dxa)
		return ERR_USAGE("--dxa-energies, --dxa-geometry and the like go with --quantity dxa");
	if (a->projection_given && dxa)
		return ERR_USAGE("--projection: a DXA scanner's is --dxa-geometry");
	return 0;
}

static int check(const struct drr_arguments *a)
{
	bool mineral = strcmp(a->quantity, "mineral") == 0;
	size_t length = strlen(a->out);
	if (!(length > 4 && strcmp(a->out + length - 4, ".nii") == 0) &&
		!(length > 7 && strcmp(a->out + length - 7, ".nii.gz") == 0))
		return ERR_USAGE("--out '%s': a projection is a NIfTI image, *.nii or *.nii.gz", a->out);
	if (a->bones && !(mineral && a->labels))
		return ERR_USAGE("--bones goes with --quantity mineral and --labels");
	/* The mean of the materials is not the mean of an intensity. */
	if (a->area && !mineral && strcmp(a->quantity, "integral") != 0)
		return ERR_USAGE("--area goes with --quantity integral or mineral");
	if (a->path && !mineral)
		return ERR_USAGE("--path goes with --quantity mineral");
	if (a->remove_rods && !a->labels)
		return ERR_USAGE("--remove-rods needs the --labels the volume was calibrated with");
	if (a->poses && a->pose_given)
		return ERR_USAGE("--poses already gives each pose: leave out --rotate-deg and --shift-mm");
	if (a->processing && strcmp(a->purpose, "presentation") != 0)
		return ERR_USAGE("--processing goes with --for presentation");
	if (a->preview_window && !a->preview)
		return ERR_USAGE("--preview-window goes with --preview");
	return check_quantity(a);
}

static int choice(const char *word, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	BUG("'%s' is not among the choices", word);
}

static int geometry_from(struct geometry *g, const struct drr_arguments *a)
{
	static const char *const views[] = { "ap", "pa", "lat" };
	*g = (struct geometry){
		.projection = strcmp(a->projection, "cone") == 0 && strcmp(a->quantity, "dxa") != 0
				      ? GEOMETRY_CONE
				      : GEOMETRY_PARALLEL,
		.view = (enum geometry_view)choice(a->view, views, 3),
		.sdd_mm = a->sdd_mm,
		.sod_mm = a->sod_mm,
		.cols = a->size[0],
		.rows = a->size[1],
		.pixel_mm = a->pixel_mm,
	};
	for (int k = 0; k < 3 && a->isocentre_given; k++)
		g->isocentre_mm[k] = a->isocentre_mm[k];
	return geometry_check(g);
}

static int poses_from(struct drr_job *j, const struct drr_arguments *a)
{
	if (a->poses)
		return pose_read_table(&j->poses, &j->picture.n_poses, a->poses);
	j->poses = calloc(1, sizeof(*j->poses));
	if (!j->poses)
		return ERR_RESOURCE("out of memory for a pose");
	for (int k = 0; k < 3; k++) {
		j->poses[0].rotate_rad[k] = a->rotate_deg[k] * RAD_PER_DEG;
		j->poses[0].shift_mm[k] = a->shift_mm[k];
	}
	j->picture.n_poses = 1;
	return 0;
}

/* Rays need CT numbers, so the calibration must be a line. */
static int read_calibration(struct drr_job *j, const struct drr_arguments *a)
{
	if (calibration_read_sidecar(&j->calibration, a->volume) != 0)
		return -1;
	return calibration_require_line(&j->calibration, a->volume);
}

/* A density volume is known by its sidecar's calibration line; without one the volume is a CT in HU. */
static int density_from(struct drr_job *j, const struct drr_arguments *a)
{
	char sidecar[PATH_BYTES];
	struct json *root = NULL;
	if (j->picture.quantity == PICTURE_MINERAL) {
		j->density = true;
		return read_calibration(j, a);
	}
	if (path_sidecar(sidecar, a->volume) != 0)
		return -1;
	if (!path_exists(sidecar))
		return 0;
	if (json_read(&root, sidecar) != 0)
		return -1;
	j->density = json_member(root, "slope_mg_cm3_per_hu") != NULL;
	json_free(root);
	return j->density ? read_calibration(j, a) : 0;
}

static int remove_phantom(struct drr_job *j, const struct drr_arguments *a)
{
	const struct calibration *c = &j->calibration;
	if (!j->density || c->n_rods == 0) {
		log_warn("'%s' was not calibrated by rods: --remove-rods removes nothing", a->volume);
		return 0;
	}
	float air = (float)(c->slope_mg_cm3_per_hu * -1000.0 + c->intercept_mg_cm3);
	return remove_rods(&j->values, &j->labels, c, air, REMOVE_MARGIN_MM);
}

static int read_volumes(struct drr_job *j, const struct drr_arguments *a)
{
	if (nifti_read_image(&j->values, a->volume) != 0 || placement_check_axes(&j->values, a->volume) != 0)
		return -1;
	if (!a->isocentre_given)
		geometry_volume_centre_mm(&j->values, j->picture.geometry.isocentre_mm);
	if (!a->labels)
		return 0;
	if (nifti_read_labels(&j->labels, a->labels) != 0 || label_map_load(&j->map, a->label_map) != 0)
		return -1;
	if (j->picture.quantity == PICTURE_INTEGRAL)
		log_warn("--labels play no part in --quantity integral");
	if (volume_same_grid(&j->labels, a->labels, &j->values, a->volume) != 0)
		return -1;
	return a->remove_rods ? remove_phantom(j, a) : 0;
}

/* HU of the values, and what a HU is made of. */
static int materials_from(struct drr_job *j, const struct drr_arguments *a)
{
	struct picture *p = &j->picture;
	p->materials = material_model_default();
	p->hu_per_value = 1;
	if (j->density) {
		p->materials.slope_mg_cm3_per_hu = j->calibration.slope_mg_cm3_per_hu;
		p->materials.intercept_mg_cm3 = j->calibration.intercept_mg_cm3;
		p->hu_per_value = 1 / j->calibration.slope_mg_cm3_per_hu;
		p->hu_offset = -j->calibration.intercept_mg_cm3 / j->calibration.slope_mg_cm3_per_hu;
	}
	if (p->quantity != PICTURE_RADIOGRAPH && p->quantity != PICTURE_DXA)
		return 0;
	if (material_model_check(&p->materials) != 0)
		return -1;
	if (p->quantity == PICTURE_DXA)
		return dxa_beam_named(&j->dxa.beam, a->dxa_energies);
	p->spectrum = &j->spectrum;
	return spectrum_load(&j->spectrum, a->kvp, a->added_al_mm);
}

/* "A,B" -> two numbers. */
static int pair(double out[2], const char *option, const char *text)
{
	char rest;
	if (sscanf(text, "%lf,%lf%c", &out[0], &out[1], &rest) != 2)
		return ERR_USAGE("--%s '%s': two numbers with a comma between", option, text);
	return 0;
}

/* What happens to the radiograph after the material integrals; the settings are refused before anything is
 * read. */
static int film_from(struct drr_job *j, const struct drr_arguments *a)
{
	static const char *const exposures[] = { "behind", "open" };
	double grid[2] = { 1, 1 };
	if (a->grid && pair(grid, "grid", a->grid) != 0)
		return -1;
	j->film = a->film;
	j->film.grid_primary = grid[0];
	j->film.grid_scatter = grid[1];
	j->film.exposure = (enum film_exposure)choice(a->exposure, exposures, 2);
	if (film_model_check(&j->film) != 0)
		return -1;
	if (j->film.focal_spot_mm > 0 && strcmp(a->projection, "cone") != 0)
		return ERR_USAGE("--focal-spot-mm: parallel rays have no focal spot");
	if (j->picture.quantity == PICTURE_RADIOGRAPH)
		j->picture.film = &j->film;
	if (strcmp(a->purpose, "presentation") == 0) {
		if (processing_parse(&j->processing, a->processing ? a->processing : "standard") != 0)
			return -1;
		j->picture.processing = &j->processing;
	}
	j->preview_window[0] = j->preview_window[1] = NAN;
	if (!a->preview_window)
		return 0;
	if (pair(j->preview_window, "preview-window", a->preview_window) != 0)
		return -1;
	return j->preview_window[0] < j->preview_window[1]
		       ? 0
		       : ERR_USAGE("--preview-window '%s': black must lie below white", a->preview_window);
}

/* The scanner of --quantity dxa; the isocentre follows with the volume. */
static int dxa_from(struct drr_job *j, const struct drr_arguments *a)
{
	static const char *const kinds[] = { "pencil", "fan" };
	struct picture *p = &j->picture;
	struct dxa_picture *d = &j->dxa;
	if (p->quantity != PICTURE_DXA)
		return 0;
	d->options = dxa_simulator_options_default();
	d->options.seed = (uint64_t)a->film.seed;
	d->tissue = a->dxa_tissue;
	d->geometry = (struct dxa_geometry){
		.kind = (enum dxa_geometry_kind)choice(a->dxa_geometry, kinds, 2),
		.view = p->geometry.view,
		.cols = p->geometry.cols,
		.rows = p->geometry.rows,
		.pixel_mm = p->geometry.pixel_mm,
		.sod_mm = a->sod_mm,
		.sdd_mm = a->sdd_mm,
	};
	p->dxa = d;
	if (a->dxa_photons && pair(d->options.photons_per_mm2, "dxa-photons-per-mm2", a->dxa_photons) != 0)
		return -1;
	d->readings = calloc((size_t)p->n_poses, sizeof(*d->readings));
	return d->readings ? dxa_picture_check(d) : ERR_RESOURCE("out of memory for the readings");
}

static int check_source(struct drr_job *j)
{
	const struct picture *p = &j->picture;
	if (p->quantity != PICTURE_DXA)
		return placement_check_source(&p->geometry, &j->values, j->poses, p->n_poses);
	memcpy(j->dxa.geometry.isocentre_mm, p->geometry.isocentre_mm, sizeof(p->geometry.isocentre_mm));
	return dxa_picture_check_source(&j->dxa, &j->values, j->poses, p->n_poses);
}

static int picture_from(struct drr_job *j, const struct drr_arguments *a)
{
	static const char *const quantities[] = { "integral", "mineral", "radiograph", "dxa" };
	static const char *const models[] = { "pwc", "trilinear", "joseph" };
	struct picture *p = &j->picture;
	p->quantity = (enum picture_quantity)choice(a->quantity, quantities, 4);
	p->model = (enum projector_model)choice(a->model, models, 3);
	p->path = a->path;
	p->area = a->area;
	if (geometry_from(&p->geometry, a) != 0 || poses_from(j, a) != 0 || film_from(j, a) != 0 ||
		dxa_from(j, a) != 0 || picture_check_memory(p) != 0 || density_from(j, a) != 0 ||
		materials_from(j, a) != 0 || read_volumes(j, a) != 0 || check_source(j) != 0)
		return -1;
	p->values = &j->values;
	p->poses = j->poses;
	if (!a->labels)
		return 0;
	p->labels = &j->labels;
	p->map = &j->map;
	if (p->quantity == PICTURE_MINERAL) {
		p->bones = &j->bones;
		if (!j->calibration.flags_known)
			log_warn("'%s' was calibrated without labels: nobody has looked for metal in its "
				 "bones",
				a->volume);
		return bone_selection_make(&j->bones, &j->map, &j->labels, &j->calibration, a->bones);
	}
	return 0;
}

int drr_job_open(struct drr_job *j, const struct drr_arguments *a)
{
	if (check(a) != 0 || device_open(&j->device, a->device) != 0 || picture_from(j, a) != 0)
		return -1;
	return picture_check_memory(&j->picture); /* now with the bones' frames */
}

void drr_job_free(struct drr_job *j)
{
	volume_free(&j->values);
	volume_free(&j->labels);
	volume_free(&j->image);
	label_map_free(&j->map);
	bone_selection_free(&j->bones);
	device_close(&j->device);
	free(j->poses);
	free(j->dxa.readings);
}

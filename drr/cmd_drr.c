/* xbmd drr: projections of a CT or density volume. */
#include <math.h>

#include "drr/drr_job.h"
#include "drr/drr_output.h"
#include "host/run/err.h"
#include "host/run/opt.h"

static int run(const struct drr_arguments *a, const struct opt *table)
{
	struct drr_job j = { 0 };
	int rc = -1;
	TRY(drr_output_check(a));
	TRY(drr_job_open(&j, a));
	TRY(picture_render(&j.device, &j.image, &j.picture));
	TRY(drr_output_write(&j, a, table));
	rc = 0;
cleanup:
	drr_job_free(&j);
	return rc;
}

/* What is projected. */
static void add_image(struct opt_list *list, struct drr_arguments *a)
{
	const struct opt table[] = {
		OPT_TEXT("volume", a->volume, OPT_REQUIRED, "V.nii.gz",
			"CT in HU, or a density volume with its sidecar"),
		OPT_TEXT("labels", a->labels, 0, "SEG.nii.gz", "label volume on the same grid"),
		OPT_TEXT("label-map", a->label_map, 0, "NAME|FILE",
			"meaning of the labels: totalseg, painted or a YAML file"),
		OPT_CHOICE("quantity", a->quantity, OPT_REQUIRED, "integral|mineral|radiograph|dxa",
			"value x mm; g/cm2 of each bone; -ln(I/I0); or g/cm2 as a DXA scanner reads it"),
		OPT_CHOICE("model", a->model, 0, "pwc|trilinear|joseph", "what lies between voxel centres"),
		OPT_TEXT("bones", a->bones, 0, "NAME,...", "mineral: only these bones"),
		OPT_FLAG("remove-rods", a->remove_rods, "take the calibration phantom out of the image first"),
		OPT_FLAG("path", a->path, "mineral: path length frames (cm) as well"),
		OPT_FLAG("area", a->area, "integral, mineral: the mean over a pixel's area, which keeps mass on coarse detectors"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* From where. */
static void add_geometry(struct opt_list *list, struct drr_arguments *a)
{
	const struct opt table[] = {
		OPT_CHOICE("projection", a->projection, 0, "cone|parallel", "beam"),
		OPT_DOUBLE("sdd-mm", a->sdd_mm, 0, "cone, fan: source to detector, mm"),
		OPT_DOUBLE("sod-mm", a->sod_mm, 0, "cone, fan: source to isocentre, mm"),
		OPT_SIZE("size", a->size, 0, "detector pixels"),
		OPT_DOUBLE("pixel-mm", a->pixel_mm, 0,
			"pixel size, mm (cone: at the detector, parallel and dxa: at the isocentre)"),
		OPT_CHOICE("view", a->view, 0, "ap|pa|lat", "direction of the rays"),
		OPT_VEC3("rotate-deg", a->rotate_deg, 0,
			"pose: the patient turned about world x, then y, then z, degrees"),
		OPT_VEC3("shift-mm", a->shift_mm, 0, "pose: the patient shifted afterwards, world mm"),
		OPT_TEXT("poses", a->poses, 0, "P.tsv",
			"many poses: columns rx ry rz tx ty tz, degrees and mm"),
		OPT_VEC3("isocentre-mm", a->isocentre_mm, 0, "world mm; default: the centre of the volume"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* With which beam. */
static void add_beam(struct opt_list *list, struct drr_arguments *a)
{
	const struct opt table[] = {
		OPT_DOUBLE("kvp", a->kvp, 0, "radiograph: tube voltage, 70, 80, 90, 100, 120 or 140"),
		OPT_DOUBLE("added-al-mm", a->added_al_mm, 0,
			"radiograph: aluminium filter besides the tube's own, mm"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* The film and its look: any of them asks for a radiograph. */
static void add_film(struct opt_list *list, struct drr_arguments *a)
{
	const struct opt table[] = {
		OPT_DOUBLE("photons-per-mm2", a->film.photons_per_mm2, 0,
			"radiograph: quantum noise of so many photons (72500 = 2.5 uGy); 0 = none"),
		OPT_CHOICE("exposure", a->exposure, 0, "behind|open",
			"photons behind the patient (mean of the middle third) or of the open beam"),
		OPT_DOUBLE("swank", a->film.swank, 0, "quantum noise: variance is mean / swank; CsI 0.9"),
		OPT_DOUBLE(
			"electronic-noise", a->film.electronic_noise_photons, 0, "SD of a pixel, in photons"),
		OPT_DOUBLE("focal-spot-mm", a->film.focal_spot_mm, 0,
			"radiograph: blur of FWHM size x (sdd / sod - 1) at the detector"),
		OPT_DOUBLE("detector-blur-mm", a->film.detector_blur_mm, 0,
			"radiograph: FWHM of the detector's blur"),
		OPT_DOUBLE(
			"detector-tail-mm", a->film.detector_tail_mm, 0, "FWHM of the blur's second Gaussian"),
		OPT_DOUBLE("detector-tail-share", a->film.detector_tail_share, 0, "its share of the signal"),
		OPT_DOUBLE("scatter", a->film.scatter_to_primary, 0,
			"radiograph: mean scatter-to-primary ratio over the body, before the grid"),
		OPT_DOUBLE("scatter-spread", a->film.scatter_spread, 0,
			"tangent of the typical angle of scatter"),
		OPT_DOUBLE("air-gap-mm", a->film.air_gap_mm, 0, "scatter: patient to detector, mm"),
		OPT_TEXT_OR_BARE("grid", a->grid, 0, "TP,TS",
			"anti-scatter grid: transmission of primary and scatter", "0.68,0.12"),
		OPT_DOUBLE("heel", a->film.heel, 0,
			"the beam's shading from the first row to the last, a share of its mean"),
		OPT_DOUBLE("flat-field", a->film.flat_field_residual, 0,
			"radiograph: relative SD of what the flat-field correction leaves"),
		OPT_DOUBLE("raw-gain", a->film.raw_gain_sd, 0,
			"radiograph: no flat-field correction, and this relative SD of gains"),
		OPT_DOUBLE("offset", a->film.offset_sd, 0,
			"radiograph: SD of the dark image's offset, in open beams"),
		OPT_INT("detector-seed", a->film.detector_seed, 0, "of the detector's fixed pattern"),
		OPT_CHOICE("for", a->purpose, 0, "processing|presentation",
			"radiograph: -ln(I/I0), or grey values 0..1 as vendors show them"),
		OPT_TEXT("processing", a->processing, 0, "NAME[,FIELD=X..]",
			"presentation: soft, standard, high-contrast or linear, and changes to it"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* The scanner: any of them asks for dxa. */
static void add_dxa(struct opt_list *list, struct drr_arguments *a)
{
	const struct opt table[] = {
		OPT_CHOICE(
			"dxa-energies", a->dxa_energies, 0, "40/70|38/70|45/100", "dxa: the two beams, keV"),
		OPT_CHOICE("dxa-geometry", a->dxa_geometry, 0, "pencil|fan",
			"dxa: parallel rays, or a fan across the patient that travels along"),
		OPT_TEXT("dxa-photons-per-mm2", a->dxa_photons, 0, "LOW,HIGH",
			"dxa: counting noise of so many photons without a patient; not given: none"),
		OPT_FLAG("dxa-tissue", a->dxa_tissue, "dxa: a frame of soft tissue (g/cm2) as well"),
		OPT_END,
	};
	opt_list_add(list, table);
}

/* Noise, place and files. */
static void add_output(struct opt_list *list, struct drr_arguments *a)
{
	const struct opt table[] = {
		OPT_INT("seed", a->film.seed, 0, "of all noise"),
		OPT_TEXT("preview", a->preview, 0, "OUT.png", "16-bit picture for looking at, as well"),
		OPT_TEXT("preview-window", a->preview_window, 0, "BLACK,WHITE",
			"values shown black and white; default: 0.5th and 99.5th percentile"),
		OPT_TEXT("device", a->device, 0, "DEVICE", "cpu, cuda:N or auto"),
		OPT_TEXT("out", a->out, OPT_REQUIRED, "OUT.nii.gz",
			"projection to write, with OUT.json beside it"),
		OPT_FLAG("force", a->force, "overwrite"),
		OPT_END,
	};
	opt_list_add(list, table);
}

int cmd_drr(int argc, char **argv);
int cmd_drr(int argc, char **argv)
{
	struct drr_arguments a = { .label_map = "totalseg",
		.model = "trilinear",
		.projection = "cone",
		.view = "ap",
		.device = "auto",
		.sdd_mm = 1100,
		.sod_mm = 950,
		.size = { 512, 512 },
		.pixel_mm = 0.8,
		.isocentre_mm = { NAN, NAN, NAN }, /* not given */
		.kvp = 80,
		.exposure = "behind",
		.purpose = "processing",
		.dxa_energies = "40/70",
		.dxa_geometry = "pencil",
		.film = film_model_default() };
	struct opt_list list = { 0 };
	const struct opt *table = list.option;
	add_image(&list, &a);
	add_geometry(&list, &a);
	add_beam(&list, &a);
	const int64_t film = list.n;
	add_film(&list, &a);
	const int64_t dxa = list.n;
	add_dxa(&list, &a);
	const int64_t output = list.n;
	add_output(&list, &a);
	int go = opt_parse(
		argc, argv, "render radiographs and maps of mineral from a CT or density volume", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	a.isocentre_given = opt_given(table, "isocentre-mm");
	a.pose_given = opt_given(table, "rotate-deg") || opt_given(table, "shift-mm");
	a.film_given = opt_any_given(table + film, dxa - film);
	a.seed_given = opt_given(table, "seed");
	a.projection_given = opt_given(table, "projection");
	a.dxa_given = opt_any_given(table + dxa, output - dxa);
	return run(&a, table);
}

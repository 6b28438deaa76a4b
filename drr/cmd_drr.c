/* xbmd drr: projections of a CT or density volume. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ct/calibrate.h"
#include "ct/remove.h"
#include "ct/same_file.h"
#include "drr/picture.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"
#include "host/run/version.h"

#define RAD_PER_DEG 0.017453292519943295

struct arguments {
	const char *volume, *labels, *label_map, *quantity, *model, *bones, *projection, *view, *poses,
		*device, *out;
	double sdd_mm, sod_mm, pixel_mm, rotate_deg[3], shift_mm[3], isocentre_mm[3], kvp, added_al_mm;
	int64_t size[2];
	bool path, remove_rods, force, isocentre_given, pose_given;
};
/* Everything a run owns. */
struct job {
	struct volume values, labels, image;
	struct label_map map;
	struct calibration calibration;
	struct bone_selection bones;
	struct spectrum spectrum;
	struct device device;
	struct picture picture;
	struct pose *poses;
	bool density; /* the volume's sidecar says so */
};

static int check(const struct arguments *a)
{
	bool mineral = strcmp(a->quantity, "mineral") == 0;
	size_t length = strlen(a->out);
	if (!(length > 4 && strcmp(a->out + length - 4, ".nii") == 0) &&
		!(length > 7 && strcmp(a->out + length - 7, ".nii.gz") == 0))
		return ERR_USAGE("--out '%s': a projection is a NIfTI image, *.nii or *.nii.gz", a->out);
	if (a->bones && !(mineral && a->labels))
		return ERR_USAGE("--bones goes with --quantity mineral and --labels");
	if (a->path && !mineral)
		return ERR_USAGE("--path goes with --quantity mineral");
	if (a->remove_rods && !a->labels)
		return ERR_USAGE("--remove-rods needs the --labels the volume was calibrated with");
	if (a->poses && a->pose_given)
		return ERR_USAGE("--poses already gives each pose: leave out --rotate-deg and --shift-mm");
	return 0;
}

/* Neither the image nor its sidecar may stand in the way or be an input. */
static int check_outputs(const struct arguments *a, char sidecar[PATH_BYTES])
{
	const char *inputs[] = { a->volume, a->labels, a->poses };
	if (path_sidecar(sidecar, a->out) != 0)
		return -1;
	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		if (same_file_refuse(a->out, inputs[i]) != 0 || same_file_refuse(sidecar, inputs[i]) != 0)
			return -1;
	return path_check_output(a->out, a->force) != 0 ? -1 : path_check_output(sidecar, a->force);
}

static int choice(const char *word, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	BUG("'%s' is not among the choices", word);
}

static int geometry_from(struct geometry *g, const struct arguments *a)
{
	static const char *const views[] = { "ap", "pa", "lat" };
	*g = (struct geometry){
		.projection = strcmp(a->projection, "cone") == 0 ? GEOMETRY_CONE : GEOMETRY_PARALLEL,
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

static int poses_from(struct job *j, const struct arguments *a)
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

/* A density volume is known by its sidecar's calibration line; without one the volume is a CT in HU. */
static int density_from(struct job *j, const struct arguments *a)
{
	char sidecar[PATH_BYTES];
	struct json *root = NULL;
	if (j->picture.quantity == PICTURE_MINERAL) {
		j->density = true;
		return calibration_read_sidecar(&j->calibration, a->volume);
	}
	if (path_sidecar(sidecar, a->volume) != 0)
		return -1;
	if (!path_exists(sidecar))
		return 0;
	if (json_read(&root, sidecar) != 0)
		return -1;
	j->density = json_member(root, "slope_mg_cm3_per_hu") != NULL;
	json_free(root);
	return j->density ? calibration_read_sidecar(&j->calibration, a->volume) : 0;
}

static int remove_phantom(struct job *j, const struct arguments *a)
{
	const struct calibration *c = &j->calibration;
	if (!j->density || c->n_rods == 0) {
		log_warn("'%s' was not calibrated by rods: --remove-rods removes nothing", a->volume);
		return 0;
	}
	float air = (float)(c->slope_mg_cm3_per_hu * -1000.0 + c->intercept_mg_cm3);
	return remove_rods(&j->values, &j->labels, c, air, REMOVE_MARGIN_MM);
}

static int read_volumes(struct job *j, const struct arguments *a)
{
	if (nifti_read_image(&j->values, a->volume) != 0)
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
static int materials_from(struct job *j, const struct arguments *a)
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
	if (p->quantity != PICTURE_RADIOGRAPH)
		return 0;
	p->spectrum = &j->spectrum;
	return material_model_check(&p->materials) != 0 ? -1
							: spectrum_load(&j->spectrum, a->kvp, a->added_al_mm);
}

static int picture_from(struct job *j, const struct arguments *a)
{
	static const char *const quantities[] = { "integral", "mineral", "radiograph" };
	static const char *const models[] = { "pwc", "trilinear", "joseph" };
	struct picture *p = &j->picture;
	p->quantity = (enum picture_quantity)choice(a->quantity, quantities, 3);
	p->model = (enum projector_model)choice(a->model, models, 3);
	p->path = a->path;
	if (geometry_from(&p->geometry, a) != 0 || poses_from(j, a) != 0 || density_from(j, a) != 0 ||
		materials_from(j, a) != 0 || read_volumes(j, a) != 0)
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

static struct json *versions_json(void)
{
	struct json *object = json_object();
	json_put_text(object, "xbmd", version_number());
	json_put_text(object, "commit", version_commit());
	return object;
}

static struct json *volume_json(const struct job *j)
{
	struct json *object = json_object();
	json_put_bool(object, "density", j->density);
	if (j->density) {
		json_put_number(object, "slope_mg_cm3_per_hu", j->calibration.slope_mg_cm3_per_hu);
		json_put_number(object, "intercept_mg_cm3", j->calibration.intercept_mg_cm3);
		json_put_text(object, "unit", j->calibration.unit);
		json_put_bool(object, "metal_checked", j->calibration.flags_known);
	}
	return object;
}

static struct json *sidecar_json(const struct job *j, const struct arguments *a, const struct opt *table)
{
	const struct picture *p = &j->picture;
	struct json *root = json_object(), *poses = json_array();
	for (int64_t i = 0; i < p->n_poses; i++)
		json_push(poses, pose_to_json(&p->poses[i]));
	json_put_text(root, "quantity", a->quantity);
	json_put_text(root, "model", a->model);
	json_put(root, "geometry", geometry_to_json(&p->geometry));
	json_put(root, "poses", poses);
	json_put(root, "volume", volume_json(j));
	if (p->quantity == PICTURE_RADIOGRAPH) {
		json_put_number(root, "kvp", a->kvp);
		json_put_number(root, "added_al_mm", a->added_al_mm);
		json_put(root, "materials", material_model_to_json(&p->materials));
	}
	json_put(root, "frames", picture_frames(p, &j->image));
	json_put(root, "excluded", bone_selection_excluded(&j->bones));
	json_put(root, "versions", versions_json());
	json_put(root, "options", json_from_options(table));
	return root;
}

/* Each file is whole or absent, and an image never stands beside another run's sidecar. */
static int write_both(const struct job *j, const char *out, const char *sidecar, const struct json *root)
{
	unlink(sidecar);
	if (nifti_write(out, &j->image, 1) != 0)
		return -1;
	if (json_write(root, sidecar) == 0)
		return 0;
	unlink(out);
	return -1;
}

static void job_free(struct job *j)
{
	volume_free(&j->values);
	volume_free(&j->labels);
	volume_free(&j->image);
	label_map_free(&j->map);
	bone_selection_free(&j->bones);
	device_close(&j->device);
	free(j->poses);
}

/* What the user should know about the finished files; the sidecar says it too. */
static void warn(const struct job *j)
{
	int64_t cut = picture_cut_frames(&j->picture, &j->image);
	for (int64_t i = 0; i < j->bones.n_excluded; i++)
		log_warn("'%s' is left out: %s", j->bones.excluded[i].name, j->bones.excluded[i].reason);
	if (cut > 0)
		log_warn("%lld of %lld frames reach the detector's edge: mineral beyond it is missing",
			(long long)cut, (long long)j->image.n[2]);
}

static int run(const struct arguments *a, const struct opt *table)
{
	struct job j = { 0 };
	struct json *root = NULL;
	char sidecar[PATH_BYTES];
	int rc = -1;
	TRY(check(a));
	TRY(check_outputs(a, sidecar));
	TRY(device_open(&j.device, a->device));
	TRY(picture_from(&j, a));
	TRY(picture_render(&j.device, &j.image, &j.picture));
	root = sidecar_json(&j, a, table);
	TRY(write_both(&j, a->out, sidecar, root));
	warn(&j);
	rc = 0;
cleanup:
	json_free(root);
	job_free(&j);
	return rc;
}

int cmd_drr(int argc, char **argv);
int cmd_drr(int argc, char **argv)
{
	struct arguments a = { .label_map = "totalseg",
		.model = "trilinear",
		.projection = "cone",
		.view = "ap",
		.device = "auto",
		.sdd_mm = 1100,
		.sod_mm = 950,
		.size = { 512, 512 },
		.pixel_mm = 0.8,
		.isocentre_mm = { NAN, NAN, NAN }, /* not given */
		.kvp = 80 };
	const struct opt table[] = {
		OPT_TEXT("volume", a.volume, OPT_REQUIRED, "V.nii.gz",
			"CT in HU, or a density volume with its sidecar"),
		OPT_TEXT("labels", a.labels, 0, "SEG.nii.gz", "label volume on the same grid"),
		OPT_TEXT("label-map", a.label_map, 0, "NAME|FILE",
			"meaning of the labels: totalseg, painted or a YAML file"),
		OPT_CHOICE("quantity", a.quantity, OPT_REQUIRED, "integral|mineral|radiograph",
			"value x mm; g/cm2 of each bone; or -ln(I/I0)"),
		OPT_CHOICE("model", a.model, 0, "pwc|trilinear|joseph", "what lies between voxel centres"),
		OPT_TEXT("bones", a.bones, 0, "NAME,...", "mineral: only these bones"),
		OPT_FLAG("remove-rods", a.remove_rods, "take the calibration phantom out of the image first"),
		OPT_FLAG("path", a.path, "mineral: path length frames (cm) as well"),
		OPT_CHOICE("projection", a.projection, 0, "cone|parallel", "beam"),
		OPT_DOUBLE("sdd-mm", a.sdd_mm, 0, "cone: source to detector, mm"),
		OPT_DOUBLE("sod-mm", a.sod_mm, 0, "cone: source to isocentre, mm"),
		OPT_SIZE("size", a.size, 0, "detector pixels"),
		OPT_DOUBLE("pixel-mm", a.pixel_mm, 0,
			"pixel size, mm (cone: at the detector, parallel: at the object)"),
		OPT_CHOICE("view", a.view, 0, "ap|pa|lat", "direction of the rays"),
		OPT_VEC3("rotate-deg", a.rotate_deg, 0,
			"pose: the patient turned about world x, then y, then z, degrees"),
		OPT_VEC3("shift-mm", a.shift_mm, 0, "pose: the patient shifted afterwards, world mm"),
		OPT_TEXT("poses", a.poses, 0, "P.tsv",
			"many poses: columns rx ry rz tx ty tz, degrees and mm"),
		OPT_VEC3("isocentre-mm", a.isocentre_mm, 0, "world mm; default: the centre of the volume"),
		OPT_DOUBLE("kvp", a.kvp, 0, "radiograph: tube voltage, 70, 80, 90, 100, 120 or 140"),
		OPT_DOUBLE("added-al-mm", a.added_al_mm, 0,
			"radiograph: aluminium filter besides the tube's own, mm"),
		OPT_TEXT("device", a.device, 0, "DEVICE", "cpu, cuda:N or auto"),
		OPT_TEXT("out", a.out, OPT_REQUIRED, "OUT.nii.gz",
			"projection to write, with OUT.json beside it"),
		OPT_FLAG("force", a.force, "overwrite"),
		OPT_END,
	};
	int go = opt_parse(
		argc, argv, "render radiographs and maps of mineral from a CT or density volume", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	a.isocentre_given = opt_given(table, "isocentre-mm");
	a.pose_given = opt_given(table, "rotate-deg") || opt_given(table, "shift-mm");
	return run(&a, table);
}

#include "drr/drr_output.h"

#include <string.h>
#include <unistd.h>

#include "ct/same_file.h"
#include "drr/placement.h"
#include "drr/preview.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/version.h"

/* Neither the image, its sidecar nor the preview may stand in the way or be an input. */
int drr_output_check(const struct drr_arguments *a)
{
	const char *inputs[] = { a->volume, a->labels, a->poses };
	char sidecar[PATH_BYTES];
	const char *outputs[] = { a->out, sidecar, a->preview };
	if (path_sidecar(sidecar, a->out) != 0)
		return -1;
	if (a->preview &&
		!(strlen(a->preview) > 4 && strcmp(a->preview + strlen(a->preview) - 4, ".png") == 0))
		return ERR_USAGE("--preview '%s': a preview is a PNG picture, *.png", a->preview);
	for (size_t o = 0; o < sizeof outputs / sizeof outputs[0]; o++)
		for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
			if (same_file_refuse(outputs[o], inputs[i]) != 0)
				return -1;
	for (size_t o = 0; o < sizeof outputs / sizeof outputs[0]; o++)
		if (outputs[o] && path_check_output(outputs[o], a->force) != 0)
			return -1;
	return 0;
}

static struct json *versions_json(void)
{
	struct json *object = json_object();
	json_put_text(object, "xbmd", version_number());
	json_put_text(object, "commit", version_commit());
	return object;
}

static struct json *volume_json(const struct drr_job *j)
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

/* Grey values say what they are, so that nobody takes them for -ln(I/I0). */
static struct json *processing_json(const struct drr_job *j, const struct drr_arguments *a)
{
	struct json *object = json_object();
	json_put_text(object, "for", a->purpose);
	json_put_text(object, "values", j->picture.processing ? "grey, 0 to 1, no attenuation" : "-ln(I/I0)");
	if (j->picture.processing) {
		json_put_text(object, "preset", a->processing ? a->processing : "standard");
		json_put(object, "parameters", processing_to_json(j->picture.processing));
	}
	return object;
}

static double behind_detector_mm(const struct drr_job *j)
{
	struct geometry detector = j->picture.geometry;
	if (j->picture.dxa)
		dxa_geometry_detector(&detector, &j->picture.dxa->geometry);
	return placement_behind_detector_mm(&detector, &j->values, j->poses, j->picture.n_poses);
}

/* A fan's frame lies in the plane of a parallel image, its rays do not. */
static struct json *geometry_json(const struct picture *p)
{
	struct json *object = geometry_to_json(&p->geometry);
	if (p->dxa && p->dxa->geometry.kind == DXA_GEOMETRY_FAN) {
		json_put_text(object, "projection", "fan");
		json_put_number(object, "sdd_mm", p->dxa->geometry.sdd_mm);
		json_put_number(object, "sod_mm", p->dxa->geometry.sod_mm);
	}
	return object;
}

static struct json *sidecar_json(const struct drr_job *j, const struct drr_arguments *a,
	const struct opt *table, const struct preview *preview)
{
	const struct picture *p = &j->picture;
	struct json *root = json_object(), *poses = json_array();
	for (int64_t i = 0; i < p->n_poses; i++)
		json_push(poses, pose_to_json(&p->poses[i]));
	json_put_text(root, "quantity", p->processing ? "presentation" : a->quantity);
	json_put_text(root, "model", a->model);
	json_put_bool(root, "area", p->area);
	json_put(root, "geometry", geometry_json(p));
	json_put(root, "poses", poses);
	json_put(root, "volume", volume_json(j));
	if (p->quantity == PICTURE_RADIOGRAPH) {
		json_put_number(root, "kvp", a->kvp);
		json_put_number(root, "added_al_mm", a->added_al_mm);
		json_put(root, "materials", material_model_to_json(&p->materials));
		json_put(root, "film", film_model_to_json(p->film));
		json_put(root, "processing", processing_json(j, a));
	}
	if (p->quantity == PICTURE_DXA) {
		json_put(root, "materials", material_model_to_json(&p->materials));
		json_put(root, "dxa", dxa_picture_to_json(p->dxa, p->n_poses));
	}
	json_put_number(root, "behind_detector_mm", behind_detector_mm(j));
	if (a->preview)
		json_put(root, "preview", preview_to_json(preview));
	json_put(root, "frames", picture_frames(p, &j->image));
	json_put(root, "excluded", bone_selection_excluded(&j->bones));
	json_put(root, "versions", versions_json());
	json_put(root, "options", json_from_options(table));
	return root;
}

/* Each file is whole or absent, and an image never stands beside another run's sidecar. */
static int write_all(const struct drr_job *j, const struct drr_arguments *a, const struct preview *preview,
	const char *sidecar, const struct json *root)
{
	unlink(sidecar);
	if (nifti_write(a->out, &j->image, 1) != 0)
		return -1;
	if (a->preview && preview_write(a->preview, preview, &j->image, picture_unit(&j->picture)) != 0) {
		unlink(a->out);
		return -1;
	}
	if (json_write(root, sidecar) == 0)
		return 0;
	unlink(a->out);
	if (a->preview)
		unlink(a->preview);
	return -1;
}

static void warn_of_refused(const struct dxa_picture *d, int64_t n_poses)
{
	int64_t pixels[DXA_SIMULATOR_STATUSES];
	dxa_picture_pixels(pixels, d, n_poses);
	for (int s = DXA_SIMULATOR_OK + 1; s < DXA_SIMULATOR_STATUSES; s++)
		if (pixels[s] > 0)
			log_warn("%lld pixels have no reading and are NaN: %s", (long long)pixels[s],
				dxa_simulator_status_name((enum dxa_simulator_status)s));
}

/* What the user should know about the finished files; the sidecar says it too. */
static void warn(const struct drr_job *j, const struct preview *preview)
{
	int64_t cut = picture_cut_frames(&j->picture, &j->image);
	for (int64_t i = 0; i < j->bones.n_excluded; i++)
		log_warn("'%s' is left out: %s", j->bones.excluded[i].name, j->bones.excluded[i].reason);
	if (cut > 0)
		log_warn("%lld of %lld frames reach the detector's edge: mineral beyond it is missing",
			(long long)cut, (long long)j->image.n[2]);
	if (behind_detector_mm(j) > 0)
		log_warn("the detector plane cuts the volume: what lies behind it, up to %.0f mm, does not "
			 "count",
			behind_detector_mm(j));
	if (j->picture.dxa)
		warn_of_refused(j->picture.dxa, j->picture.n_poses);
	if (preview->shown > 0 && preview->shown < j->image.n[2])
		log_warn("the preview shows the first %lld of %lld frames", (long long)preview->shown,
			(long long)j->image.n[2]);
}

int drr_output_write(const struct drr_job *j, const struct drr_arguments *a, const struct opt *table)
{
	struct preview preview = { 0 };
	struct json *root = NULL;
	char sidecar[PATH_BYTES];
	int rc = -1;
	TRY(path_sidecar(sidecar, a->out));
	if (a->preview)
		preview_plan(&preview, &j->image, picture_unit(&j->picture), j->preview_window);
	root = sidecar_json(j, a, table, &preview);
	TRY(write_all(j, a, &preview, sidecar, root));
	warn(j, &preview);
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

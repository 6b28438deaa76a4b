#include "gan/true_maps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gan/render.h"
#include "host/files/json.h"
#include "host/run/err.h"
#include "host/run/log.h"

static const double RAD_PER_DEG = 0.017453292519943295;
static const double PIXEL_MM = 1.0; /* coarser than a fine film's, finer than the view's */

static int read_pose(struct pose *pose, const struct json *object, const char *where)
{
	if (json_get_numbers(object, "rotate_deg", where, pose->rotate_rad, 3) != 0)
		return -1;
	for (int k = 0; k < 3; k++)
		pose->rotate_rad[k] *= RAD_PER_DEG;
	return json_get_numbers(object, "shift_mm", where, pose->shift_mm, 3);
}

/* The film's field in pixels of about PIXEL_MM. */
static int read_geometry(struct geometry *g, const struct json *sidecar, const char *where)
{
	const struct json *object = json_member(sidecar, "geometry");
	double size[2];
	*g = (struct geometry){ .projection = GEOMETRY_CONE, .view = GEOMETRY_AP };
	if (!object)
		return ERR_INVALID("'%s': no \"geometry\"", where);
	if (json_get_number(object, "sdd_mm", where, &g->sdd_mm) != 0 ||
		json_get_number(object, "sod_mm", where, &g->sod_mm) != 0 ||
		json_get_number(object, "pixel_mm", where, &g->pixel_mm) != 0 ||
		json_get_numbers(object, "size", where, size, 2) != 0 ||
		json_get_numbers(object, "isocentre_mm", where, g->isocentre_mm, 3) != 0)
		return -1;
	double width_mm = size[0] * g->pixel_mm, height_mm = size[1] * g->pixel_mm;
	if (!(width_mm > PIXEL_MM && width_mm < 1e4 && height_mm > PIXEL_MM && height_mm < 1e4))
		return ERR_INVALID("'%s': a film of %g x %g mm", where, width_mm, height_mm);
	g->cols = lround(width_mm / PIXEL_MM);
	g->pixel_mm = width_mm / (double)g->cols;
	g->rows = lround(height_mm / g->pixel_mm);
	return geometry_check(g);
}

/* How the film was taken. */
struct taken {
	struct geometry geometry;
	struct pose pelvis, femur[SUBJECT_HIPS];
};

static int read_poses(struct taken *t, const struct json *record, const char *where)
{
	static const char *const names[SUBJECT_HIPS] = { "right_femur", "left_femur" };
	const struct json *films = json_member(record, "films"), *film = films ? json_at(films, 0) : NULL;
	const struct json *pelvis = film ? json_member(film, "pelvis") : NULL;
	if (!pelvis)
		return ERR_INVALID("'%s': no \"pelvis\" in the first of \"films\"", where);
	if (read_pose(&t->pelvis, pelvis, where) != 0)
		return -1;
	for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
		const struct json *femur = json_member(film, names[hip]);
		const struct json *pose = femur ? json_member(femur, "pose") : NULL;
		if (!pose)
			return ERR_INVALID("'%s': no pose of \"%s\" in the first of \"films\"", where, names[hip]);
		if (read_pose(&t->femur[hip], pose, where) != 0)
			return -1;
	}
	return 0;
}

static int read_taken(struct taken *t, const char *record_path, const char *sidecar_path)
{
	struct json *record = NULL, *sidecar = NULL;
	int rc = -1;
	TRY(json_read(&record, record_path));
	TRY(json_read(&sidecar, sidecar_path));
	TRY(read_geometry(&t->geometry, sidecar, sidecar_path));
	TRY(read_poses(t, record, record_path));
	rc = 0;
cleanup:
	json_free(record);
	json_free(sidecar);
	return rc;
}

static int project(struct true_maps *m, struct subject *s, const struct taken *t, const struct sample_view *view)
{
	const int64_t pixels = view->rows * view->cols;
	const struct geometry *g = &t->geometry;
	struct projection pelvis = { 0 }, femur = { 0 };
	int rc = -1;
	TRY(memory_alloc(&m->block, NULL, (size_t)(SUBJECT_HIPS * SAMPLE_CHANNELS * pixels) * sizeof(float), "true maps"));
	TRY(projection_alloc(&pelvis, g, 1, SUBJECT_CHANNELS, false, false, true, true));
	TRY(projection_alloc(&femur, g, 1, SUBJECT_CHANNELS, false, false, true, true));
	TRY(projector_render(&pelvis, &s->resident, PROJECTOR_PWC, g, &t->pelvis, 1));
	for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
		float *to = (float *)m->block.data + hip * SAMPLE_CHANNELS * pixels;
		if (!s->hips[hip].usable || s->hips[hip].truncated)
			continue;
		TRY(projector_render(&femur, &s->resident, PROJECTOR_PWC, g, &t->femur[hip], 1));
		TRY(render_cut_maps(to, &femur, &pelvis, hip, s->hips[hip].side, view, g->pixel_mm));
		m->of[hip] = to;
	}
	rc = 0;
cleanup:
	projection_free(&pelvis);
	projection_free(&femur);
	return rc;
}

int true_maps_make(struct true_maps *m, const struct device *device, const char *study_root,
	const struct study_session *session, const struct sample_view *view)
{
	char record[PATH_BYTES], sidecar[PATH_BYTES], density[PATH_BYTES], labels[PATH_BYTES];
	struct label_map map = { 0 };
	struct subject subject = { 0 };
	struct taken taken;
	int rc = -1;
	*m = (struct true_maps){ 0 };
	TRY(path_format(record, "%s/truth/records/%s_%s.json", study_root, session->participant, session->session));
	TRY(study_path(sidecar, study_root, session, STUDY_XRAY_JSON));
	TRY(study_path(density, study_root, session, STUDY_DENSITY));
	TRY(study_path(labels, study_root, session, STUDY_LABELS));
	if (!path_exists(record) || !path_exists(density))
		return 0;
	TRY(read_taken(&taken, record, sidecar));
	TRY(label_map_load(&map, "totalseg"));
	if (subject_load(&subject, device, density, labels, &map) != 0) {
		if (err_code() == EXIT_CODE_INVALID) { /* no usable hip, or no readable CT: the prediction stands without it */
			log_warn("no true maps: %s", err_message());
			rc = 0;
		}
		goto cleanup;
	}
	TRY(project(m, &subject, &taken, view));
	rc = 0;
cleanup:
	subject_free(&subject);
	label_map_free(&map);
	if (rc != 0)
		true_maps_free(m);
	return rc;
}

void true_maps_free(struct true_maps *m)
{
	memory_free(&m->block);
	*m = (struct true_maps){ 0 };
}

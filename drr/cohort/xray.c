#include "drr/cohort/xray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/areal_region.h"
#include "drr/cohort/label_box.h"
#include "drr/cohort/look.h"
#include "drr/cohort/motion.h"
#include "drr/cohort/ray_body.h"
#include "drr/cohort/stream.h"
#include "drr/cohort/swap.h"
#include "host/run/err.h"

#define NOMINAL_PIXEL_MM 0.15
#define PRIMARY_SDD_MM 1100.0
#define PRIMARY_TABLE_MM 150.0
#define FILM_ACROSS 0.6 /* of a CT voxel */
#define FILM_ALONG 2.0
#define TABLE_TOP_MM 30.0 /* between the skin and the detector at least: table top, grid, housing */
#define FEMUR_PATH_MM 20.0

/* In the room the body turns about its own origin, which lies at the isocentre plus the shift. */
static void place(double body_to_room[4][4], const struct xray_order *o)
{
	static const double origin[3] = { 0, 0, 0 };
	motion_of_pose(body_to_room, o->body, origin);
	for (int k = 0; k < 3; k++)
		body_to_room[k][3] += o->scan->isocentre_mm[k];
}

/* A place in the femur's axes (ct/anatomy.h), mm from its head's centre, lies in the exposed field. */
static bool in_field(const struct xray *x, const double to_room[4][4], const struct anatomy *a, int side,
	const double local_mm[3])
{
	static const struct pose still = { { 0 }, { 0 } };
	double body[3], room[3], col, row;
	for (int k = 0; k < 3; k++) {
		body[k] = a->frame[side].head_centre_mm[k];
		for (int axis = 0; axis < 3; axis++)
			body[k] += local_mm[axis] * a->axes[side].to_local[axis][k];
	}
	affine_apply(to_room, body, room);
	geometry_project(&x->geometry, &still, room, &col, &row);
	return col >= 0 && row >= 0 && col <= (double)(x->geometry.cols - 1) &&
	       row <= (double)(x->geometry.rows - 1) && collimator_exposes(&x->collimator, col, row);
}

static bool hip_in_field(const struct xray *x, const double to_room[4][4], const struct anatomy *a, int side)
{
	const struct total_hip_rule rule = total_hip_rule_default();
	const struct anatomy_femur *f = &a->params.femur[side];
	double head = 0.5 * f->head_diameter_mm, shaft = 0.5 * f->shaft_diameter_mm;
	const double *axis = a->axes[side].shaft_offset_mm;
	const double places[][3] = { { -head, 0, 0 }, { axis[0] + head, axis[1], 0 },
		{ axis[0] - shaft, axis[1], -rule.distal_cut_radii * head },
		{ axis[0] + shaft, axis[1], -rule.distal_cut_radii * head } };
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!in_field(x, to_room, a, side, places[i]))
			return false;
	return true;
}

/* Where pelvis and femora of the CT are on this film. */
static void find_poses(struct xray *x, const double to_room[4][4], const struct xray_order *o)
{
	const struct pose still = { { 0 }, { 0 } };
	double to_body[4][4], motion[4][4];
	motion_inverse(to_body, o->scan->body_to_world);
	affine_multiply(motion, to_room, (const double(*)[4])to_body);
	motion_to_pose(&x->pose, (const double(*)[4])motion, o->scan->isocentre_mm);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		double femur[4][4], to_femur[4][4], head[3];
		posture_femur_motion(femur, o->at_scan, o->anatomy, (enum anatomy_side)side);
		affine_multiply(to_femur, (const double(*)[4])femur, (const double(*)[4])to_body);
		affine_multiply(motion, to_room, (const double(*)[4])to_femur);
		motion_to_pose(&x->femur[side].pose, (const double(*)[4])motion, o->scan->isocentre_mm);
		affine_apply(to_room, o->anatomy->frame[side].head_centre_mm, head);
		geometry_project(
			&x->geometry, &still, head, &x->femur[side].head_px[0], &x->femur[side].head_px[1]);
		x->femur[side].hip_in_field = hip_in_field(x, to_room, o->anatomy, side);
	}
}

static void set_field(struct xray *x, const struct xray_order *o)
{
	const struct xray_setting *s = o->setting;
	const struct site_xray *room = &o->site->xray;
	double scale = s->primary ? 1 : room->pixel_mm / NOMINAL_PIXEL_MM;
	x->geometry = (struct geometry){ .projection = GEOMETRY_CONE,
		.view = GEOMETRY_AP,
		.sdd_mm = s->primary ? PRIMARY_SDD_MM : room->sdd_mm,
		.cols = (int64_t)lround((double)s->cols / scale),
		.rows = (int64_t)lround((double)s->rows / scale),
		.pixel_mm = s->pixel_mm * scale };
	memcpy(x->geometry.isocentre_mm, o->scan->isocentre_mm, sizeof(x->geometry.isocentre_mm));
	x->site = o->site;
	x->primary = s->primary;
	x->cut = o->cut;
	x->kvp = room->kvp;
	x->model = exposure_model(o->site, s->primary, o->seed);
	x->photons_per_mm2 = x->model.photons_per_mm2;
	x->collimator = (struct collimator){ 0 };
	if (!s->primary)
		collimator_draw(&x->collimator, room, &x->geometry, o->seed, o->who, o->film);
}

void xray_grid(struct anatomy_grid *grid, const struct scan_reach *box, const double body_to_world[4][4],
	double voxel_mm)
{
	const double along[3] = { FILM_ACROSS * voxel_mm, FILM_ALONG * voxel_mm, FILM_ACROSS * voxel_mm };
	scan_grid(grid, box, body_to_world, along, 1);
}

/* What of the body the beam can meet: nothing beside the detector's own width and height. */
static struct scan_reach field_of(
	const struct xray *x, const struct xray_order *o, const double body_to_room[4][4])
{
	const struct geometry *g = &x->geometry;
	double half_x = 0.5 * (double)g->cols * g->pixel_mm + o->voxels->voxel_mm;
	double half_z = 0.5 * (double)g->rows * g->pixel_mm + o->voxels->voxel_mm;
	struct scan_reach box = scan_reach_of(
		o->anatomy, body_to_room, g->isocentre_mm[2] - half_z, g->isocentre_mm[2] + half_z);
	box.low_mm[0] = fmax(box.low_mm[0], g->isocentre_mm[0] - half_x);
	box.high_mm[0] = fmin(box.high_mm[0], g->isocentre_mm[0] + half_x);
	return box;
}

/* The stout lie with their middle farther from the detector. */
static void set_distance(struct xray *x, const struct scan_reach *body)
{
	double table = x->primary ? PRIMARY_TABLE_MM : x->site->xray.table_mm;
	double below = x->geometry.isocentre_mm[1] - body->low_mm[1];
	x->geometry.sod_mm = x->geometry.sdd_mm - fmax(table, below + TABLE_TOP_MM);
}

/* Adds a femur's path to each pixel's, mm; nothing where it is not in the volume. */
static int add_femur_path(float *path_mm, const struct device *device, const struct volume *labels, uint8_t label,
	const struct geometry *g)
{
	static const struct pose still = { { 0 }, { 0 } };
	const int64_t pixels = g->cols * g->rows;
	struct label_box box;
	struct volume femur = { 0 };
	float *own = NULL;
	int rc = -1;
	if (!label_box_find(&box, labels, label))
		return 0;
	own = malloc((size_t)pixels * sizeof(float));
	if (!own) {
		ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)pixels);
		goto cleanup;
	}
	TRY(label_box_volume(&femur, &box, labels));
#pragma omp parallel for schedule(static)
	for (int64_t row = 0; row < femur.n[1] * femur.n[2]; row++) {
		const uint8_t *from = volume_u8(labels) +
				      label_box_index(&box, labels, 0, row % femur.n[1], row / femur.n[1]);
		float *to = volume_f32(&femur) + row * femur.n[0];
		for (int64_t x = 0; x < femur.n[0]; x++)
			to[x] = from[x] == label;
	}
	TRY(areal_project(own, device, &femur, g, &still, 1));
	for (int64_t i = 0; i < pixels; i++)
		path_mm[i] += own[i];
	rc = 0;
cleanup:
	volume_free(&femur);
	free(own);
	return rc;
}

/* Mean grey value for presentation where at least FEMUR_PATH_MM of femur are in the way. */
static int grey_behind_femur(struct xray *x, const struct device *device, const struct volume *labels)
{
	const int64_t pixels = x->geometry.cols * x->geometry.rows;
	float *path_mm = calloc((size_t)pixels, sizeof(float));
	double sum = 0, count = 0;
	int rc = -1;
	if (!path_mm)
		return ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)pixels);
	for (int part = ANATOMY_FEMUR_RIGHT; part <= ANATOMY_FEMUR_LEFT; part++)
		TRY(add_femur_path(path_mm, device, labels, anatomy_label((enum anatomy_part)part), &x->geometry));
	for (int64_t i = 0; i < pixels; i++)
		if ((double)path_mm[i] >= FEMUR_PATH_MM) {
			sum += (double)volume_f32(&x->look)[i];
			count++;
		}
	x->mean_femur = count > 0 ? sum / count : NAN;
	rc = 0;
cleanup:
	free(path_mm);
	return rc;
}

/* The raw film and the vendor's picture of it. */
static int expose(
	struct xray *x, const struct device *device, const float *materials, const struct xray_order *o)
{
	struct look look;
	const int64_t n[3] = { x->geometry.cols, x->geometry.rows, 1 };
	double to_world[4][4];
	geometry_image_affine(&x->geometry, to_world);
	if (volume_init(&x->film, n, (const double(*)[4])to_world, VOLUME_F32) != 0 ||
		volume_init(&x->look, n, (const double(*)[4])to_world, VOLUME_F32) != 0 ||
		exposure_apply(volume_f32(&x->film), device, materials, x,
			rng_mix((uint64_t)o->who, STREAM_XRAY_NOISE, (uint64_t)o->film)) != 0 ||
		look_parse(&look, x->primary ? "unsharp standard" : o->site->xray.vendor) != 0)
		return -1;
	return collimator_look(
		device, volume_f32(&x->look), volume_f32(&x->film), n[0], n[1], &look, &x->collimator);
}

int xray_make(struct xray *x, const struct device *device, const struct xray_order *o)
{
	float *materials = NULL;
	struct ray_body body = { 0 };
	struct anatomy_grid grid;
	double body_to_room[4][4];
	int rc = -1;
	memset(x, 0, sizeof(*x));
	place(body_to_room, o);
	const double(*to_room)[4] = (const double(*)[4])body_to_room;
	set_field(x, o);
	const struct scan_reach box = field_of(x, o, to_room);
	set_distance(x, &box);
	find_poses(x, to_room, o);
	xray_grid(&grid, &box, to_room, o->voxels->voxel_mm);
	int64_t pixels = x->geometry.cols * x->geometry.rows;
	materials = malloc((size_t)(MATERIALS * pixels) * sizeof(float));
	if (!materials) {
		ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)pixels);
		goto cleanup;
	}
	TRY(ray_body_make(&body, device, o->anatomy, &grid, &x->geometry, 1, true));
	TRY(ray_body_project(materials, &body, &x->geometry));
	swap_materials(materials, pixels, o->mineral_scale, o->add_tissue_cm);
	TRY(expose(x, device, materials, o));
	TRY(grey_behind_femur(x, device, &body.labels));
	rc = 0;
cleanup:
	free(materials);
	ray_body_free(&body);
	if (rc != 0)
		xray_free(x);
	return rc;
}

void xray_free(struct xray *x)
{
	volume_free(&x->film);
	volume_free(&x->look);
}

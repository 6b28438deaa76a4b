/* What a label map says of the bones: anatomy_map_make(). */
#include "ct/anatomy_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ct/component.h"
#include "ct/femur_axes.h"
#include "ct/profile.h"
#include "ct/signed_distance.h"
#include "ct/vec3.h"
#include "host/files/nifti.h"
#include "host/run/err.h"

enum { NAMES = 6, PIECES = NAMES };
#define END_MM                                                                                               \
	18.0 /* the last section is taken so far above the label's end, whose flat face is no surface */
#define BELOW_HIP_MM 20.0 /* that the label must reach below the total hip's lower edge */
#define SECTION_HALF_MM 5.0
#define WHOLE 0.7	    /* of the usual section: less is the label's slanting end */
#define HIP_HEIGHT_MM 205.8 /* of the shape model's hip bones at pelvis_scale 1 */

/* Labels whose union is a part; the first `needed` of them must be there. */
struct part_names {
	const char *name[NAMES];
	int needed;
	double smooth_voxels; /* femora are thick, and what is measured; wings are thin */
};
static const struct part_names parts[ANATOMY_PARTS] = {
	[ANATOMY_FEMUR_RIGHT] = { { "femur_right" }, 1, 1.0 },
	[ANATOMY_FEMUR_LEFT] = { { "femur_left" }, 1, 1.0 },
	[ANATOMY_HIP_RIGHT] = { { "hip_right" }, 1, 0.7 },
	[ANATOMY_HIP_LEFT] = { { "hip_left" }, 1, 0.7 },
	[ANATOMY_SACRUM] = { { "sacrum", "vertebrae_S1" }, 1, 0.7 },
	[ANATOMY_LUMBAR] = { { "lumbar_spine", "vertebrae_L5", "vertebrae_L4", "vertebrae_L3", "vertebrae_L2",
				     "vertebrae_L1" },
		0, 0.7 },
};

/* ---- pieces of the map ---- */

struct pieces {
	struct component piece[PIECES];
	int n;
};

static void pieces_free(struct pieces *p)
{
	for (int i = 0; i < p->n; i++)
		component_free(&p->piece[i]);
	p->n = 0;
}

/* A spine drawn as one label is a piece for each vertebra. */
static void keep_all(struct component *c, const struct volume *labels, uint16_t id)
{
	const uint16_t *value = volume_u16(labels);
	int64_t i = 0;
	for (int64_t z = c->lo[2]; z < c->lo[2] + c->n[2]; z++)
		for (int64_t y = c->lo[1]; y < c->lo[1] + c->n[1]; y++)
			for (int64_t x = c->lo[0]; x < c->lo[0] + c->n[0]; x++)
				c->in[i++] = value[x + labels->n[0] * (y + labels->n[1] * z)] == id;
}

/* Labels that the map names but the volume lacks are left out unless they are needed. */
static int find_pieces(
	struct pieces *p, enum anatomy_part part, const struct volume *labels, const struct label_map *names)
{
	const struct part_names *wanted = &parts[part];
	for (int i = 0; i < NAMES && wanted->name[i]; i++) {
		const struct label *label = label_map_by_name(names, wanted->name[i]);
		if (!label && i < wanted->needed)
			return ERR_INVALID("label map '%s' has no %s", names->name, wanted->name[i]);
		if (!label)
			continue;
		if (component_largest(&p->piece[p->n], labels, label->id) == 0) {
			if (part == ANATOMY_LUMBAR)
				keep_all(&p->piece[p->n], labels, label->id);
			p->n++;
			continue;
		}
		if (err_code() != EXIT_CODE_INVALID || i < wanted->needed)
			return err_prefix("%s", wanted->name[i]);
		err_clear();
	}
	if (p->n == 0)
		return ERR_INVALID("no voxel of %s",
			part == ANATOMY_LUMBAR ? "lumbar_spine or vertebrae_L5" : wanted->name[0]);
	return 0;
}

static void box_middle(double mm[3], const struct pieces *p, const struct volume *labels)
{
	const struct component *c = &p->piece[0];
	double index[3];
	for (int k = 0; k < 3; k++)
		index[k] = (double)c->lo[k] + 0.5 * (double)(c->n[k] - 1);
	volume_index_to_world(labels, index, mm);
}

/* Said here in plain words, since all that follows would fail with others. */
static int check_sides(const struct pieces all[ANATOMY_PARTS], const struct volume *labels)
{
	double femur[ANATOMY_SIDES][3], hip[ANATOMY_SIDES][3];
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		box_middle(femur[side], &all[ANATOMY_FEMUR_RIGHT + side], labels);
		box_middle(hip[side], &all[ANATOMY_HIP_RIGHT + side], labels);
	}
	if (!(femur[ANATOMY_RIGHT][0] > femur[ANATOMY_LEFT][0] &&
		    hip[ANATOMY_RIGHT][0] > hip[ANATOMY_LEFT][0]))
		return ERR_INVALID(
			"the right bones do not lie on the patient's right: labels or axes are mirrored");
	if (!(hip[ANATOMY_RIGHT][2] > femur[ANATOMY_RIGHT][2] &&
		    hip[ANATOMY_LEFT][2] > femur[ANATOMY_LEFT][2]))
		return ERR_INVALID("the hip bones do not lie above the femora: the image stands on its head");
	return 0;
}

static int check_axes(const struct volume *labels)
{
	double spacing_mm[3];
	volume_spacing_mm(labels, spacing_mm);
	for (int a = 0; a < 3; a++) {
		double dot = 0;
		int b = (a + 1) % 3;
		for (int k = 0; k < 3; k++)
			dot += labels->to_world[k][a] * labels->to_world[k][b];
		if (!(fabs(dot) < 1e-3 * spacing_mm[a] * spacing_mm[b]))
			return ERR_INVALID("image axes %d and %d are not at right angles", a, b);
	}
	return 0;
}

/* ---- femora ---- */

/* Rows as in the header; anterior completes them, right-handed on the right side. */
static void set_axes(struct anatomy_map_femur *f)
{
	double *across = f->axes[0], *front = f->axes[1], *up = f->axes[2];
	double sign = f->frame.side == LABEL_RIGHT ? 1 : -1;
	for (int k = 0; k < 3; k++)
		up[k] = -f->frame.shaft_axis[k];
	vec3_add(across, f->frame.neck_axis, -vec3_dot(f->frame.neck_axis, up), up);
	if (vec3_unit(across) != 0)
		BUG("a neck along its shaft"); /* femur_axes_find refuses it */
	for (int k = 0; k < 3; k++)
		front[k] = sign *
			   (up[(k + 1) % 3] * across[(k + 2) % 3] - up[(k + 2) % 3] * across[(k + 1) % 3]);
}

static double mean_area_mm2(const struct profile *p, double from_mm, double to_mm)
{
	double sum = 0;
	int used = 0;
	for (int b = 0; b < p->n; b++) {
		double at = p->from_mm + b * PROFILE_STEP_MM;
		if (at < from_mm || at > to_mm)
			continue;
		sum += p->area_mm2[b];
		used++;
	}
	return used > 0 ? sum / used : 0;
}

/* The shaft's section below the total hip, and where its whole sections end. */
static int measure_shaft(
	struct anatomy_map_femur *f, const double *centres_mm, int64_t n, double voxel_mm3, double voxel_mm)
{
	const struct total_hip_rule rule = total_hip_rule_default();
	double hip_mm = rule.distal_cut_radii * f->frame.head_radius_mm, last_mm = 0;
	struct profile p;
	profile_read(&p, centres_mm, n, voxel_mm3, f->frame.head_centre_mm, f->frame.shaft_axis, 0.8 * hip_mm,
		0.8 * hip_mm + PROFILE_BINS, INFINITY, fmax(2, 1.5 * voxel_mm));
	double area = mean_area_mm2(&p, hip_mm - SECTION_HALF_MM, hip_mm + SECTION_HALF_MM);
	for (int b = 0; b < p.n && p.area_mm2[b] >= WHOLE * area; b++)
		last_mm = p.from_mm + b * PROFILE_STEP_MM;
	if (!(area > 0 && last_mm >= hip_mm + BELOW_HIP_MM))
		return ERR_INVALID("ends %.0f mm below the head's centre, at least %.0f mm are needed",
			last_mm, hip_mm + BELOW_HIP_MM);
	f->shaft_diameter_mm = 2 * sqrt(area / acos(-1.0));
	f->end_mm = -(last_mm - END_MM);
	return 0;
}

static int measure_femur(struct anatomy_map_femur *f, const struct component *bone,
	const struct volume *labels, uint16_t id, enum label_side side)
{
	struct femur_axes x;
	double *centres_mm = NULL, spacing_mm[3], q[3];
	int rc = -1;
	volume_spacing_mm(labels, spacing_mm);
	double voxel_mm = fmax(spacing_mm[0], fmax(spacing_mm[1], spacing_mm[2]));
	TRY(femur_axes_find(&x, labels, id, side, NULL));
	if (x.frame.shaft_assumed || x.neck_assumed) {
		ERR_INVALID(x.frame.shaft_assumed ? "too little of its shaft is in the image"
						  : "its neck has no narrowest section");
		goto cleanup;
	}
	TRY(component_centres(&centres_mm, bone, labels));
	f->frame = x.frame;
	set_axes(f);
	f->neck_shaft_deg = x.neck_shaft_deg;
	f->neck_width_mm = 2 * sqrt(x.neck_area_mm2 / acos(-1.0));
	vec3_add(q, x.frame.head_centre_mm, -1, x.shaft_mm);
	vec3_add(q, q, -vec3_dot(q, x.frame.shaft_axis), x.frame.shaft_axis);
	f->offset_mm = vec3_length(q);
	TRY(measure_shaft(f, centres_mm, bone->voxels, 1000 * volume_voxel_cm3(labels), voxel_mm));
	rc = 0;
cleanup:
	free(centres_mm);
	return rc;
}

/* ---- the body ---- */

static void set_body(struct anatomy_map *m)
{
	const double *right = m->femur[ANATOMY_RIGHT].frame.head_centre_mm,
		     *left = m->femur[ANATOMY_LEFT].frame.head_centre_mm;
	double *x = m->axes[0], *y = m->axes[1], *z = m->axes[2];
	vec3_add(x, right, -1, left);
	m->head_distance_mm = vec3_length(x);
	for (int k = 0; k < 3; k++) {
		m->middle_mm[k] = 0.5 * (right[k] + left[k]);
		x[k] /= m->head_distance_mm;
		z[k] = k == 2;
	}
	vec3_add(z, z, -x[2], x);
	vec3_unit(z);
	for (int k = 0; k < 3; k++)
		y[k] = z[(k + 1) % 3] * x[(k + 2) % 3] - z[(k + 2) % 3] * x[(k + 1) % 3];
}

static double height_mm(const struct volume *distance, const double up[3])
{
	const float *d = volume_f32(distance);
	double low = INFINITY, high = -INFINITY;
	for (int64_t i = 0; i < volume_count(distance); i++) {
		if (d[i] > 0)
			continue;
		const double index[3] = { (double)(i % distance->n[0]),
			(double)(i / distance->n[0] % distance->n[1]),
			(double)(i / (distance->n[0] * distance->n[1])) };
		double mm[3];
		volume_index_to_world(distance, index, mm);
		double at = vec3_dot(up, mm);
		low = fmin(low, at + (double)d[i]);
		high = fmax(high, at - (double)d[i]);
	}
	return high - low;
}

/* An error is kept by the thread that met it, so a part that fails is done again on this one. */
static int find_distances(
	struct anatomy_map *m, const struct pieces all[ANATOMY_PARTS], const struct volume *labels)
{
	int failed[ANATOMY_PARTS] = { 0 };
#pragma omp parallel for schedule(dynamic)
	for (int part = 0; part < ANATOMY_PARTS; part++)
		failed[part] = signed_distance(&m->distance_mm[part], all[part].piece, all[part].n, labels,
			parts[part].smooth_voxels);
	for (int part = 0; part < ANATOMY_PARTS; part++)
		if (failed[part] != 0 && signed_distance(&m->distance_mm[part], all[part].piece, all[part].n,
						 labels, parts[part].smooth_voxels) != 0)
			return err_prefix("%s", parts[part].name[0]);
	return 0;
}

int anatomy_map_make(struct anatomy_map *m, const struct volume *labels, const struct label_map *names)
{
	struct pieces all[ANATOMY_PARTS] = { 0 };
	int rc = -1;
	memset(m, 0, sizeof *m);
	TRY(check_axes(labels));
	for (int part = 0; part < ANATOMY_PARTS; part++)
		TRY(find_pieces(&all[part], (enum anatomy_part)part, labels, names));
	TRY(check_sides(all, labels));
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		const char *name = parts[ANATOMY_FEMUR_RIGHT + side].name[0];
		if (measure_femur(&m->femur[side], &all[ANATOMY_FEMUR_RIGHT + side].piece[0], labels,
			    label_map_by_name(names, name)->id,
			    side == ANATOMY_RIGHT ? LABEL_RIGHT : LABEL_LEFT) != 0) {
			err_prefix("%s", name);
			goto cleanup;
		}
	}
	set_body(m);
	TRY(find_distances(m, all, labels));
	m->pelvis_scale = 0.5 *
			  (height_mm(&m->distance_mm[ANATOMY_HIP_RIGHT], m->axes[2]) +
				  height_mm(&m->distance_mm[ANATOMY_HIP_LEFT], m->axes[2])) /
			  HIP_HEIGHT_MM;
	struct anatomy_params own = anatomy_params_default();
	anatomy_map_take(&own, m, 1, false);
	TRY(anatomy_check(&own));
	rc = 0;
cleanup:
	for (int part = 0; part < ANATOMY_PARTS; part++)
		pieces_free(&all[part]);
	if (rc != 0)
		anatomy_map_free(m);
	return rc;
}

int anatomy_map_read(struct anatomy_map *m, const char *path, const struct label_map *names)
{
	struct volume labels = { 0 };
	if (nifti_read_labels(&labels, path) != 0)
		return -1;
	int rc = anatomy_map_make(m, &labels, names);
	if (rc != 0)
		err_prefix("'%s'", path);
	volume_free(&labels);
	return rc;
}

void anatomy_map_free(struct anatomy_map *m)
{
	for (int part = 0; part < ANATOMY_PARTS; part++)
		volume_free(&m->distance_mm[part]);
}

void anatomy_map_take(struct anatomy_params *p, const struct anatomy_map *m, double scale, bool mirrored)
{
	p->map = m;
	p->map_scale = scale;
	p->map_mirrored = mirrored;
	p->head_distance_mm = scale * m->head_distance_mm;
	p->pelvis_scale = scale * m->pelvis_scale;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		const struct anatomy_map_femur *from = &m->femur[mirrored ? !side : side];
		struct anatomy_femur *f = &p->femur[side];
		f->head_diameter_mm = scale * 2 * from->frame.head_radius_mm;
		f->offset_mm = scale * from->offset_mm;
		f->neck_shaft_deg = from->neck_shaft_deg;
		f->neck_width_mm = scale * from->neck_width_mm;
		f->shaft_diameter_mm = scale * from->shaft_diameter_mm;
		f->bow_per_m = 0;
	}
}

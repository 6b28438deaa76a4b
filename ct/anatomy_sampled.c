/* Bones of a label map in the body: where its voxels lie there. */
#include <string.h>

#include "ct/anatomy_map.h"
#include "ct/anatomy_make.h"
#include "ct/signed_distance.h"
#include "host/run/err.h"

#define SHAFT_MM 342.0 /* as the shape model's */

/* The map's world from the body's for the pelvis: about the heads' midpoint, mirrored or not. */
static void pelvis_to_map(double out[4][4], const struct anatomy *a)
{
	const struct anatomy_map *m = a->params.map;
	for (int k = 0; k < 3; k++) {
		for (int axis = 0; axis < 3; axis++)
			out[k][axis] = (axis == 0 && a->params.map_mirrored ? -1 : 1) * m->axes[axis][k] /
				       a->params.map_scale;
		out[k][3] = m->middle_mm[k];
		out[3][k] = 0;
	}
	out[3][3] = 1;
}

/*
 * For a femur: its axes in the body are the femur's with the torsion turned out of them, about its head's
 * centre. Both sides' axes run outwards, so a mirrored femur is the other side's.
 */
static void femur_to_map(double out[4][4], const struct anatomy *a, enum anatomy_side side,
	const struct anatomy_map_femur *from)
{
	double torsion = a->params.femur[side].torsion_deg * acos(-1.0) / 180, c = cos(torsion),
	       s = sin(torsion);
	const double(*local)[3] = (const double(*)[3])a->axes[side].to_local;
	for (int k = 0; k < 3; k++) {
		for (int j = 0; j < 3; j++) {
			double across = c * local[0][j] - s * local[1][j],
			       front = s * local[0][j] + c * local[1][j];
			out[k][j] = (from->axes[0][k] * across + from->axes[1][k] * front +
					    from->axes[2][k] * local[2][j]) /
				    a->params.map_scale;
		}
		out[k][3] = from->frame.head_centre_mm[k];
		for (int j = 0; j < 3; j++)
			out[k][3] -= out[k][j] * a->frame[side].head_centre_mm[j];
		out[3][k] = 0;
	}
	out[3][3] = 1;
}

static void set_sampled(
	struct anatomy_sampled *s, const struct volume *distance, const double to_map[4][4], double scale)
{
	double to_index[4][4], whole[4][4], spacing[3];
	if (volume_world_to_index(distance, to_index) != 0)
		BUG("a distance without a place: %s", err_message());
	affine_multiply(whole, AFFINE(to_index), to_map);
	volume_spacing_mm(distance, spacing);
	s->distance_mm = volume_f32(distance);
	s->scale = scale;
	s->end_mm = -INFINITY;
	s->slack_mm = 0;
	s->margin_mm = INFINITY;
	for (int k = 0; k < 3; k++) {
		memcpy(s->to_index[k], whole[k], sizeof s->to_index[k]);
		s->n[k] = distance->n[k];
		s->step_mm[k] = scale * spacing[k];
		s->slack_mm = fmax(s->slack_mm, 0.5 * s->step_mm[k]);
		s->margin_mm = fmin(s->margin_mm, (SIGNED_DISTANCE_MARGIN - 1) * s->step_mm[k]);
	}
}

/* The box around the grid's corners, and those moved by `further`. */
static void bound(struct anatomy_bone *bone, const struct anatomy_sampled *s, const double to_map[4][4],
	const struct volume *distance, const double further[3])
{
	double from_map[4][4];
	if (affine_invert(from_map, to_map) != 0)
		BUG("a map of scale %g", s->scale);
	for (int corner = 0; corner < 8; corner++) {
		double index[3], mm[3], p[3];
		for (int k = 0; k < 3; k++)
			index[k] = (corner >> k & 1) ? (double)(s->n[k] - 1) : 0;
		volume_index_to_world(distance, index, mm);
		affine_apply(AFFINE(from_map), mm, p);
		for (int k = 0; k < 3; k++) {
			bone->low[k] = fmin(bone->low[k], fmin(p[k], p[k] + further[k]));
			bone->high[k] = fmax(bone->high[k], fmax(p[k], p[k] + further[k]));
		}
	}
}

void anatomy_sampled_make(struct anatomy *a)
{
	const struct anatomy_map *m = a->params.map;
	for (int part = 0; part < ANATOMY_PARTS; part++) {
		static const double still[3] = { 0, 0, 0 };
		struct anatomy_sampled *s = &a->sampled[part];
		struct anatomy_bone *bone = &a->bone[part];
		double to_map[4][4], further[3];
		bool femur = part == ANATOMY_FEMUR_RIGHT || part == ANATOMY_FEMUR_LEFT;
		int from = part;
		if (a->params.map_mirrored && part <= ANATOMY_HIP_LEFT)
			from = part ^ 1; /* the parts come in pairs, right and left */
		if (!femur) {
			pelvis_to_map(to_map, a);
			set_sampled(s, &m->distance_mm[from], AFFINE(to_map), a->params.map_scale);
			for (int k = 0; k < 3; k++) {
				bone->low[k] = INFINITY;
				bone->high[k] = -INFINITY;
			}
			bound(bone, s, AFFINE(to_map), &m->distance_mm[from], still);
			continue;
		}
		enum anatomy_side side = part == ANATOMY_FEMUR_RIGHT ? ANATOMY_RIGHT : ANATOMY_LEFT;
		const double *up = a->axes[side].to_local[2];
		femur_to_map(to_map, a, side, &m->femur[from]);
		set_sampled(s, &m->distance_mm[from], AFFINE(to_map), a->params.map_scale);
		s->end_mm = a->params.map_scale * m->femur[from].end_mm +
			    anatomy_sdf_dot(up, a->frame[side].head_centre_mm);
		for (int k = 0; k < 3; k++) {
			s->along[k] = up[k];
			further[k] = -SHAFT_MM * up[k];
		}
		bound(bone, s, AFFINE(to_map), &m->distance_mm[from], further);
	}
}

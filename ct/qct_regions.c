#include "ct/qct_regions.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/component.h"
#include "ct/leg_pose.h"
#include "ct/vec3.h"
#include "host/run/err.h"

/* What every projection of the bone starts from. */
struct bone {
	const struct volume *density;
	struct component piece;
	uint8_t *classes;
};

static int last_region(const struct qct_settings *s)
{
	return s->rule.gruen_stem_mm > 0 ? HIP_REGIONS : REGION_GRUEN1;
}

static int read_regions(struct qct_value regions[HIP_REGIONS], const struct bone_map *map,
	const struct hip_cuts *cuts, const struct qct_settings *s)
{
	float *share = malloc((size_t)(map->cols * map->rows) * sizeof *share);
	if (!share)
		return ERR_RESOURCE("no memory for a region");
	for (int k = 0; k < last_region(s); k++) {
		for (int64_t r = 0, i = 0; r < map->rows; r++)
			for (int64_t c = 0; c < map->cols; c++, i++)
				share[i] = (float)hip_cuts_share(cuts, &s->rule, (enum hip_region_id)k,
					bone_map_x_mm(map, c), bone_map_y_mm(map, r), BONE_MAP_PIXEL_MM);
		regions[k] = qct_value_read(map, share);
	}
	free(share);
	return 0;
}

/* Turns the picture in its plane until the shaft points down. */
static void draw_upright(double turn[3][3], const double shaft[3])
{
	const double right = vec3_dot(turn[0], shaft), up = vec3_dot(turn[2], shaft), length = hypot(right, up);
	if (!(length > 0))
		return;
	for (int a = 0; a < 3; a++) {
		const double x = turn[0][a], y = turn[2][a];
		turn[0][a] = (-up * x + right * y) / length;
		turn[2][a] = (-right * x - up * y) / length;
	}
}

static struct bone_map_view view_of(const struct qct_hip *hip, const double turn[3][3])
{
	struct bone_map_view view = { 0 };
	memcpy(view.origin_mm, hip->axes.frame.head_centre_mm, sizeof view.origin_mm);
	for (int a = 0; a < 3; a++) {
		view.x[a] = (hip->side == LABEL_RIGHT ? 1 : -1) * turn[0][a];
		view.y[a] = turn[2][a];
	}
	return view;
}

/* Does the bone meet the image's end inside the region, or end above its lower edge? */
static void check_field(struct qct_hip *hip, const struct component *bone, const struct volume *labels,
	const struct qct_settings *s)
{
	const struct bone_map_view view = view_of(hip, (const double(*)[3])hip->turn);
	double spacing_mm[3], deepest = -INFINITY;
	bool cut_below = false, cut_beside = false;
	int64_t at[3], i = 0;
	volume_spacing_mm(labels, spacing_mm);
	const double voxel_mm = fmax(spacing_mm[0], fmax(spacing_mm[1], spacing_mm[2]));
	for (at[2] = bone->lo[2]; at[2] < bone->lo[2] + bone->n[2]; at[2]++)
		for (at[1] = bone->lo[1]; at[1] < bone->lo[1] + bone->n[1]; at[1]++)
			for (at[0] = bone->lo[0]; at[0] < bone->lo[0] + bone->n[0]; at[0]++) {
				const double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
				double p[3], q[3];
				if (!bone->in[i++])
					continue;
				volume_index_to_world(labels, index, p);
				vec3_add(p, p, -1, view.origin_mm);
				const double x = vec3_dot(p, view.x), y = vec3_dot(p, view.y);
				const double below = (x - hip->cuts.distal_point[0]) * hip->cuts.distal[0] +
						     (y - hip->cuts.distal_point[1]) * hip->cuts.distal[1];
				deepest = fmax(deepest, below);
				for (int a = 0; a < 3; a++) {
					const int side = at[a] == 0 ? -1 : at[a] == labels->n[a] - 1 ? 1 : 0;
					if (side == 0)
						continue;
					for (int r = 0; r < 3; r++)
						q[r] = p[r] + side * labels->to_world[r][a];
					if (!hip_cuts_contain(&hip->cuts, &s->rule, REGION_TOTAL,
						    vec3_dot(q, view.x), vec3_dot(q, view.y)))
						continue;
					cut_below = cut_below ||
						    side * labels->to_world[2][a] < -0.7 * spacing_mm[a];
					cut_beside = cut_beside ||
						     side * labels->to_world[2][a] >= -0.7 * spacing_mm[a];
				}
			}
	if (cut_below || deepest + voxel_mm < 0)
		qct_flag_add(&hip->flags, QCT_CUT_BELOW,
			"the femur ends %.0f mm above the region's lower edge", fmax(0, -deepest));
	if (cut_beside)
		qct_flag_add(&hip->flags, QCT_CUT_BESIDE, "the image ends inside the total hip");
}

/* The picture, drawn with rows `turn`, and its cuts. */
static int project(struct bone_map *map, struct hip_cuts *cuts, double turn[3][3], const struct qct_hip *hip,
	const struct bone *bone, const struct qct_settings *s, const double leg_deg[3])
{
	static const double as_lain[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	leg_pose_turn(turn, s->as_lain ? as_lain : (const double(*)[3])hip->axes.neutral, leg_deg, hip->side);
	if (s->rule.edges == HIP_EDGES_FRAME)
		draw_upright(turn, hip->axes.frame.shaft_axis);
	const struct bone_map_view view = view_of(hip, (const double(*)[3])turn);
	if (bone_map_make(map, bone->density, &bone->piece, bone->classes, &view, s->clip_negative) != 0)
		return -1;
	return hip_cuts_find(cuts, &s->rule, &hip->axes, (const double(*)[3])turn, map);
}

/* Adds the squares of what moves between the hip's regions and `other`, per region: aBMD, vBMD. */
static void add_squares(
	double squares[HIP_REGIONS][2], const struct qct_hip *hip, const struct qct_value other[HIP_REGIONS])
{
	for (int k = 0; k < HIP_REGIONS; k++) {
		squares[k][0] += pow(other[k].abmd_g_cm2 - hip->regions[k].abmd_g_cm2, 2);
		squares[k][1] += pow(other[k].vbmd_mg_cm3 - hip->regions[k].vbmd_mg_cm3, 2);
	}
}

/* The frame's errors one by one: lower edge and box moved, the leg turned (not where it is seen as it lay). */
static int find_frame_errors(double squares[HIP_REGIONS][2], const struct qct_hip *hip, const struct bone *bone,
	const struct qct_settings *s)
{
	struct qct_value other[HIP_REGIONS] = { 0 };
	struct hip_cuts cuts = hip->cuts;
	for (int a = 0; a < 2; a++)
		cuts.distal_point[a] += QCT_FRAME_MM * cuts.distal[a];
	if (read_regions(other, &hip->map, &cuts, s) != 0)
		return -1;
	add_squares(squares, hip, other);
	cuts = hip->cuts;
	cuts.proximal_mm += QCT_FRAME_MM;
	cuts.box_end_mm += QCT_FRAME_MM;
	if (read_regions(other, &hip->map, &cuts, s) != 0)
		return -1;
	add_squares(squares, hip, other);
	/* abduction turns the picture in its plane: nothing where it is drawn upright */
	const int turns = s->as_lain ? 0 : s->rule.edges == HIP_EDGES_FRAME ? 2 : 3;
	for (int k = 0; k < turns; k++) {
		double leg_deg[3], turn[3][3];
		struct bone_map map = { 0 };
		memcpy(leg_deg, s->leg_deg, sizeof leg_deg);
		leg_deg[k] += QCT_FRAME_DEG;
		int rc = project(&map, &cuts, turn, hip, bone, s, leg_deg);
		if (rc == 0)
			rc = read_regions(other, &map, &cuts, s);
		bone_map_free(&map);
		if (rc != 0)
			return -1;
		add_squares(squares, hip, other);
	}
	return 0;
}

static void drop_cut_regions(struct qct_hip *hip)
{
	const bool below = qct_flag_has(&hip->flags, QCT_CUT_BELOW),
		   beside = qct_flag_has(&hip->flags, QCT_CUT_BESIDE);
	for (int k = 0; k < HIP_REGIONS; k++)
		if (beside || (below && hip_region_needs_distal((enum hip_region_id)k)))
			hip->regions[k] = (struct qct_value){ 0 };
}

int qct_measure_regions(struct qct_hip *hip, const struct volume *density, const struct volume *labels,
	uint16_t femur, const struct qct_settings *s, const struct qct_error *error)
{
	struct bone bone = { .density = density };
	double squares[HIP_REGIONS][2] = { 0 };
	int rc = -1;
	TRY(component_largest(&bone.piece, labels, femur));
	TRY(tissue_classify(&bone.classes, &bone.piece, density, &s->tissue));
	TRY(project(&hip->map, &hip->cuts, hip->turn, hip, &bone, s, s->leg_deg));
	if (s->rule.maker == HIP_HOLOGIC && !isfinite(hip->cuts.notch_mm))
		qct_flag_add(&hip->flags, QCT_NO_NOTCH,
			"no notch above the neck: the box lies about its narrowest section");
	check_field(hip, &bone.piece, labels, s);
	TRY(read_regions(hip->regions, &hip->map, &hip->cuts, s));
	TRY(find_frame_errors(squares, hip, &bone, s));
	for (int k = 0; k < last_region(s); k++)
		qct_error_value(&hip->regions[k], error, sqrt(squares[k][0]), sqrt(squares[k][1]));
	drop_cut_regions(hip);
	rc = 0;
cleanup:
	component_free(&bone.piece);
	free(bone.classes);
	return rc;
}

#include "ct/hip_cuts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ct/hip_contour.h"
#include "ct/vec3.h"
#include "host/run/err.h"

struct hip_rule hip_rule_default(void)
{
	return (struct hip_rule){ .neck_box_mm = 15, .neck_length_mm = 49, .distal_mm = 10, .ward_mm = 10 };
}

const char *hip_region_name(enum hip_region_id region, enum hip_maker maker)
{
	static const char *const names[HIP_REGIONS] = { "total_hip", "femoral_neck", "trochanter",
		"intertrochanter", "wards", "gruen_1", "gruen_2", "gruen_3", "gruen_4", "gruen_5", "gruen_6",
		"gruen_7" };
	return region == REGION_INTER && maker == HIP_GE ? "shaft" : names[region];
}

bool hip_region_needs_distal(enum hip_region_id region)
{
	return region == REGION_TOTAL || region == REGION_INTER || region >= REGION_GRUEN1;
}

static double dot2(const double a[2], const double b[2])
{
	return a[0] * b[0] + a[1] * b[1];
}

/* A world vector in the picture: lateral, up. */
static void flatten2(double out[2], const double v[3], const double turn[3][3], double lateral)
{
	out[0] = lateral * vec3_dot(turn[0], v);
	out[1] = vec3_dot(turn[2], v);
}

static int unit2(double v[2])
{
	const double length = hypot(v[0], v[1]);
	if (!(length > 0.3)) /* the axis points at the viewer: nothing to cut across */
		return -1;
	v[0] /= length;
	v[1] /= length;
	return 0;
}

static int find_axes(struct hip_cuts *c, const struct femur_axes *x, const double turn[3][3], double lateral)
{
	double q[3];
	flatten2(c->neck, x->frame.neck_axis, turn, lateral);
	flatten2(c->shaft, x->frame.shaft_axis, turn, lateral);
	vec3_add(q, x->shaft_mm, -1, x->frame.head_centre_mm);
	flatten2(c->shaft_point, q, turn, lateral);
	if (unit2(c->neck) != 0 || unit2(c->shaft) != 0)
		return ERR_INVALID("the neck or the shaft points at the viewer");
	c->across[0] = -c->neck[1];
	c->across[1] = c->neck[0];
	/* a neck = p + b shaft */
	const double det = c->neck[1] * c->shaft[0] - c->neck[0] * c->shaft[1];
	if (!(fabs(det) > 0.2))
		return ERR_INVALID("neck and shaft run along each other in the picture");
	const double a = (c->shaft_point[1] * c->shaft[0] - c->shaft_point[0] * c->shaft[1]) / det;
	c->knee[0] = a * c->neck[0];
	c->knee[1] = a * c->neck[1];
	return 0;
}

/* The lower edge: below the lesser trochanter's lower end, across the shaft or horizontal. */
static void find_distal(struct hip_cuts *c, const struct hip_rule *rule, const struct femur_axes *x,
	const double turn[3][3], double lateral)
{
	double p[3], q[3];
	vec3_add(p, x->shaft_mm, -1, x->frame.head_centre_mm);
	const double depth = vec3_dot(p, x->frame.shaft_axis);
	if (rule->edges == HIP_EDGES_FRAME) {
		vec3_add(p, p, x->lesser_lower_mm + rule->distal_mm - depth, x->frame.shaft_axis);
		flatten2(c->distal_point, p, turn, lateral);
		memcpy(c->distal, c->shaft, sizeof c->distal);
		return;
	}
	/* the lower end where it is seen: below the trochanter's own place, not on the shaft's axis */
	vec3_add(q, x->lesser_mm, -1, x->frame.head_centre_mm);
	vec3_add(p, q, x->lesser_lower_mm - vec3_dot(q, x->frame.shaft_axis), x->frame.shaft_axis);
	flatten2(c->distal_point, p, turn, lateral);
	c->distal_point[1] -= rule->distal_mm;
	c->distal[0] = 0;
	c->distal[1] = -1;
}

static void find_box(struct hip_cuts *c, const struct hip_rule *rule, const struct femur_axes *x,
	const double turn[3][3], double lateral, const struct bone_map *map)
{
	double neck[2], scale = 1;
	flatten2(neck, x->frame.neck_axis, turn, lateral);
	const double seen = hypot(neck[0], neck[1]);
	if (rule->edges == HIP_EDGES_FRAME)
		scale = seen;
	const double half = 0.5 * scale * rule->neck_box_mm;
	c->notch_mm = rule->maker == HIP_HOLOGIC ? hip_contour_notch(map, c, x->frame.head_radius_mm) : NAN;
	double middle = isfinite(c->notch_mm) ? c->notch_mm - half : seen * x->neck_mm;
	c->proximal_mm = middle - half;
	c->box_end_mm = middle + half;
}

int hip_cuts_find(struct hip_cuts *c, const struct hip_rule *rule, const struct femur_axes *x,
	const double turn[3][3], const struct bone_map *map)
{
	const double lateral = x->frame.side == LABEL_RIGHT ? 1 : -1;
	*c = (struct hip_cuts){ 0 };
	if (find_axes(c, x, turn, lateral) != 0)
		return -1;
	find_distal(c, rule, x, turn, lateral);
	find_box(c, rule, x, turn, lateral, map);
	c->lateral_at_knee = hip_contour_lateral(map, c->knee[1]);
	hip_contour_ward(c->ward, map, c, rule);
	c->stem_top_mm = dot2(c->knee, c->shaft);
	c->stem_mm = rule->gruen_stem_mm;
	return 0;
}

/* 1..7, 0 above the stem's top. */
static int gruen_zone(const struct hip_cuts *c, const double p[2])
{
	const double down = dot2(p, c->shaft) - c->stem_top_mm;
	const double q[2] = { p[0] - c->shaft_point[0], p[1] - c->shaft_point[1] };
	const bool lateral = q[0] * -c->shaft[1] + q[1] * c->shaft[0] > 0;
	const int third = down < 0 ? -1 : (int)(3 * down / c->stem_mm);
	if (third < 0 || down > c->stem_mm + 20)
		return 0;
	return third >= 3 ? 4 : lateral ? 1 + third : 7 - third;
}

bool hip_cuts_contain(const struct hip_cuts *c, const struct hip_rule *rule, enum hip_region_id region,
	double x_mm, double y_mm)
{
	const double p[2] = { x_mm, y_mm },
		     below[2] = { x_mm - c->distal_point[0], y_mm - c->distal_point[1] };
	const double t = dot2(p, c->neck), s = dot2(p, c->across);
	if (region >= REGION_GRUEN1)
		return gruen_zone(c, p) == (int)(region - REGION_GRUEN1) + 1;
	if (t < c->proximal_mm || dot2(below, c->distal) >= 0)
		return false;
	const bool neck = t < c->box_end_mm && fabs(s) <= 0.5 * rule->neck_length_mm;
	if (region == REGION_TOTAL)
		return true;
	if (region == REGION_NECK)
		return neck;
	if (region == REGION_WARD)
		return fabs(t - c->ward[0]) <= 0.5 * rule->ward_mm &&
		       fabs(s - c->ward[1]) <= 0.5 * rule->ward_mm;
	/* above the line from the axis at the box's end to the lateral cortex at the knee's height */
	const double from[2] = { c->box_end_mm * c->neck[0], c->box_end_mm * c->neck[1] };
	const double to[2] = { c->lateral_at_knee, c->knee[1] };
	const bool above = (to[0] - from[0]) * (y_mm - from[1]) - (to[1] - from[1]) * (x_mm - from[0]) > 0;
	const bool upper = above && t >= c->box_end_mm;
	return !neck && (region == REGION_TROCHANTER) == upper;
}

double hip_cuts_share(const struct hip_cuts *c, const struct hip_rule *rule, enum hip_region_id region, double x_mm,
	double y_mm, double edge_mm)
{
	const double half = 0.5 * edge_mm;
	int corners = 0, in = 0;
	for (int k = 0; k < 4; k++)
		corners += hip_cuts_contain(
			c, rule, region, x_mm + (k % 2 ? half : -half), y_mm + (k / 2 ? half : -half));
	if (corners == 0 || corners == 4) /* regions' parts are wider than a pixel */
		return corners / 4;
	for (int k = 0; k < 16; k++)
		in += hip_cuts_contain(c, rule, region, x_mm + edge_mm * ((k % 4 + 0.5) / 4 - 0.5),
			y_mm + edge_mm * ((k / 4 + 0.5) / 4 - 0.5));
	return in / 16.0;
}

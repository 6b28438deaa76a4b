/*
 * Signed distances (mm, negative inside) of the anatomy's building blocks and their smooth unions.  All change by at
 * most 1 mm per mm, so a value is never more than the true distance outside.  Internal to ct/anatomy*.c.
 */
#ifndef CT_ANATOMY_SDF_H
#define CT_ANATOMY_SDF_H
#include <math.h>
#include "ct/anatomy.h"
#ifdef __cplusplus
extern "C" {
#endif

static inline double anatomy_sdf_dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
static inline double anatomy_sdf_length(double x, double y, double z)
{
	return sqrt(x * x + y * y + z * z);
}
static inline double anatomy_sdf_distance(const double a[3], const double b[3])
{
	return anatomy_sdf_length(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
static inline double anatomy_sdf_clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}
/* 0 at and before `from`, 1 at and after `to` (from > to is allowed), flat at both ends. */
static inline double anatomy_sdf_step(double from, double to, double x)
{
	double u = anatomy_sdf_clamp((x - from) / (to - from), 0, 1);
	return u * u * (3 - 2 * u);
}
/* Smooth minimum: a quadratic blend where |a - b| < width; its gradient is a convex mix of a's and b's. */
static inline double anatomy_sdf_union(double a, double b, double width)
{
	double h = width - fabs(a - b);
	return (a < b ? a : b) - (h > 0 ? 0.25 * h * h / width : 0);
}
static inline double anatomy_sdf_cut(double a, double b, double width)
{
	return -anatomy_sdf_union(-a, -b, width);
}
/*
 * Round cone: spheres of two radii and their common tangent cone, exact.  (x, y) = distance from the axis and height
 * along it; the tangent cone's normal is (cosine, slope), and a point belongs to the cone where the foot of that
 * normal falls between the two centres.
 */
static inline double anatomy_sdf_cone(const struct anatomy_cone *c, const double p[3])
{
	double d[3] = { p[0] - c->a[0], p[1] - c->a[1], p[2] - c->a[2] };
	double y = anatomy_sdf_dot(d, c->axis);
	double xx = anatomy_sdf_dot(d, d) - y * y, x = xx > 0 ? sqrt(xx) : 0;
	double foot = y * c->cosine - x * c->slope;
	if (foot <= 0)
		return sqrt(x * x + y * y) - c->radius;
	if (foot >= c->length * c->cosine) {
		y -= c->length;
		return sqrt(x * x + y * y) - (c->radius - c->slope * c->length);
	}
	return c->cosine * x + c->slope * y - c->radius;
}
/* The bone's cones alone: chains of cones, smoothly joined (a blend would swell a chain at each joint). */
static inline double anatomy_sdf_cones(const struct anatomy_bone *bone, const double p[3])
{
	double d = INFINITY;
	for (int i = 0; i < bone->n;) {
		double chain = anatomy_sdf_cone(&bone->cones[i++], p);
		while (i < bone->n && bone->cones[i].chained)
			chain = fmin(chain, anatomy_sdf_cone(&bone->cones[i++], p));
		d = d < INFINITY ? anatomy_sdf_union(d, chain, bone->blend_mm) : chain;
	}
	return d;
}

/* Makers, in ct/anatomy.c. */
struct anatomy_cone anatomy_cone_make(const double a[3], const double b[3], double radius_a, double radius_b);
void anatomy_bone_add(struct anatomy_bone *bone, struct anatomy_cone cone);
void anatomy_bone_bound(struct anatomy_bone *bone, double margin_mm);
/* Shapes, one file each: fill bone[] and what goes with it. */
void anatomy_femur_make(struct anatomy *a, enum anatomy_side side);
void anatomy_femur_to_body(double out[3], const struct anatomy *a, enum anatomy_side side, double lateral,
	double anterior, double proximal);
/* (lateral, anterior, proximal) mm from the head's centre. */
void anatomy_femur_local(double local[3], const struct anatomy *a, enum anatomy_side side, const double p[3]);
double anatomy_femur_cortex_mm(const struct anatomy *a, enum anatomy_side side, const double p[3]);
void anatomy_stress_make(struct anatomy *a, enum anatomy_side side);
double anatomy_femur_trabecular(const struct anatomy *a, enum anatomy_side side, const double p[3]);
/* Sclerosis and cysts next to the joint: a factor for the trabecular density of femur or hip bone. */
double anatomy_joint_factor(const struct anatomy *a, enum anatomy_side side, bool socket, const double p[3]);
void anatomy_pelvis_make(struct anatomy *a);
double anatomy_pelvis_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3]);
double anatomy_sacrum_sdf(const struct anatomy *a, const double p[3]);
double anatomy_lumbar_sdf(const struct anatomy *a, const double p[3]);
void anatomy_tissue_make(struct anatomy *a);
void anatomy_muscle_make(struct anatomy *a);
/* Volume fraction of fat within the muscle compartment by where the muscles lie: 0 in a belly, 1 between them. */
double anatomy_muscle_gap(const struct anatomy *a, const double p[3]);
/* Share of a voxel taken by bowel gas. */
double anatomy_gas(const struct anatomy *a, const double p[3], double width_mm);
/* Share taken by bowel content or wall. */
double anatomy_content(const struct anatomy *a, const double p[3], double width_mm);
/* Mineral of phleboliths, g/cm3 of the voxel. */
double anatomy_phleboliths(const struct anatomy *a, const double p[3], double width_mm);
/* Share of a voxel that is metal. */
double anatomy_metal(const struct anatomy *a, const double p[3], double width_mm);
bool anatomy_has_metal(const struct anatomy *a);
/* How much of a blurred boundary's inside a point has: 0 .. 1. */
static inline double anatomy_inside(double distance, double width)
{
	return anatomy_sdf_clamp(0.5 - distance / width, 0, 1);
}
/* Smooth noise of SD 1 on a lattice of 1 per unit, hashed from the seed: mean 0, at most about 2.7. */
double anatomy_noise(uint64_t seed, double x, double y, double z);
#ifdef __cplusplus
}
#endif
#endif

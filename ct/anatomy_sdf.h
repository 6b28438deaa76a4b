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
static inline double anatomy_sdf_min(double a, double b)
{
	return a < b ? a : b;
}
static inline double anatomy_sdf_max(double a, double b)
{
	return a > b ? a : b;
}
/* The pieces of a bone that can make its surface within a ball (ct/anatomy_near.c); elsewhere NULL: all of them. */
struct anatomy_pieces {
	int n;
	uint8_t cone[ANATOMY_CONES];
	bool joins[ANATOMY_CONES]; /* belongs to the chain of the piece before it */
	bool plate, ball;          /* of a hip bone: the wing's plate, the ball around the socket */
};
/* The bone's cones alone: chains of cones, smoothly joined (a blend would swell a chain at each joint). */
static inline double anatomy_sdf_cones(const struct anatomy_bone *bone, const struct anatomy_pieces *pieces,
	const double p[3])
{
	double d = INFINITY, chain = INFINITY;
	int n = pieces ? pieces->n : bone->n;
	for (int i = 0; i < n; i++) {
		const struct anatomy_cone *cone = &bone->cones[pieces ? pieces->cone[i] : i];
		double piece = anatomy_sdf_cone(cone, p);
		if (pieces ? pieces->joins[i] : cone->chained) {
			chain = anatomy_sdf_min(chain, piece);
			continue;
		}
		d = d < INFINITY ? anatomy_sdf_union(d, chain, bone->blend_mm) : chain;
		chain = piece;
	}
	return d < INFINITY ? anatomy_sdf_union(d, chain, bone->blend_mm) : chain;
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
double anatomy_pelvis_sdf(const struct anatomy *a, enum anatomy_side side, const struct anatomy_pieces *pieces,
	const double p[3]);
/* The pelvis's pieces other than cones. */
double anatomy_plate_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3]);
double anatomy_ball_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3]);
double anatomy_sacrum_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3]); /* uncut */
double anatomy_sacrum_cut(double sacrum, double hip);
/* Hollows a hip bone at distance d to the joint space about the head. */
double anatomy_socket_cut(const struct anatomy *a, enum anatomy_side side, double d, const double p[3]);
/* ct/anatomy_sampled.c: with a label map. */
void anatomy_sampled_make(struct anatomy *a);
double anatomy_sampled_sdf(const struct anatomy *a, enum anatomy_part part, const double p[3]);
double anatomy_lumbar_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3]);
double anatomy_lumbar_cortex_mm(const struct anatomy *a, const double p[3]);

/* ---- what matters within a ball, ct/anatomy_near.c: evaluating it alone gives the same values there ---- */

struct anatomy_near {
	struct anatomy_pieces own, hip; /* hip: of the hip bone beside a sacrum */
	bool joint;                     /* the sacrum is cut by it */
};
/* The distance at the ball's centre; pieces are left out when they are farther than any other can be. */
double anatomy_near_of(struct anatomy_near *near, const struct anatomy *a, enum anatomy_part part,
	const double centre_mm[3], double radius_mm);
double anatomy_near_sdf(const struct anatomy *a, enum anatomy_part part, const struct anatomy_near *near,
	const double p[3]);

/*
 * Bits of the muscles, bowel loops, phleboliths, pieces of metal (side * ANATOMY_METAL + i) and sheets of fat (side *
 * ANATOMY_SHEETS + i) that reach into a ball.
 */
struct anatomy_local {
	unsigned muscle[ANATOMY_SIDES], bowel, phlebolith, metal, sheet;
	bool mixed; /* muscle and the fat between them vary; else it is all `gap` */
	double gap;
};
/* width_mm: the boundaries' blur. */
struct anatomy_local anatomy_local_of(const struct anatomy *a, const double centre_mm[3], double radius_mm,
	double width_mm);
/* What changes so slowly that it may be read between the nodes of a lattice of 6 mm. */
struct anatomy_smooth {
	double skin_mm, muscle_mm; /* distance to the skin and to the muscles' outline */
	double wave, cavity;       /* unevenness of fat; 1 within the pelvic cavity, 0 outside */
};
/* far_mm: where the skin is farther away than that the rest is left out. */
struct anatomy_smooth anatomy_smooth_at(const struct anatomy *a, const double p[3], double far_mm);
/* As anatomy_tissue, from these. */
void anatomy_tissue_mix(double *soft, double *fat, const struct anatomy *a, const double p[3], double width_mm,
	const struct anatomy_smooth *smooth, const struct anatomy_local *local);
#define ANATOMY_CLOTH_MM 4.0 /* cloth with the air in it, over the skin */

void anatomy_tissue_make(struct anatomy *a);
void anatomy_muscle_make(struct anatomy *a);
/*
 * Volume fraction of fat in the muscles' compartment: `within` in a belly, `beyond` outside all of them, nearly pure in
 * the planes between two that touch.
 */
double anatomy_muscle_fat(const struct anatomy *a, const double p[3], const struct anatomy_local *local, double within,
	double beyond);
/* Fills the muscles' part of it. */
void anatomy_muscle_local(struct anatomy_local *local, const struct anatomy *a, const double centre_mm[3],
	double radius_mm);
/* ct/anatomy_sheet.c: raises the volume fraction of fat at a point to that of the sheets it lies in. */
void anatomy_sheet_make(struct anatomy *a);
double anatomy_sheet_fat(const struct anatomy *a, const double p[3], double width_mm, double fat, unsigned which);
unsigned anatomy_sheet_local(const struct anatomy *a, const double centre_mm[3], double radius_mm, double width_mm);
void anatomy_inclusion_make(struct anatomy *a);
/* ct/anatomy_inclusion.c; which: bits of the blobs to look at. */
void anatomy_inclusion_local(struct anatomy_local *local, const struct anatomy *a, const double centre_mm[3],
	double radius_mm, double width_mm);
/* Share of a voxel taken by bowel gas. */
double anatomy_gas(const struct anatomy *a, const double p[3], double width_mm, unsigned which);
/* Share taken by bowel content or wall. */
double anatomy_content(const struct anatomy *a, const double p[3], double width_mm, unsigned which);
/* Mineral of phleboliths, g/cm3 of the voxel. */
double anatomy_phleboliths(const struct anatomy *a, const double p[3], double width_mm, unsigned which);
/* ct/anatomy_metal.c: share of a voxel that is metal; which: bits of its pieces. */
double anatomy_metal(const struct anatomy *a, const double p[3], double width_mm, unsigned which);
void anatomy_metal_make(struct anatomy *a, enum anatomy_side side);
unsigned anatomy_metal_local(const struct anatomy *a, const double centre_mm[3], double reach_mm);
/* Of a femur at distance `femur`, what a total hip leaves of it. */
double anatomy_resection_cut(const struct anatomy *a, enum anatomy_side side, double femur, const double p[3]);
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

/*
 * Signed distances (mm, negative inside) of the anatomy's building blocks and their smooth unions.  All change by at
 * most 1 mm per mm, so a value is never more than the true distance outside.
 */
#ifndef KERNELS_ANATOMY_SDF_H
#define KERNELS_ANATOMY_SDF_H
#include "kernels/anatomy/model.h"

K_FN double anatomy_sdf_dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

K_FN double anatomy_sdf_length(double x, double y, double z)
{
	return sqrt(x * x + y * y + z * z);
}

K_FN double anatomy_sdf_distance(const double a[3], const double b[3])
{
	return anatomy_sdf_length(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

K_FN double anatomy_sdf_clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* 0 at and before `from`, 1 at and after `to` (from > to is allowed), flat at both ends. */
K_FN double anatomy_sdf_step(double from, double to, double x)
{
	double u = anatomy_sdf_clamp((x - from) / (to - from), 0, 1);
	return u * u * (3 - 2 * u);
}

/* Smooth minimum: a quadratic blend where |a - b| < width; its gradient is a convex mix of a's and b's. */
K_FN double anatomy_sdf_union(double a, double b, double width)
{
	double h = width - fabs(a - b);
	return (a < b ? a : b) - (h > 0 ? 0.25 * h * h / width : 0);
}

K_FN double anatomy_sdf_cut(double a, double b, double width)
{
	return -anatomy_sdf_union(-a, -b, width);
}

K_FN double anatomy_sdf_min(double a, double b)
{
	return a < b ? a : b;
}

K_FN double anatomy_sdf_max(double a, double b)
{
	return a > b ? a : b;
}

/* How much of a blurred boundary's inside a point has: 0 .. 1. */
K_FN double anatomy_inside(double distance, double width)
{
	return anatomy_sdf_clamp(0.5 - distance / width, 0, 1);
}

/*
 * Round cone: spheres of two radii and their common tangent cone, exact.  (x, y) = distance from the axis and height
 * along it; the tangent cone's normal is (cosine, slope), and a point belongs to the cone where the foot of that
 * normal falls between the two centres.
 */
K_FN double anatomy_sdf_cone(const struct anatomy_cone *c, const double p[3])
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

K_FN void anatomy_sdf_affine(const double m[4][4], const double p[3], double out[3])
{
	for (int row = 0; row < 3; row++)
		out[row] = m[row][0] * p[0] + m[row][1] * p[1] + m[row][2] * p[2] + m[row][3];
}

/* The pieces of a bone that can make its surface within a ball (kernels/anatomy/near.h); elsewhere NULL: all of them. */
struct anatomy_pieces {
	int n;
	uint32_t joins; /* bit i: piece i belongs to the chain of the piece before it */
	uint8_t cone[ANATOMY_CONES];
	bool plate, ball;          /* of a hip bone: the wing's plate, the ball around the socket */
};

/* The bone's cones alone: chains of cones, smoothly joined (a blend would swell a chain at each joint). */
ANATOMY_CALL double anatomy_sdf_cones(const struct anatomy_bone *bone, const struct anatomy_pieces *pieces,
	const double p[3])
{
	double d = INFINITY, chain = INFINITY;
	int n = pieces ? pieces->n : bone->n;
	for (int i = 0; i < n; i++) {
		const struct anatomy_cone *cone = &bone->cones[pieces ? pieces->cone[i] : i];
		double piece = anatomy_sdf_cone(cone, p);
		if (pieces ? pieces->joins >> i & 1 : cone->chained) {
			chain = anatomy_sdf_min(chain, piece);
			continue;
		}
		d = d < INFINITY ? anatomy_sdf_union(d, chain, bone->blend_mm) : chain;
		chain = piece;
	}
	return d < INFINITY ? anatomy_sdf_union(d, chain, bone->blend_mm) : chain;
}
#endif

/* Vectors of three, in mm. */
#ifndef CT_VEC3_H
#define CT_VEC3_H
#include <math.h>
#ifdef __cplusplus
extern "C" {
#endif
static inline double vec3_dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double vec3_length(const double a[3])
{
	return sqrt(vec3_dot(a, a));
}

/* out = a + s b; out may be a or b. */
static inline void vec3_add(double out[3], const double a[3], double s, const double b[3])
{
	for (int i = 0; i < 3; i++)
		out[i] = a[i] + s * b[i];
}

/* Length 1; -1 when the length is zero or not finite. */
static inline int vec3_unit(double a[3])
{
	double length = vec3_length(a);
	if (!(length > 0) || !isfinite(length))
		return -1;
	for (int i = 0; i < 3; i++)
		a[i] /= length;
	return 0;
}

/* Two unit vectors that complete the unit vector a to a right-handed frame. */
static inline void vec3_frame(double u[3], double v[3], const double a[3])
{
	int least = fabs(a[0]) < fabs(a[1]) ? 0 : 1;
	double e[3] = { 0 };
	if (fabs(a[2]) < fabs(a[least]))
		least = 2;
	e[least] = 1;
	vec3_add(u, e, -vec3_dot(e, a), a);
	vec3_unit(u);
	v[0] = a[1] * u[2] - a[2] * u[1];
	v[1] = a[2] * u[0] - a[0] * u[2];
	v[2] = a[0] * u[1] - a[1] * u[0];
}
#ifdef __cplusplus
}
#endif
#endif

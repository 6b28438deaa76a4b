/* A sphere through weighted points: algebraic least squares, then Gauss-Newton on the distances. */
#ifndef CT_SPHERE_H
#define CT_SPHERE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct sphere {
	double centre_mm[3], radius_mm;
};
/* points_mm (n, 3), weights (n) >= 0.  -1 without message when the points do not fix a sphere. */
int sphere_fit(struct sphere *s, const double *points_mm, const double *weights, int64_t n);
/* One Gauss-Newton step of the weighted sum of (|p - centre| - radius)^2 from *s; *step_mm is its largest
 * part. */
int sphere_refine(
	struct sphere *s, double *step_mm, const double *points_mm, const double *weights, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

#include "ct/head.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/vec3.h"
#include "host/run/err.h"

const struct head_limits head_limits = {
	.low_radius_mm = 15,
	.high_radius_mm = 32,
	.max_rms_mm = 0.8,
	.max_rms_voxels = 0.35,
	.min_coverage = 0.6,
};

enum { MAX_STEPS = 60 };
#define CAP_MM 18.0    /* height of the cap of the first fit: less than a small head's radius */
#define BEHIND -0.25   /* in radii: faces beyond this plane across the neck belong to the neck's side */
#define CONVERGED 1e-4 /* mm */

/* Faces chosen for a fit. */
struct choice {
	double *points_mm, *weights;
	int64_t n;
};

static int choice_init(struct choice *c, int64_t n)
{
	*c = (struct choice){ .points_mm = malloc((size_t)(n + 1) * 3 * sizeof(double)),
		.weights = malloc((size_t)(n + 1) * sizeof(double)) };
	return c->points_mm && c->weights ? 0 : ERR_RESOURCE("no memory for %lld faces", (long long)n);
}

static void choice_free(struct choice *c)
{
	free(c->points_mm);
	free(c->weights);
	*c = (struct choice){ 0 };
}

static void choice_add(struct choice *c, const double point_mm[3], double weight)
{
	memcpy(c->points_mm + 3 * c->n, point_mm, 3 * sizeof(double));
	c->weights[c->n++] = weight;
}

static void choose_cap(struct choice *c, const struct surface *s, const double towards[3])
{
	double furthest = -INFINITY;
	c->n = 0;
	for (int64_t i = 0; i < s->n; i++)
		furthest = fmax(furthest, vec3_dot(s->faces[i].centre_mm, towards));
	for (int64_t i = 0; i < s->n; i++)
		if (vec3_dot(s->faces[i].centre_mm, towards) >= furthest - CAP_MM)
			choice_add(c, s->faces[i].centre_mm, vec3_length(s->faces[i].area_mm2));
}

/* Faces within band_mm of the sphere, weighted by the area they show to its centre (even over all
 * directions). */
static void choose_near(
	struct choice *c, struct head *h, const struct surface *s, const double towards[3], double band_mm)
{
	double sum = 0, squares = 0, cap = 0;
	const double radius = h->sphere.radius_mm;
	c->n = 0;
	for (int64_t i = 0; i < s->n; i++) {
		double q[3];
		vec3_add(q, s->faces[i].centre_mm, -1, h->sphere.centre_mm);
		double length = vec3_length(q), forward = vec3_dot(q, towards);
		if (!(fabs(length - radius) <= band_mm) || forward < BEHIND * radius)
			continue;
		double weight = vec3_dot(s->faces[i].area_mm2, q) / length;
		if (!(weight > 0))
			continue;
		choice_add(c, s->faces[i].centre_mm, weight);
		sum += weight;
		squares += weight * (length - radius) * (length - radius);
		if (forward >= 0.5 * length)
			cap += weight;
	}
	h->rms_mm = sum > 0 ? sqrt(squares / sum) : INFINITY;
	h->coverage = cap / (acos(-1.0) * radius * radius); /* a cap of 60 degrees has the area pi R^2 */
}

static int refine(
	struct head *h, struct choice *c, const struct surface *s, const double towards[3], double voxel_mm)
{
	const double narrow = 1.0 + 0.7 * voxel_mm;
	for (int k = 0; k < MAX_STEPS; k++) {
		double step_mm, band_mm = fmax(narrow, 3 * narrow * pow(0.8, k)); /* from wide to narrow */
		choose_near(c, h, s, towards, band_mm);
		if (sphere_refine(&h->sphere, &step_mm, c->points_mm, c->weights, c->n) != 0 ||
			!(h->sphere.radius_mm > 0.5 * head_limits.low_radius_mm) ||
			!(h->sphere.radius_mm < 2 * head_limits.high_radius_mm))
			return ERR_INVALID("no sphere fits the label where the femoral head should be");
		if (band_mm <= narrow && step_mm <= CONVERGED)
			break;
	}
	choose_near(c, h, s, towards, narrow);
	return 0;
}

int head_start(struct head *h, const struct surface *s, const double towards[3], double voxel_mm)
{
	struct choice c;
	int rc = -1;
	*h = (struct head){ 0 };
	TRY(choice_init(&c, s->n));
	choose_cap(&c, s, towards);
	if (sphere_fit(&h->sphere, c.points_mm, c.weights, c.n) != 0) {
		ERR_INVALID("no sphere fits the label where the femoral head should be");
		goto cleanup;
	}
	TRY(refine(h, &c, s, towards, voxel_mm));
	rc = 0;
cleanup:
	choice_free(&c);
	return rc;
}

int head_refine(struct head *h, const struct surface *s, const double towards[3], double voxel_mm)
{
	struct choice c;
	int rc = choice_init(&c, s->n);
	if (rc == 0)
		rc = refine(h, &c, s, towards, voxel_mm);
	choice_free(&c);
	return rc;
}

int head_check(const struct head *h, double voxel_mm)
{
	const struct head_limits *l = &head_limits;
	const double max_rms = l->max_rms_mm + l->max_rms_voxels * voxel_mm;
	if (!(h->sphere.radius_mm >= l->low_radius_mm && h->sphere.radius_mm <= l->high_radius_mm))
		return ERR_INVALID("the head's radius %.1f mm is not in %g..%g mm", h->sphere.radius_mm,
			l->low_radius_mm, l->high_radius_mm);
	if (!(h->rms_mm <= max_rms))
		return ERR_INVALID("the head is no sphere: %.2f mm rms, at most %.2f mm", h->rms_mm, max_rms);
	if (!(h->coverage >= l->min_coverage))
		return ERR_INVALID(
			"only %.0f %% of the head's cap lie on a sphere of %.1f mm, at least %.0f %% needed",
			100 * h->coverage, h->sphere.radius_mm, 100 * l->min_coverage);
	return 0;
}

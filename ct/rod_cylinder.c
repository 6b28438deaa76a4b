/* What the found cylinders hold: rods_found_measure(), rods_found_labels(). */
#include <math.h>
#include <stdlib.h>
#include "ct/rod_find.h"
#include "ct/rod_image.h"
#include "host/run/err.h"

#define RING_FROM 1.15 /* in radii: the surroundings of a rod */
#define RING_TO 1.5
#define LEAST_SEEN 0.3	    /* of a rod's inner cylinder inside the image */
#define SHOWS_HU 5.0	    /* a rod that should stand out by more than this ... */
#define SHOWS_SHARE 0.3	    /* ... and does not by this share of it is not there */
#define PROFILE_STEP_MM 0.25
enum { PROFILE = 128 };

void rods_found_axis(double uv_mm[2], const struct rods_found *f, int place, double w_mm)
{
	for (int k = 0; k < 2; k++)
		uv_mm[k] = f->first_mm[k] + f->first_slope[k] * w_mm +
			   place * (f->step_mm[k] + f->step_slope[k] * w_mm);
}

/* Calls visit(context, index, distance) for the voxels within reach of a place's axis; index -1 outside the image. */
static void visit_rod(const struct rods_found *f, const struct volume *v, int place, double reach_mm,
	void (*visit)(void *context, int64_t index, double distance_mm), void *context)
{
	const int64_t stride[3] = { 1, v->n[0], v->n[0] * v->n[1] };
	const int64_t from = (int64_t)ceil(f->from_mm / f->mm[2] - 1e-6),
		      to = (int64_t)floor(f->to_mm / f->mm[2] + 1e-6);
	for (int64_t w = from; w <= to; w++) {
		double at[2];
		int64_t lo[2], hi[2];
		rods_found_axis(at, f, place, (double)w * f->mm[2]);
		for (int k = 0; k < 2; k++) {
			lo[k] = (int64_t)ceil((at[k] - reach_mm) / f->mm[k]);
			hi[k] = (int64_t)floor((at[k] + reach_mm) / f->mm[k]);
		}
		for (int64_t y = lo[1]; y <= hi[1]; y++)
			for (int64_t x = lo[0]; x <= hi[0]; x++) {
				const double r = hypot(
					(double)x * f->mm[0] - at[0], (double)y * f->mm[1] - at[1]);
				const bool in = x >= 0 && y >= 0 && x < v->n[f->axis[0]] &&
						y < v->n[f->axis[1]];
				if (r <= reach_mm)
					visit(context,
						in ? x * stride[f->axis[0]] + y * stride[f->axis[1]] +
								w * stride[f->axis[2]]
						   : -1,
						r);
			}
	}
}

struct sums {
	const float *hu;
	double inner_mm, ring_from_mm;
	double offset;
	int64_t asked, n, ring_n;
	double sum, squares, ring;
};

static void add_up(void *context, int64_t index, double r)
{
	struct sums *s = context;
	const bool inner = r <= s->inner_mm;
	s->asked += inner;
	if (index < 0)
		return;
	const double hu = (double)s->hu[index];
	if (!(hu >= ROD_IMAGE_OUTSIDE_HU))
		return;
	if (inner) {
		if (s->n++ == 0)
			s->offset = hu;
		s->sum += hu - s->offset;
		s->squares += (hu - s->offset) * (hu - s->offset);
	} else if (r >= s->ring_from_mm && hu > ROD_IMAGE_AIR_HU) {
		s->ring_n++;
		s->ring += hu;
	}
}

/* [0]: without air, [1]: with it. */
struct profile {
	const float *hu;
	double sum[2][PROFILE];
	int64_t n[2][PROFILE];
};

static void add_profile(void *context, int64_t index, double r)
{
	struct profile *p = context;
	const int bin = (int)(r / PROFILE_STEP_MM);
	if (index < 0 || bin >= PROFILE || !((double)p->hu[index] > ROD_IMAGE_OUTSIDE_HU))
		return;
	for (int kind = (double)p->hu[index] > ROD_IMAGE_AIR_HU ? 0 : 1; kind < 2; kind++) {
		p->sum[kind][bin] += (double)p->hu[index];
		p->n[kind][bin]++;
	}
}

static double count_between(const struct profile *p, int kind, double from_mm, double to_mm)
{
	double n = 0;
	for (int b = (int)(from_mm / PROFILE_STEP_MM); b < PROFILE && b < to_mm / PROFILE_STEP_MM; b++)
		n += (double)p->n[kind][b];
	return n;
}

static double mean_between(const struct profile *p, int kind, double from_mm, double to_mm)
{
	double sum = 0;
	for (int b = (int)(from_mm / PROFILE_STEP_MM); b < PROFILE && b < to_mm / PROFILE_STEP_MM; b++)
		sum += p->sum[kind][b];
	const double n = count_between(p, kind, from_mm, to_mm);
	return n > 0 ? sum / n : NAN;
}

/* Air counts only around a rod that has little else about it. */
static int kind_of(const struct profile *p, double radius_mm)
{
	const double from = RING_FROM * radius_mm, to = RING_TO * radius_mm;
	return count_between(p, 0, from, to) < 0.3 * count_between(p, 1, from, to) ? 1 : 0;
}

/* Where the profile lies half way between the inside and the surroundings; `guess` when it does not cross. */
static double half_way(const struct profile *p, int kind, double guess)
{
	const double in = mean_between(p, kind, 0, 0.6 * guess),
		     out = mean_between(p, kind, RING_FROM * guess, RING_TO * guess);
	double before = 1, before_at = 0;
	for (int b = (int)(0.5 * guess / PROFILE_STEP_MM); b < PROFILE && b < 1.4 * guess / PROFILE_STEP_MM; b++) {
		if (p->n[kind][b] == 0)
			continue;
		const double share = (p->sum[kind][b] / (double)p->n[kind][b] - out) / (in - out),
			     at = (b + 0.5) * PROFILE_STEP_MM;
		if (share < 0.5)
			return before_at > 0 ? before_at + (at - before_at) * (before - 0.5) / (before - share) : guess;
		before = share;
		before_at = at;
	}
	return guess;
}

/* The mean over the rods that stand out well. */
static double find_radius(const struct rods_found *f, const struct volume *ct)
{
	double sum = 0;
	int n = 0;
	for (int place = 0; place < f->n_rods; place++) {
		struct profile p = { .hu = volume_f32(ct) };
		visit_rod(f, ct, place, RING_TO * f->radius_mm, add_profile, &p);
		const int kind = kind_of(&p, f->radius_mm);
		const double step = mean_between(&p, kind, 0, 0.6 * f->radius_mm) -
				    mean_between(&p, kind, RING_FROM * f->radius_mm, RING_TO * f->radius_mm);
		if (!(fabs(step) > 30))
			continue;
		sum += half_way(&p, kind, f->radius_mm);
		n++;
	}
	return n ? sum / n : f->radius_mm;
}

static int64_t stretch(const struct rods_found *f)
{
	return (int64_t)floor(f->to_mm / f->mm[2] + 1e-6) - (int64_t)ceil(f->from_mm / f->mm[2] - 1e-6) + 1;
}

/* A rod that ought to show and does not: at its place are its surroundings. */
static int check_shows(const struct calibration_rod *rods, const double *ring_hu, const struct phantom *p)
{
	if (p->n_rods < 4)
		return 0;
	for (int i = 0; i < p->n_rods; i++) {
		double hu[PHANTOM_RODS], mg_cm3[PHANTOM_RODS], slope, zero, r2;
		int n = 0;
		for (int k = 0; k < p->n_rods; k++)
			if (k != i) {
				hu[n] = rods[k].mean_hu - (p->water_known ? rods[k].water_mg_cm3 : 0);
				mg_cm3[n++] = rods[k].mg_cm3;
			}
		if (calibration_line(mg_cm3, hu, n, &slope, &zero, &r2) != 0)
			return -1;
		const double expected = slope * rods[i].mg_cm3 + zero + (p->water_known ? rods[i].water_mg_cm3 : 0),
			     step = expected - ring_hu[i], seen = rods[i].mean_hu - ring_hu[i];
		if (fabs(step) > SHOWS_HU && fabs(seen) < SHOWS_SHARE * fabs(step))
			return ERR_INVALID("phantom %s: rod %u (%g mg/cm3) is missing: its place reads %.1f HU as "
					   "its surroundings, where the other rods' line says %.1f HU",
				p->name, p->rods[i].label, p->rods[i].mg_cm3, rods[i].mean_hu, expected);
	}
	return 0;
}

int rods_found_measure(struct rods_found *f, struct calibration_rod *rods, const struct volume *ct_hu,
	const struct phantom *phantom)
{
	double ring_hu[PHANTOM_RODS];
	if (stretch(f) < 1)
		return ERR_INVALID("phantom %s: the rods are followed through no slice", phantom->name);
	f->radius_mm = find_radius(f, ct_hu);
	f->inner_mm = f->radius_mm - fmax(0.2 * f->radius_mm, 1.2 * fmax(f->mm[0], f->mm[1]));
	if (!(f->inner_mm > 0.3 * f->radius_mm))
		return ERR_INVALID("phantom %s: rods of %.1f mm radius are too thin for pixels of %g mm",
			phantom->name, f->radius_mm, fmax(f->mm[0], f->mm[1]));
	for (int place = 0; place < f->n_rods; place++) {
		const struct phantom_rod *rod = &phantom->rods[f->rod[place]];
		struct sums s = { .hu = volume_f32(ct_hu),
			.inner_mm = f->inner_mm,
			.ring_from_mm = RING_FROM * f->radius_mm };
		visit_rod(f, ct_hu, place, RING_TO * f->radius_mm, add_up, &s);
		const double n = (double)s.n, seen = s.asked ? n / (double)s.asked : 0;
		if (!(seen >= LEAST_SEEN) || s.n < 2)
			return ERR_INVALID("phantom %s: rod %u (%g mg/cm3) lies outside the image: %.0f %% of it is "
					   "seen",
				phantom->name, rod->label, rod->mg_cm3, 100 * seen);
		rods[f->rod[place]] = (struct calibration_rod){ .mg_cm3 = rod->mg_cm3,
			.water_mg_cm3 = rod->water_mg_cm3,
			.mean_hu = s.offset + s.sum / n,
			.sd_hu = sqrt(fmax(0, (s.squares - s.sum * s.sum / n) / (n - 1))),
			.seen = seen,
			.voxels = s.n };
		ring_hu[f->rod[place]] = s.ring_n ? s.ring / (double)s.ring_n : s.offset + s.sum / n;
	}
	return check_shows(rods, ring_hu, phantom);
}

struct paint {
	uint16_t *labels, label;
};

static void paint(void *context, int64_t index, double r)
{
	const struct paint *p = context;
	(void)r;
	if (index >= 0)
		p->labels[index] = p->label;
}

int rods_found_labels(struct volume *labels, const struct rods_found *f, const struct volume *ct_hu,
	const struct phantom *phantom)
{
	if (volume_init(labels, ct_hu->n, AFFINE(ct_hu->to_world), VOLUME_U16) != 0)
		return -1;
	for (int place = 0; place < f->n_rods; place++) {
		struct paint p = { volume_u16(labels), phantom->rods[f->rod[place]].label };
		visit_rod(f, labels, place, f->inner_mm, paint, &p);
	}
	return 0;
}

#include "drr/cohort/person.h"

#include <math.h>
#include <stdio.h>

#include "drr/cohort/stream.h"
#include "host/run/err.h"

static const double rad_per_deg = 3.14159265358979323846 / 180;

/* Normal, redrawn until it lies in the range (a clamp would pile people up at the ends). */
static double draw(struct rng *r, double mean, double sd, double low, double high)
{
	for (int tries = 0; tries < 1000; tries++) {
		double x = mean + sd * rng_normal(r);
		if (x >= low && x <= high)
			return x;
	}
	return mean < low ? low : mean > high ? high : mean;
}

static double within(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

static void sample_body(struct person *p, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_PERSON, 0);
	p->sex = rng_uniform(&r) < 0.6 ? 'F' : 'M';
	bool woman = p->sex == 'F';
	p->age = floor(rng_range(&r, 50, 86));
	p->height_cm = round(10 * draw(&r, woman ? 158 : 171, 6.5, 140, 195)) / 10;
	p->bmi = draw(&r, woman ? 24 : 24.5, 3.8, 17, 36);
	p->weight_kg = round(10 * p->bmi * p->height_cm * p->height_cm * 1e-4) / 10;
	p->bmi = p->weight_kg / (p->height_cm * p->height_cm * 1e-4);
	/* Women: 1 % of the young mean a year from 50 to 80; men: 3.5 % a decade.  Heavier is denser. */
	double z = 0.3 * (p->bmi - 24) / 3.8 + sqrt(1 - 0.3 * 0.3) * rng_normal(&r);
	double mean = woman ? 0.886 * (1 - 0.010 * (within(p->age, 50, 80) - 50))
			    : 0.950 * (1 - 0.0035 * (p->age - 40));
	p->density_target_g_cm2 = within(mean + (woman ? 0.085 : 0.095) * z, 0.45, 1.25);
}

/*
 * The cortex carries more of a weak hip than of a strong one: trabecular bone goes with a higher power of the
 * density.  A large hip reaches its areal density with less, the rays being longer.  Exponents and references
 * are fitted to what the rendered hips measure.
 */
static void sample_strength(struct anatomy_femur *f, const struct person *p, struct rng *r)
{
	double strength = p->density_target_g_cm2 / 0.90 * pow(f->head_diameter_mm / 44, -0.7);
	f->cortex_shaft_mm = within(4.5 * pow(strength, 0.95) * exp(0.07 * rng_normal(r)), 1.2, 9.5);
	f->cortex_neck_mm = within(1.55 * pow(strength, 0.95) * exp(0.09 * rng_normal(r)), 0.5, 4);
	f->cortical_mg_cm3 = within(1030 + 60 * (strength - 0.9) + 25 * rng_normal(r), 900, 1150);
	f->trabecular_mg_cm3 = within(122 * pow(strength, 1.15) * exp(0.10 * rng_normal(r)), 15, 400);
	f->trabecular_gradient = draw(r, 1.5, 0.12, 1.2, 1.9);
	/* Adipose in muscle: 0.16 of it has red marrow's CT number (11 HU), 0.60 yellow marrow's (-49). */
	f->marrow_fat = draw(r, 0.40 + 0.003 * (p->age - 67), 0.06, 0.16, 0.60);
}

static void sample_femur(struct anatomy_femur *f, const struct person *p, struct rng *r)
{
	bool woman = p->sex == 'F';
	double tall = p->height_cm - (woman ? 158 : 171);
	f->head_diameter_mm = draw(r, (woman ? 43.25 : 48.5) + 0.14 * tall, 1.6, 36, 57);
	f->offset_mm = draw(r, (woman ? 37.3 : 38.7) + 0.12 * tall, 3.6, 28, 50);
	f->neck_shaft_deg = draw(r, woman ? 126.5 : 125, 5.0, 112, 140);
	f->torsion_deg = draw(r, woman ? 16 : 12, 8, -8, 36);
	f->neck_width_mm =
		within(0.715 * f->head_diameter_mm + draw(r, 0, 1.2, -3, 3), 24, 0.88 * f->head_diameter_mm);
	f->shaft_diameter_mm = draw(r, (woman ? 27.5 : 30.5) + 0.06 * tall, 1.5, 23, 36);
	f->flexion_deg = draw(r, 2, 2.5, -5, 10);
	f->internal_deg = draw(r, 4, 6, -14, 20);
	f->abduction_deg = draw(r, 3, 2.5, -4, 10);
	sample_strength(f, p, r);
}

/* The other side: the same person's, a little different. */
static void sample_difference(struct anatomy_femur *f, struct rng *r)
{
	f->head_diameter_mm += 0.3 * draw(r, 0, 1, -2.5, 2.5);
	f->offset_mm += 0.9 * draw(r, 0, 1, -2.5, 2.5);
	f->neck_shaft_deg += 1.2 * draw(r, 0, 1, -2.5, 2.5);
	f->torsion_deg += 3.0 * draw(r, 0, 1, -2.5, 2.5);
	f->neck_width_mm =
		within(f->neck_width_mm + 0.4 * draw(r, 0, 1, -2.5, 2.5), 23, 0.89 * f->head_diameter_mm);
	f->shaft_diameter_mm += 0.4 * draw(r, 0, 1, -2.5, 2.5);
	f->cortex_shaft_mm *= exp(0.03 * draw(r, 0, 1, -2.5, 2.5));
	f->cortex_neck_mm *= exp(0.04 * draw(r, 0, 1, -2.5, 2.5));
	f->trabecular_mg_cm3 *= exp(0.05 * draw(r, 0, 1, -2.5, 2.5));
	f->internal_deg = within(f->internal_deg + 4 * draw(r, 0, 1, -2.5, 2.5), -20, 25);
	f->abduction_deg += 1.5 * draw(r, 0, 1, -2.5, 2.5);
}

static void sample_bones(struct person *p, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_BONE, 0);
	struct anatomy_params *a = &p->anatomy;
	double strength = p->density_target_g_cm2 / 0.9, height = p->height_cm / 164;
	sample_femur(&a->femur[ANATOMY_RIGHT], p, &r);
	a->femur[ANATOMY_LEFT] = a->femur[ANATOMY_RIGHT];
	sample_difference(&a->femur[ANATOMY_LEFT], &r);
	a->pelvis_scale = within(pow(height, 0.8) * exp(0.025 * rng_normal(&r)), 0.86, 1.14);
	a->head_distance_mm = draw(&r, (p->sex == 'F' ? 177 : 179) * pow(height, 0.5), 6, 152, 205);
	a->pelvis_cortex_mm = within(1.2 * strength * exp(0.08 * rng_normal(&r)), 0.5, 2.5);
	a->pelvis_trabecular_mg_cm3 = within(110 * pow(strength, 1.3) * exp(0.12 * rng_normal(&r)), 20, 300);
	a->pelvis_marrow_fat = draw(&r, 0.32, 0.06, 0.16, 0.60);
}

static void sample_tissue(struct person *p, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_TISSUE, 0);
	struct anatomy_params *a = &p->anatomy;
	bool woman = p->sex == 'F';
	double heavy = p->bmi - 23;
	a->muscle_mm = draw(&r, 9 + 0.3 * heavy, 2.5, 3, 22);
	a->fat_lateral_mm = draw(&r, (woman ? 24 : 15) + 2.0 * heavy, 5.5, 5, 65);
	a->fat_front_mm = draw(&r, (woman ? 16 : 13) + 1.8 * heavy, 4.5, 4, 60);
	a->fat_back_mm = draw(&r, (woman ? 22 : 16) + 1.4 * heavy, 4.5, 5, 55);
	a->muscle_fat = draw(&r, 0.08 + 0.002 * (p->age - 65) + 0.003 * heavy, 0.03, 0.01, 0.3);
	a->visceral_fat = draw(&r, 0.30 + 0.012 * heavy, 0.07, 0.08, 0.6);
	for (int k = 0; k < 3; k++)
		a->texture_rad[k] = rng_range(&r, 0, 360 * rad_per_deg);
}

/* DXA turns each leg inwards to 15-20 degrees, straight; the leg's own posture in the body is undone. */
static struct pose dxa_pose(struct rng *r, const struct anatomy_femur *f, enum anatomy_side side)
{
	double outward = side == ANATOMY_RIGHT ? 1 : -1;
	struct pose pose = { { 0 }, { 0 } };
	pose.rotate_rad[0] = (draw(r, 0, 1.5, -5, 5) - f->flexion_deg) * rad_per_deg;
	pose.rotate_rad[1] = -outward * draw(r, 0, 1.5, -5, 5) * rad_per_deg;
	pose.rotate_rad[2] = outward * (draw(r, 17, 2.5, 9, 25) - f->internal_deg) * rad_per_deg;
	return pose;
}

static void sample_poses(struct person *p, uint64_t seed)
{
	static const double ct_deg[3] = { 1.5, 1.2, 1.5 }, xray_deg[3] = { 2.5, 1.5, 2.0 };
	struct rng r = stream_of(seed, p->index, STREAM_POSE, 0);
	for (int k = 0; k < 3; k++) {
		p->ct_pose.rotate_rad[k] = draw(&r, 0, ct_deg[k], -3, 3) * rad_per_deg;
		p->ct_pose.shift_mm[k] = draw(&r, 0, 4, -8, 8);
	}
	for (int k = 0; k < 3; k++) {
		p->xray_pose.rotate_rad[k] = draw(&r, 0, xray_deg[k], -5, 5) * rad_per_deg;
		p->xray_pose.shift_mm[k] = rng_range(&r, -10, 10);
	}
	for (int side = 0; side < ANATOMY_SIDES; side++)
		p->dxa_pose[side] = dxa_pose(&r, &p->anatomy.femur[side], (enum anatomy_side)side);
	p->ct_days = 0;
	p->xray_days = (int)rng_below(&r, 61) - 30;
	p->dxa_days = (int)rng_below(&r, 361) - 180;
}

struct person person_sample(uint64_t seed, int64_t index, int n_sites)
{
	struct person p = { .index = index, .site = (int)(index % n_sites) };
	if (index < 0 || index >= PERSON_MOST || n_sites < 1 || n_sites > SITE_MOST)
		BUG("person %lld of %d sites", (long long)index, n_sites);
	snprintf(p.id, sizeof(p.id), "sub-%c%04d", 'A' + p.site, (int)index + 1);
	sample_body(&p, seed);
	sample_bones(&p, seed);
	sample_tissue(&p, seed);
	sample_poses(&p, seed);
	return p;
}

#include "drr/cohort/person.h"

#include <math.h>
#include <stdio.h>

#include "drr/cohort/finding.h"
#include "drr/cohort/map_library.h"
#include "drr/cohort/shape.h"
#include "drr/cohort/strength.h"
#include "drr/cohort/stream.h"
#include "host/run/err.h"

/* Parts of the SD of density at given age and sex: BMI's, and what is left beside the risk factors. */
#define HEAVY 0.42
#define CHANCE 0.87
/* A side about the person's own: left - right then has an SD of 0.037 g/cm2. */
#define SIDE_SD_G_CM2 0.025

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

double person_density_mean(bool woman, double age)
{
	/* Women: 1 % of the young mean a year from 50 to 80; men: 3.5 % a decade. */
	return woman ? 0.886 * (1 - 0.010 * (within(age, 50, 80) - 50))
		     : 0.970 * (1 - 0.0035 * (fmax(age, 40) - 40));
}

double person_density_sd(bool woman)
{
	return woman ? 0.100 : 0.125;
}

static void sample_body(struct person *p, const struct population *who, struct rng *r)
{
	p->sex = rng_uniform(r) < who->women ? 'F' : 'M';
	bool woman = p->sex == 'F';
	double even = rng_range(r, who->age_low, who->age_high);
	p->age = floor(
		who->age_sd > 0 ? draw(r, who->age_mean, who->age_sd, who->age_low, who->age_high) : even);
	p->height_cm = round(10 * draw(r, woman ? 157 : 170, 6.2, 138, 195)) / 10;
	p->bmi = draw(r, woman ? 22.5 : 23.5, woman ? 3.5 : 3.3, 15.5, 38);
	p->weight_kg = round(10 * p->bmi * p->height_cm * p->height_cm * 1e-4) / 10;
	p->bmi = p->weight_kg / (p->height_cm * p->height_cm * 1e-4);
}

/* Heavier is denser (r of aBMD and BMI 0.3-0.46); risk factors and chance make the rest of the SD. */
static void sample_density(struct person *p, const struct population *who, struct rng *r)
{
	bool woman = p->sex == 'F';
	double sd = who->density_spread * person_density_sd(woman),
	       heavy = (p->bmi - (woman ? 22.5 : 23.5)) / 3.4;
	background_sample(&p->background, woman, p->age, r);
	double z = HEAVY * heavy + background_effect(&p->background, woman) + CHANCE * rng_normal(r);
	double mean = PERSON_MINERAL_PER_DXA * person_density_mean(woman, p->age) + who->density_shift_g_cm2;
	p->density_target_g_cm2 = within(mean + sd * z, 0.38, 1.40);
	double shown = p->density_target_g_cm2 / PERSON_MINERAL_PER_DXA;
	double t_score = woman ? (shown - 0.942) / 0.122 : (shown - 1.041) / 0.144;
	background_consequences(&p->background, woman, p->age, t_score, r);
	p->missing = background_missing(p->age, who->missing, r);
}

static void set_shape(struct anatomy_femur *f, const double shape[SHAPE_COUNT])
{
	f->head_diameter_mm = shape[SHAPE_HEAD_DIAMETER];
	f->offset_mm = shape[SHAPE_OFFSET];
	f->neck_shaft_deg = shape[SHAPE_NECK_SHAFT];
	f->torsion_deg = shape[SHAPE_TORSION];
	f->neck_width_mm = shape[SHAPE_NECK_WIDTH];
	f->shaft_diameter_mm = shape[SHAPE_SHAFT_DIAMETER];
	f->bow_per_m = shape[SHAPE_BOW];
	f->cortex_shaft_mm = shape[SHAPE_CORTEX_SHAFT];
	f->cortex_neck_mm = shape[SHAPE_CORTEX_NECK];
}

/* Marrow's fat, 20-80 %, more with age; adipose in muscle has red marrow's CT number (40 % fat) at 0.16 of
 * it. */
static double marrow_adipose(double age, struct rng *r)
{
	double fat = draw(r, 0.62 + 0.004 * (age - 67), 0.09, 0.20, 0.80);
	return fmax(1.1 * fat - 0.28, 0);
}

static void sample_bones(struct person *p, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_BONE, 0);
	struct anatomy_params *a = &p->anatomy;
	double shape[SHAPE_COUNT], side_shape[SHAPE_COUNT], strength = p->density_target_g_cm2 / 0.8;
	bool woman = p->sex == 'F';
	shape_sample(shape, woman, p->height_cm, p->age, &r);
	double porosity = draw(&r, 0.07 + 0.002 * (p->age - 60), 0.025, 0.02, 0.22),
	       solid = draw(&r, 1120, 25, 1040, 1200);
	double gradient = draw(&r, 1.12, 0.07, 1, 1.4), fat = marrow_adipose(p->age, &r);
	double texture = draw(&r, 0.22, 0.05, 0.08, 0.36), internal = draw(&r, 4, 6, -14, 20);
	double flexion = draw(&r, 2, 2.5, -5, 10), abduction = draw(&r, 3, 2.5, -4, 10);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		struct anatomy_femur *f = &a->femur[side];
		shape_side(side_shape, shape, &r);
		set_shape(f, side_shape);
		f->cortical_mg_cm3 = solid;
		f->porosity = porosity;
		f->texture = texture;
		f->trabecular_gradient = within(gradient + 0.03 * rng_normal(&r), 1, 1.6);
		f->marrow_fat = within(fat + 0.02 * rng_normal(&r), 0, 0.60);
		f->flexion_deg = flexion;
		f->internal_deg = within(internal + 3 * draw(&r, 0, 1, -2.5, 2.5), -20, 25);
		f->abduction_deg = abduction + 1.2 * draw(&r, 0, 1, -2.5, 2.5);
	}
	a->pelvis_scale = shape[SHAPE_PELVIS_SCALE];
	a->head_distance_mm = shape[SHAPE_HEAD_DISTANCE];
	a->pelvis_cortex_mm = within(1.2 * sqrt(strength) * exp(0.08 * rng_normal(&r)), 0.5, 2.5);
	a->pelvis_trabecular_mg_cm3 = within(105 * pow(strength, 1.2) * exp(0.15 * rng_normal(&r)), 20, 300);
	a->pelvis_marrow_fat = within(fat - 0.08 + 0.03 * rng_normal(&r), 0, 0.60);
	a->texture_seed = ((uint64_t)rng_u32(&r) << 32) | rng_u32(&r);
}

/* Joints and findings first: they are shape, for which the mineral is then made. */
static void sample_mineral(struct person *p, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_BONE, 1);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		double own = p->density_target_g_cm2 + SIDE_SD_G_CM2 * draw(&r, 0, 1, -3, 3);
		strength_apply(&p->anatomy.femur[side], within(own, 0.35, 1.45));
	}
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
	a->intermuscular_fat = draw(&r, 0.22 + 0.003 * (p->age - 65) + 0.006 * heavy, 0.05, 0.08, 0.45);
	a->visceral_fat = draw(&r, 0.30 + 0.012 * heavy, 0.07, 0.08, 0.6);
	for (int k = 0; k < 3; k++)
		a->texture_rad[k] = rng_range(&r, 0, 360 * rad_per_deg);
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
	p->xray_days = (int)rng_below(&r, 61) - 30;
}

struct person person_sample_of(const struct population *who, uint64_t seed, int64_t index, int site)
{
	struct person p = { .index = index, .site = site };
	if (index < 0 || index >= PERSON_MOST || site < 0 || site >= SITE_MOST)
		BUG("person %lld at site %d", (long long)index, site);
	snprintf(p.id, sizeof(p.id), "sub-%c%04d", 'A' + p.site, (int)index + 1);
	struct rng r = stream_of(seed, index, STREAM_PERSON, 0);
	sample_body(&p, who, &r);
	sample_density(&p, who, &r);
	sample_bones(&p, seed);
	finding_sample(&p, who, seed);
	if (who->maps)
		map_library_shape(&p, who->maps, seed);
	finding_prosthesis(&p, who, seed);
	sample_mineral(&p, seed);
	sample_tissue(&p, seed);
	sample_poses(&p, seed);
	return p;
}

struct person person_sample(uint64_t seed, int64_t index, int n_sites)
{
	struct population who = population_external();
	if (n_sites < 1 || n_sites > SITE_MOST)
		BUG("%d sites", n_sites);
	return person_sample_of(&who, seed, index, (int)(index % n_sites));
}

#include "drr/cohort/finding.h"

#include <math.h>

#include "drr/cohort/stream.h"

#define CUP_BEYOND_HEAD_MM 3.5 /* what the reamer takes beside the cartilage is as thin as the joint's space */

static double within(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* Of the joint, by grade. */
static const struct {
	double space_mm, osteophyte_mm, sclerosis, cyst; /* cyst: share */
} grades[POPULATION_GRADES] = {
	{ 3.6, 0, 0, 0 },
	{ 3.3, 0.9, 0.10, 0 },
	{ 2.5, 1.6, 0.30, 0.05 },
	{ 1.6, 2.4, 0.60, 0.35 },
	{ 0.7, 3.2, 0.90, 0.60 },
};

static void set_joint(struct anatomy_femur *f, int grade, struct rng *r)
{
	double size = exp(0.2 * rng_normal(r)), cyst = rng_uniform(r);
	f->joint_space_mm = within(grades[grade].space_mm + 0.35 * rng_normal(r), 0.4, 5);
	f->osteophyte_mm = within(grades[grade].osteophyte_mm * size, 0, 4.2);
	f->sclerosis = within(grades[grade].sclerosis * size, 0, 1);
	f->cyst_mm = cyst < grades[grade].cyst ? within(3.5 * size, 2, 6) : 0;
}

static void sample_arthritis(struct person *p, const struct population *who, struct rng *r)
{
	/* Likelier in the old and heavy: the share is looked up at a shifted place. */
	double place = rng_uniform(r), shift = 0.004 * (p->age - 67) + 0.012 * (p->bmi - 23);
	int worse = 0, side = rng_uniform(r) < 0.5 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	place = within(place + shift * place * (1 - place) * 2, 0, 1);
	while (worse < POPULATION_GRADES - 1 && place > who->arthritis[worse])
		worse++;
	p->arthritis[side] = worse;
	p->arthritis[!side] = (int)floor((worse + 0.999) * pow(rng_uniform(r), 0.8));
	for (int i = 0; i < ANATOMY_SIDES; i++)
		set_joint(&p->anatomy.femur[i], p->arthritis[i], r);
}

/* A neck healed in varus and shortened, and perhaps its nail. */
static void sample_fractures(struct person *p, const struct population *who, struct rng *r)
{
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		struct anatomy_femur *f = &p->anatomy.femur[side];
		double broken = rng_uniform(r), nailed = rng_uniform(r), size = rng_range(r, 0.5, 1);
		double share =
			0.012 * who->finding * (p->background.is[BACKGROUND_PREVIOUS_FRACTURE] ? 4 : 0.4);
		if (broken >= share)
			continue;
		f->callus_mm = 4 * size;
		f->neck_shaft_deg = fmax(f->neck_shaft_deg - 9 * size, 106);
		f->offset_mm = fmax(f->offset_mm - 4 * size, 26);
		if (nailed < who->nails)
			f->nail_mm = 5.5;
	}
}

struct site_of_bowel {
	double centre[3], spread[3], low_mm, high_mm, share;
};
/* mm from the midpoint of the heads, where bowel of that size fits between the bones. */
static const struct site_of_bowel bowels[ANATOMY_BOWEL] = {
	{ { 0, -48, 12 }, { 6, 3, 8 }, 7, 14, 0.6 },  /* rectum */
	{ { -22, -6, 38 }, { 8, 8, 8 }, 8, 16, 0.5 }, /* sigmoid */
	{ { 20, 8, 62 }, { 8, 8, 8 }, 8, 15, 0.4 },   /* ileum */
	{ { -10, 22, 88 }, { 15, 6, 10 }, 8, 16, 0.4 },
	{ { 44, 24, 96 }, { 5, 6, 10 }, 10, 20, 0.5 },	 /* caecum */
	{ { -46, 22, 104 }, { 5, 6, 12 }, 10, 18, 0.4 }, /* descending colon */
};

static void sample_bowel(struct anatomy_params *a, struct rng *r)
{
	for (int i = 0; i < ANATOMY_BOWEL; i++) {
		const struct site_of_bowel *from = &bowels[i];
		struct anatomy_blob *b = &a->bowel[i];
		double there = rng_uniform(r), gas = rng_uniform(r);
		double stretch[3] = { a->head_distance_mm / 176, a->pelvis_scale, a->pelvis_scale };
		b->radius_mm = there < from->share
				       ? 0.9 * rng_range(r, from->low_mm, from->high_mm) * a->pelvis_scale
				       : 0;
		for (int k = 0; k < 3; k++)
			b->centre_mm[k] =
				stretch[k] * (from->centre[k] + rng_range(r, -1, 1) * from->spread[k]);
		b->density_g_cm3 = gas < 0.65 ? 0 : 1.04;
	}
}

/* Calcified veins beside the bladder, 2-6 mm across. */
static void sample_phleboliths(struct anatomy_params *a, double age, struct rng *r)
{
	double share = within(0.25 + 0.005 * (age - 60), 0.1, 0.5);
	for (int i = 0; i < ANATOMY_PHLEBOLITHS; i++) {
		struct anatomy_blob *b = &a->phlebolith[i];
		double there = rng_uniform(r), across = i % 2 ? 1 : -1;
		b->radius_mm = there < 0.6 * share ? rng_range(r, 1, 3) : 0;
		b->centre_mm[0] = across * rng_range(r, 26, 44) * a->head_distance_mm / 176;
		b->centre_mm[1] = rng_range(r, -40, -10) * a->pelvis_scale;
		b->centre_mm[2] = rng_range(r, -20, 12) * a->pelvis_scale;
		b->density_g_cm3 = rng_range(r, 0.2, 0.5);
	}
}

void finding_sample(struct person *p, const struct population *who, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_BONE, 2);
	sample_arthritis(p, who, &r);
	sample_fractures(p, who, &r);
	sample_bowel(&p->anatomy, &r);
	sample_phleboliths(&p->anatomy, p->age, &r);
	if (rng_uniform(&r) < 0.15 * who->finding)
		p->anatomy.cloth_g_cm2 = rng_range(&r, 0.02, 0.12);
}

/*
 * The hip that is studied keeps its joint: the worse one, which is the other for somebody whose first hip was replaced.
 * The old have had more of them.  A stream of its own: whether somebody has one changes nothing else.
 */
void finding_prosthesis(struct person *p, const struct population *who, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_BONE, 3);
	double share = who->prostheses * within(1 + 0.03 * (p->age - 67), 0.2, 2), chance = rng_uniform(&r);
	bool coin = rng_uniform(&r) < 0.5;
	int side = p->arthritis[ANATOMY_RIGHT] < p->arthritis[ANATOMY_LEFT]   ? ANATOMY_RIGHT
		   : p->arthritis[ANATOMY_LEFT] < p->arthritis[ANATOMY_RIGHT] ? ANATOMY_LEFT
		   : coin						      ? ANATOMY_RIGHT
									      : ANATOMY_LEFT;
	struct anatomy_femur *f = &p->anatomy.femur[side];
	if (chance >= share || f->callus_mm > 0 || f->nail_mm > 0)
		return;
	f->cup_mm = 0.5 * f->head_diameter_mm + CUP_BEYOND_HEAD_MM;
	f->joint_space_mm = ANATOMY_JOINT_SPACE_MM;
	f->osteophyte_mm = f->sclerosis = f->cyst_mm = 0;
	p->arthritis[side] = 0;
}

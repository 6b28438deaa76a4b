#include "drr/cohort/posture.h"

#include <math.h>
#include <string.h>

#include "drr/cohort/stream.h"

static const double rad_per_deg = 3.14159265358979323846 / 180;
#define TILT_MOST_DEG 12.0

static double within(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* Normal, at most 2.5 SD from its mean. */
static double draw(struct rng *r, double mean, double sd)
{
	return mean + sd * within(rng_normal(r), -2.5, 2.5);
}

/* kind: STREAM_SCAN_NOISE, ... : which scan; number: film or repeat. */
static struct rng stream(uint64_t seed, int64_t who, int kind, int number)
{
	return stream_of(seed, who, STREAM_POSTURE, 16 * kind + number);
}

static void tilt_and_turn(struct posture *q, const struct person *p, struct rng *r, uint64_t seed, double tilt_sd,
	double turn_sd)
{
	struct rng own = stream(seed, p->index, 0, 15);
	double tilt = draw(&own, 0, 0.8 * tilt_sd) + draw(r, 0, 0.6 * tilt_sd);
	q->body.rotate_rad[0] = within(tilt, -TILT_MOST_DEG, TILT_MOST_DEG) * rad_per_deg;
	q->body.rotate_rad[1] = draw(r, 0, turn_sd) * rad_per_deg;
	q->body.rotate_rad[2] = draw(r, 0, turn_sd) * rad_per_deg;
}

struct posture posture_ct(const struct person *p, const struct site_ct *s, uint64_t seed, int64_t who)
{
	struct posture q = { .cut = POSTURE_WHOLE };
	struct rng r = stream(seed, who, 1, 0);
	tilt_and_turn(&q, p, &r, seed, s->tilt_sd_deg, s->turn_sd_deg);
	for (int k = 0; k < 3; k++)
		q.body.shift_mm[k] = rng_range(&r, -s->shift_mm, s->shift_mm);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		const struct anatomy_femur *f = &p->anatomy.femur[side];
		q.leg[side].flexion_deg = draw(&r, f->flexion_deg, 2);
		q.leg[side].internal_deg = draw(&r, f->internal_deg, 4);
		q.leg[side].abduction_deg = draw(&r, f->abduction_deg, 1.5);
	}
	return q;
}

struct posture posture_xray(
	const struct person *p, const struct site_xray *s, uint64_t seed, int64_t who, int film)
{
	struct posture q = { .cut = POSTURE_WHOLE };
	struct rng r = stream(seed, who, 2, film);
	tilt_and_turn(&q, p, &r, seed, s->tilt_sd_deg, s->turn_sd_deg);
	for (int k = 0; k < 3; k++)
		q.body.shift_mm[k] = rng_range(&r, -s->off_centre_mm, s->off_centre_mm);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		const struct anatomy_femur *f = &p->anatomy.femur[side];
		double habit = 0.5 * (f->internal_deg - 4); /* who lies turned out is turned in less */
		q.leg[side].flexion_deg = draw(&r, 0.5 * f->flexion_deg, s->flexion_sd_deg);
		q.leg[side].internal_deg = draw(&r, s->internal_mean_deg + habit, s->internal_sd_deg);
		q.leg[side].abduction_deg = draw(&r, f->abduction_deg, s->abduction_sd_deg);
	}
	return q;
}

/* By so far, mm: about the heads the field reaches 120 down and 170 to each side, at the mean magnification. */
static const struct {
	const char *name;
	int axis;
	double low_mm, high_mm; /* of the shift along it */
	double share;           /* of all that are cut */
} cuts[POSTURE_CUTS] = {
	[POSTURE_WHOLE] = { "none", 0, 0, 0, 0 },
	[POSTURE_CUT_BELOW] = { "below", 2, -95, -65, 0.35 },
	[POSTURE_CUT_ABOVE] = { "above", 2, 50, 90, 0.35 },
	[POSTURE_CUT_RIGHT] = { "right", 0, 45, 80, 0.15 },
	[POSTURE_CUT_LEFT] = { "left", 0, -80, -45, 0.15 },
};

void posture_cut_film(struct posture *q, const struct site_xray *s, uint64_t seed, int64_t who, int film)
{
	struct rng r = stream(seed, who, 4, film);
	double whether = rng_uniform(&r), which = rng_uniform(&r), how_far = rng_uniform(&r);
	if (!(whether < s->cut_share))
		return;
	int cut = POSTURE_CUT_BELOW;
	for (; cut < POSTURE_CUTS - 1 && which >= cuts[cut].share; cut++)
		which -= cuts[cut].share;
	q->cut = (enum posture_cut)cut;
	q->body.shift_mm[cuts[cut].axis] +=
		cuts[cut].low_mm + how_far * (cuts[cut].high_mm - cuts[cut].low_mm);
}

const char *posture_cut_name(enum posture_cut cut)
{
	return cuts[cut].name;
}

struct posture posture_dxa(
	const struct person *p, const struct site_dxa *s, uint64_t seed, int64_t who, int repeat)
{
	struct posture q = { .cut = POSTURE_WHOLE };
	struct rng r = stream(seed, who, 3, repeat);
	tilt_and_turn(&q, p, &r, seed, 3, 0.7);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		q.leg[side].flexion_deg = draw(&r, 0, s->flexion_sd_deg);
		q.leg[side].internal_deg = draw(&r, s->internal_mean_deg, s->internal_sd_deg);
		q.leg[side].abduction_deg = draw(&r, 0, s->abduction_sd_deg);
	}
	return q;
}

int posture_anatomy(struct anatomy *a, const struct anatomy_params *params, const struct posture *q)
{
	struct anatomy_params turned = *params;
	double tilt_deg = q->body.rotate_rad[0] / rad_per_deg;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		struct anatomy_femur *f = &turned.femur[side];
		f->flexion_deg = within(q->leg[side].flexion_deg - tilt_deg, -20, 40);
		f->internal_deg = within(q->leg[side].internal_deg, -45, 45);
		f->abduction_deg = within(q->leg[side].abduction_deg, -15, 30);
	}
	return anatomy_init(a, &turned);
}

void posture_femur_motion(
	double motion[4][4], const struct anatomy *from, const struct anatomy *to, enum anatomy_side side)
{
	const double *c = from->frame[side].head_centre_mm, *d = to->frame[side].head_centre_mm;
	memset(motion, 0, 16 * sizeof(double));
	motion[3][3] = 1;
	for (int i = 0; i < 3; i++) {
		for (int j = 0; j < 3; j++)
			for (int k = 0; k < 3; k++)
				motion[i][j] += to->axes[side].to_local[k][i] * from->axes[side].to_local[k][j];
		motion[i][3] = d[i];
		for (int j = 0; j < 3; j++)
			motion[i][3] -= motion[i][j] * c[j];
	}
}

struct json *posture_to_json(const struct posture *q)
{
	static const char *const names[ANATOMY_SIDES] = { "right_leg", "left_leg" };
	struct json *object = json_object();
	json_put(object, "pelvis", pose_to_json(&q->body));
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		struct json *leg = json_object();
		json_put_number(leg, "flexion_deg", q->leg[side].flexion_deg);
		json_put_number(leg, "internal_deg", q->leg[side].internal_deg);
		json_put_number(leg, "abduction_deg", q->leg[side].abduction_deg);
		json_put(object, names[side], leg);
	}
	return object;
}

/*
 * What lies around the bones: muscle within subcutaneous fat within 2 mm of skin.  The trunk is a flattened
 * cylinder that ends at the crotch, the thighs are round cones; the pelvic cavity holds more fat than muscle
 * does.
 */
#include "ct/anatomy_field.h"

#define SKIN_MM 2.0
#define CROTCH_MM (-78.0)
#define DIFFUSE 0.6 /* of the fat between the muscles: the rest lies in planes */
#define BLEND_MM 20.0
#define PERINEUM_SLOPE 0.25 /* it ends lower behind */

struct trunk {
	double half_width, half_depth, middle_y;
};

static double muscle_half_width(const struct anatomy_params *p)
{
	double reach = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		reach = fmax(reach, p->femur[side].offset_mm + 26 * p->femur[side].head_diameter_mm / 45.5);
	return p->head_distance_mm / 2 + reach + p->muscle_mm;
}

static struct trunk muscle_trunk(const struct anatomy_params *p)
{
	struct trunk t = { muscle_half_width(p), 98 * p->pelvis_scale, -26 * p->pelvis_scale };
	return t;
}

static struct trunk skin_trunk(const struct anatomy_params *p)
{
	struct trunk t = muscle_trunk(p);
	t.half_width += p->fat_lateral_mm + SKIN_MM;
	t.half_depth += 0.5 * (p->fat_front_mm + p->fat_back_mm) + SKIN_MM;
	t.middle_y += 0.5 * (p->fat_front_mm - p->fat_back_mm);
	return t;
}

void anatomy_extent_mm(const struct anatomy *a, double *half_width, double *front_y, double *back_y)
{
	struct trunk t = skin_trunk(&a->params);
	*half_width = t.half_width + 4;
	*front_y = t.middle_y + t.half_depth + 4;
	*back_y = t.middle_y - t.half_depth - 4;
}

void anatomy_tissue_make(struct anatomy *a)
{
	const struct anatomy_params *p = &a->params;
	struct trunk muscle = muscle_trunk(p);
	double reach = muscle.half_width, radius = 0.54 * reach, fat = 0.7 * p->fat_lateral_mm + SKIN_MM;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		double sign = side == ANATOMY_RIGHT ? 1 : -1;
		double top[3] = { sign * 0.47 * reach, muscle.middle_y, CROTCH_MM + 10 };
		double knee[3] = { sign * 0.40 * reach, muscle.middle_y - 8, CROTCH_MM - 350 };
		a->leg_muscle[side] = anatomy_cone_make(top, knee, radius, 0.66 * radius);
		a->leg[side] = anatomy_cone_make(top, knee, radius + fat, 0.66 * radius + 0.8 * fat);
	}
}

/*
 * First-order distance to the trunk's outline, |x/a|^2.5 + |y/b|^2.5 = 1: fuller than an ellipse, so that the
 * pelvis's front corners lie within.  It narrows to the waist.
 */
static double trunk_sdf(const struct trunk *t, const double p[3])
{
	double width = t->half_width * (1 - 0.06 * anatomy_sdf_step(80, 170, p[2]));
	double x = fabs(p[0] / width), y = fabs((p[1] - t->middle_y) / t->half_depth);
	double x15 = x * sqrt(x), y15 = y * sqrt(y), level = pow(x * x15 + y * y15, 0.4);
	if (level < 1e-3)
		return -t->half_depth;
	return (level - 1) * level * sqrt(level) / hypot(x15 / width, y15 / t->half_depth);
}

static double body_sdf(
	const struct trunk *trunk, const struct anatomy_cone leg[ANATOMY_SIDES], const double p[3])
{
	double below = (CROTCH_MM - 14 + PERINEUM_SLOPE * (p[1] - trunk->middle_y) - p[2]) /
		       hypot(1, PERINEUM_SLOPE);
	double d = anatomy_sdf_cut(trunk_sdf(trunk, p), below, 2 * BLEND_MM);
	if (p[2] > CROTCH_MM + leg[0].radius + BLEND_MM + 10)
		return d;
	enum anatomy_side near = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	double thigh = anatomy_sdf_cone(&leg[near], p);
	if (fabs(p[0]) < 40)
		thigh = anatomy_sdf_union(thigh, anatomy_sdf_cone(&leg[!near], p), BLEND_MM / 3);
	return anatomy_sdf_union(d, thigh, BLEND_MM);
}

double anatomy_skin_mm(const struct anatomy *a, const double p[3])
{
	const struct trunk skin = skin_trunk(&a->params);
	return body_sdf(&skin, a->leg, p);
}

struct anatomy_smooth anatomy_smooth_at(const struct anatomy *a, const double at[3], double far_mm)
{
	const struct anatomy_params *p = &a->params;
	struct anatomy_smooth s = { .skin_mm = anatomy_skin_mm(a, at) };
	if (s.skin_mm >= far_mm) {
		s.muscle_mm = s.skin_mm;
		return s;
	}
	const struct trunk within = muscle_trunk(p);
	double below = at[2] < 60 ? (at[2] - 60) / 80 : 0;
	double cavity = anatomy_sdf_length(at[0] / 95, (at[1] + 5) / 58, below);
	s.muscle_mm = body_sdf(&within, a->leg_muscle, at);
	s.cavity = 1 - anatomy_sdf_step(0.85, 1.15, cavity);
	s.wave = sin(0.071 * at[0] + 0.049 * at[1] + p->texture_rad[0]) +
		 sin(0.088 * at[1] - 0.041 * at[2] + p->texture_rad[1]) +
		 sin(0.060 * at[2] + 0.033 * at[0] + p->texture_rad[2]);
	return s;
}

/* Volume fraction of fat in a belly, */
static inline double within(const struct anatomy_params *p, double wave)
{
	return p->muscle_fat * (1 + 0.3 * wave);
}

/* outside all of them, */
static inline double beyond(const struct anatomy_params *p, double belly)
{
	double more = p->intermuscular_fat - belly;
	return belly + DIFFUSE * (more > 0 ? more : 0);
}

/* and towards the pelvic cavity, from what the muscles make of it. */
static inline double towards_cavity(const struct anatomy_params *p, double fat, double wave, double cavity)
{
	return fat + (p->visceral_fat * (1 + 0.3 * wave) - fat) * cavity;
}

static double muscle_fat(const struct anatomy *a, const double at[3], double width_mm,
	const struct anatomy_smooth *s, const struct anatomy_local *local)
{
	const struct anatomy_params *p = &a->params;
	double fat = within(p, s->wave);
	if (s->cavity < 1)
		fat = anatomy_muscle_fat(a, at, local, fat, beyond(p, fat));
	fat = towards_cavity(p, fat, s->wave, s->cavity);
	if (local->sheet)
		fat = anatomy_sheet_fat(a, at, width_mm, fat, local->sheet);
	return anatomy_sdf_clamp(fat, 0, 1);
}

/* Folds of cloth over the skin, as a volume fraction of soft tissue. */
static double cloth(const struct anatomy *a, const double p[3], double above_skin)
{
	double g_cm2 = a->params.cloth_g_cm2;
	if (!(g_cm2 > 0) || above_skin > ANATOMY_CLOTH_MM)
		return 0;
	double fold = 1 + 0.6 * sin(0.11 * p[0] + 0.05 * p[2] + a->params.texture_rad[0]) +
		      0.4 * sin(0.07 * p[2] - 0.09 * p[1] + a->params.texture_rad[1]);
	return fmin(g_cm2 * 10 / (ANATOMY_CLOTH_MM * ANATOMY_SOFT_G_CM3) * fmax(fold, 0), 1);
}

/* Shares of a voxel: all of the body, what is below its skin, and of that the muscles with the fat in them. */
struct layers {
	double body, below_skin, muscle;
};

static inline struct layers layers_of(double skin_mm, double muscle_mm, double width_mm)
{
	double below_skin = anatomy_inside(skin_mm + SKIN_MM, width_mm);
	return (struct layers){ .body = anatomy_inside(skin_mm, width_mm),
		.below_skin = below_skin,
		.muscle = anatomy_sdf_min(below_skin, anatomy_inside(muscle_mm, width_mm)) };
}

void anatomy_tissue_mix(double *soft, double *fat, const struct anatomy *a, const double p[3],
	double width_mm, const struct anatomy_smooth *s, const struct anatomy_local *local)
{
	*soft = *fat = 0;
	if (s->skin_mm >= width_mm) {
		*soft = cloth(a, p, s->skin_mm);
		return;
	}
	const struct layers l = layers_of(s->skin_mm, s->muscle_mm, width_mm);
	double infiltrated = l.muscle > 0 ? l.muscle * muscle_fat(a, p, width_mm, s, local) : 0;
	*fat = l.below_skin - l.muscle + infiltrated;
	*soft = l.body - l.below_skin + l.muscle - infiltrated;
	double bowel = local->bowel ? anatomy_content(a, p, width_mm, local->bowel) : 0;
	if (bowel > 0) {
		*soft = (1 - bowel) * *soft + bowel - anatomy_gas(a, p, width_mm, local->bowel);
		*fat *= 1 - bowel;
	}
}

bool anatomy_tissue_is_plain(const struct anatomy_smooth corner[8], const struct anatomy_local *local, double width_mm)
{
	double skin = -INFINITY, muscle = INFINITY, cavity = INFINITY;
	for (int i = 0; i < 8; i++) {
		skin = anatomy_sdf_max(skin, corner[i].skin_mm);
		muscle = anatomy_sdf_min(muscle, corner[i].muscle_mm);
		cavity = anatomy_sdf_min(cavity, corner[i].cavity);
	}
	return skin < width_mm && !local->bowel &&
	       (muscle >= width_mm || (!local->sheet && (!local->mixed || cavity >= 1)));
}

void anatomy_tissue_row(double *soft, double *fat, int n, const struct anatomy *a, double width_mm,
	const struct anatomy_smooth_row *s, const struct anatomy_local *local)
{
	const struct anatomy_params p = a->params;
	const bool belly = !(local->gap > 0);
	for (int i = 0; i < n; i++) {
		const struct layers l = layers_of(s->skin_mm[i], s->muscle_mm[i], width_mm);
		double in_belly = within(&p, s->wave[i]), outside = beyond(&p, in_belly);
		double share = s->cavity[i] < 1 ? (belly ? in_belly : outside) : in_belly;
		share = anatomy_sdf_clamp(towards_cavity(&p, share, s->wave[i], s->cavity[i]), 0, 1);
		double infiltrated = l.muscle * share;
		fat[i] = l.below_skin - l.muscle + infiltrated;
		soft[i] = l.body - l.below_skin + l.muscle - infiltrated;
	}
}

void anatomy_tissue(const struct anatomy *a, const double p[3], double width_mm, double *soft, double *fat)
{
	const struct anatomy_smooth smooth = anatomy_smooth_at(a, p, width_mm);
	const struct anatomy_local local = anatomy_local_of(a, p, 0, width_mm);
	anatomy_tissue_mix(soft, fat, a, p, width_mm, &smooth, &local);
}

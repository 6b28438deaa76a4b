#include "drr/materials.h"

#include <math.h>

#include "host/files/json.h"
#include "host/run/err.h"
#include "kernels/material_rule.h"

_Static_assert(
	(int)MATERIALS == (int)MATERIAL_RULE_COUNT, "the kernel and the model name the same materials");

struct material_model material_model_default(void)
{
	return (struct material_model){
		.fat_hu = -100,
		.soft_hu = 50,
		.metal_hu = 2500,
		.fat_g_cm3 = 0.92,
		.soft_g_cm3 = 1.04,
		.mineral_g_cm3 = 3.156,
		.metal_g_cm3 = 4.43,
		.slope_mg_cm3_per_hu = 0.763,
		.intercept_mg_cm3 = 0,
	};
}

int material_model_check(const struct material_model *m)
{
	if (!(m->slope_mg_cm3_per_hu > 0))
		return ERR_INVALID(
			"calibration slope %g mg/cm3 per HU is not positive", m->slope_mg_cm3_per_hu);
	if (!(-1000 < m->fat_hu && m->fat_hu < m->soft_hu && m->soft_hu < m->metal_hu))
		return ERR_INVALID(
			"material thresholds are out of order: -1000 < fat %g < soft tissue %g < metal %g HU",
			m->fat_hu, m->soft_hu, m->metal_hu);
	if (!(m->fat_g_cm3 > 0 && m->soft_g_cm3 > 0 && m->mineral_g_cm3 > 0 && m->metal_g_cm3 > 0))
		return ERR_INVALID("material densities must be positive: fat %g, soft tissue %g, mineral %g, "
				   "metal %g g/cm3",
			m->fat_g_cm3, m->soft_g_cm3, m->mineral_g_cm3, m->metal_g_cm3);
	double bone_hu = -m->intercept_mg_cm3 / m->slope_mg_cm3_per_hu;
	if (!(m->fat_hu <= bone_hu && bone_hu < m->metal_hu))
		return ERR_INVALID("calibration line (slope %g, intercept %g) puts zero mineral at %g HU, "
				   "outside fat..metal",
			m->slope_mg_cm3_per_hu, m->intercept_mg_cm3, bone_hu);
	return 0;
}

/* Fat and soft tissue (as fractions of a full voxel) of the mix at hu, fat_hu <= hu. */
static void mix_at(const struct material_model *m, double hu, double *soft, double *fat)
{
	*soft = hu >= m->soft_hu ? 1 : (hu - m->fat_hu) / (m->soft_hu - m->fat_hu);
	*fat = 1 - *soft;
}

/* The line through two points. */
static struct material_line through(double hu0, double y0, double hu1, double y1)
{
	double per_hu = hu1 > hu0 ? (y1 - y0) / (hu1 - hu0) : 0;
	return (struct material_line){ .at_zero = y0 - per_hu * hu0, .per_hu = per_hu };
}

static void piece_between(struct material_line piece[MATERIALS], double hu0, const double g0[MATERIALS],
	double hu1, const double g1[MATERIALS])
{
	for (int k = 0; k < MATERIALS; k++)
		piece[k] = through(hu0, g0[k], hu1, g1[k]);
}

/*
 * The densities at the knots; between them they are linear.  start: HU where mineral begins; full: where
 * mineral fills the voxel, if that comes before metal.
 */
static void rule_fill(const struct material_model *m, double start, double knot[MATERIAL_RULE_KNOTS],
	struct material_line line[MATERIAL_RULE_PIECES][MATERIALS])
{
	double slope = m->slope_mg_cm3_per_hu / 1000,
	       full = fmin(start + m->mineral_g_cm3 / slope, m->metal_hu);
	double knots[MATERIAL_RULE_KNOTS] = { -1000, m->fat_hu, fmin(m->soft_hu, start), start, full,
		m->metal_hu };
	double at[MATERIAL_RULE_KNOTS][MATERIALS] = { { 0 } }, soft, fat;
	for (int k = 1; k < MATERIAL_RULE_KNOTS; k++) {
		double mineral = fmin(fmax(0, slope * (knots[k] - start)), m->mineral_g_cm3);
		double tissue = 1 - mineral / m->mineral_g_cm3;
		mix_at(m, fmin(knots[k], start), &soft, &fat);
		at[k][MATERIAL_SOFT] = tissue * soft * m->soft_g_cm3;
		at[k][MATERIAL_FAT] = tissue * fat * m->fat_g_cm3;
		at[k][MATERIAL_MINERAL] = mineral;
	}
	for (int p = 0; p < MATERIAL_RULE_PIECES; p++)
		for (int k = 0; k < MATERIALS; k++)
			line[p][k] = (struct material_line){ 0 };
	for (int k = 0; k < MATERIAL_RULE_KNOTS; k++)
		knot[k] = knots[k];
	for (int k = 0; k + 1 < MATERIAL_RULE_KNOTS; k++)
		piece_between(line[k + 1], knots[k], at[k], knots[k + 1], at[k + 1]);
	line[MATERIAL_RULE_KNOTS][MATERIAL_METAL].at_zero = m->metal_g_cm3;
}

void material_model_rule(const struct material_model *m, struct material_rule *rule)
{
	rule_fill(m, m->soft_hu, rule->knot_hu[0], rule->line[0]);
	rule_fill(m, -m->intercept_mg_cm3 / m->slope_mg_cm3_per_hu, rule->knot_hu[1], rule->line[1]);
}

void material_of_hu(const struct material_model *m, double hu, int in_bone, double g_cm3[MATERIALS])
{
	struct material_rule rule;
	material_model_rule(m, &rule);
	int bone = in_bone != 0, piece = material_rule_piece(rule.knot_hu[bone], hu);
	for (int k = 0; k < MATERIALS; k++)
		g_cm3[k] = fmax(0, rule.line[bone][piece][k].at_zero + rule.line[bone][piece][k].per_hu * hu);
}

struct json *material_model_to_json(const struct material_model *m)
{
	struct json *object = json_object();
	json_put_number(object, "fat_hu", m->fat_hu);
	json_put_number(object, "soft_hu", m->soft_hu);
	json_put_number(object, "metal_hu", m->metal_hu);
	json_put_number(object, "fat_g_cm3", m->fat_g_cm3);
	json_put_number(object, "soft_g_cm3", m->soft_g_cm3);
	json_put_number(object, "mineral_g_cm3", m->mineral_g_cm3);
	json_put_number(object, "metal_g_cm3", m->metal_g_cm3);
	json_put_number(object, "slope_mg_cm3_per_hu", m->slope_mg_cm3_per_hu);
	json_put_number(object, "intercept_mg_cm3", m->intercept_mg_cm3);
	return object;
}

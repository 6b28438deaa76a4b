#include "drr/materials.h"

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

void material_model_rule(const struct material_model *m, struct material_rule *rule)
{
	*rule = (struct material_rule){
		.fat_hu = m->fat_hu,
		.soft_hu = m->soft_hu,
		.metal_hu = m->metal_hu,
		.fat_g_cm3 = m->fat_g_cm3,
		.soft_g_cm3 = m->soft_g_cm3,
		.mineral_g_cm3 = m->mineral_g_cm3,
		.metal_g_cm3 = m->metal_g_cm3,
		.slope_g_cm3_per_hu = m->slope_mg_cm3_per_hu / 1000,
		.bone_hu = -m->intercept_mg_cm3 / m->slope_mg_cm3_per_hu,
		.per_air_to_fat = 1 / (m->fat_hu + 1000),
		.per_fat_to_soft = 1 / (m->soft_hu - m->fat_hu),
		.per_mineral = 1 / m->mineral_g_cm3,
	};
}

void material_of_hu(const struct material_model *m, double hu, int in_bone, double g_cm3[MATERIALS])
{
	struct material_rule rule;
	material_model_rule(m, &rule);
	material_rule_of(&rule, hu, in_bone, g_cm3);
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

/*
 * What a CT number is made of: partial densities (g/cm3) of soft tissue, fat, mineral (hydroxyapatite) and metal.
 *
 * Outside bone: air below -1000 HU; -1000 .. fat_hu fat thinned by air; fat_hu .. soft_hu a volume mix of fat and
 * soft tissue; above soft_hu mineral rho = slope * (HU - soft_hu) in soft tissue.  In bone: mineral is
 * max(0, slope * HU + intercept); below that the same fat/soft mix.  Mineral displaces: the tissue fills the
 * fraction 1 - rho / 3156.  Above metal_hu the voxel is metal.  In bone the mix stays that of the HU where
 * mineral begins (-intercept / slope), so that the rule is continuous there too.
 */
#ifndef DRR_MATERIALS_H
#define DRR_MATERIALS_H
#ifdef __cplusplus
extern "C" {
#endif
enum material { MATERIAL_SOFT, MATERIAL_FAT, MATERIAL_MINERAL, MATERIAL_METAL, MATERIALS };
struct material_model {
	double fat_hu, soft_hu, metal_hu;                       /* -100, 50, 2500 */
	double fat_g_cm3, soft_g_cm3, mineral_g_cm3, metal_g_cm3; /* 0.92, 1.04, 3.156, 4.43 (Ti-6Al-4V) */
	double slope_mg_cm3_per_hu, intercept_mg_cm3;           /* calibration; 0.763, 0 for an uncalibrated CT at 120 kVp */
};
struct material_model material_model_default(void);
/* ERR_INVALID naming the parameter when the knots are out of order or a density or slope is not positive. */
int material_model_check(const struct material_model *m);
/* The scalar rule itself, for tests and for making volumes; the projector's kernel has the same text. */
void material_of_hu(const struct material_model *m, double hu, int in_bone, double g_cm3[MATERIALS]);
struct material_rule;
void material_model_rule(const struct material_model *m, struct material_rule *rule); /* as the kernel takes it */
struct json;
struct json *material_model_to_json(const struct material_model *m);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Calibration of CT numbers to mineral density by a phantom's rods: density = slope * HU + intercept, ordinary
 * least squares of density on HU over the rods (physics-and-clinical.md 1.2).
 */
#ifndef CT_CALIBRATE_H
#define CT_CALIBRATE_H
#include <stdbool.h>
#include "ct/labels.h"
#include "host/files/json.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PHANTOM_RODS = 16, CALIBRATION_BONES = 128 };
struct phantom {
	char name[64];
	char unit[32]; /* "mgHA/cm3" or "mgK2HPO4/cm3" */
	int n_rods;
	struct { uint16_t label; double mg_cm3; } rods[PHANTOM_RODS];
};
/* "b-mas200" (built in: labels 116..120 = 0, 50, 100, 150, 200 mg/cm3 HA) or a YAML file. */
int phantom_load(struct phantom *p, const char *name_or_path);

struct calibration_rod {
	uint16_t label;
	double mg_cm3, mean_hu, sd_hu;
	int64_t voxels;
};
/* A bone's metal flag and what it rests on. */
struct calibration_flag {
	char bone[64];
	double metal_cm3; /* volume above the threshold within the margin of the bone's label */
	char reason[160];
};
struct calibration {
	double slope_mg_cm3_per_hu, intercept_mg_cm3, r2;
	char unit[32];
	char phantom[64];
	int n_rods;
	struct calibration_rod rods[PHANTOM_RODS];
	/* metal: HU above threshold_hu, within margin_mm of the label, at least minimum_cm3 */
	double metal_threshold_hu, metal_margin_mm, metal_minimum_cm3;
	bool flags_known; /* metal has been looked for; false: no labels were at hand */
	int n_flags;
	struct calibration_flag flags[CALIBRATION_BONES];
};
/*
 * Ordinary least squares of density on HU, n >= 2 rods (physics-and-clinical.md 1.2).  r2 is the squared correlation.
 * ERR_INVALID for fewer than 2 rods, values that are not finite and HU that do not vary.
 */
int calibration_line(const double *hu, const double *mg_cm3, int n, double *slope_mg_cm3_per_hu,
	double *intercept_mg_cm3, double *r2);
/* Fits the line; all rods must be present and plausible (size, noise, rising HU, r2), else ERR_INVALID by rod. */
int calibration_fit(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct phantom *phantom);
/* Fills the metal flags of every bone of the map that is present in labels. */
int calibration_flag_metal(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map);
void calibration_defaults(struct calibration *c); /* metal parameters 2500 HU, 3 mm, 0.1 cm3; all else empty */
/* In place: value = slope * value + intercept. */
void calibration_apply(const struct calibration *c, struct volume *hu_to_density);
/* The JSON form: DENSITY.json, also read back by --calibration and by every user of a density volume. */
struct json *calibration_to_json(const struct calibration *c);
int calibration_read(struct calibration *c, const char *json_path); /* needs slope, intercept and unit at least */
/* The sidecar of a density volume; ERR_INVALID ("... is not a density volume: no sidecar ...") without one. */
int calibration_read_sidecar(struct calibration *c, const char *density_path);
/* NULL when the bone carries no flag. */
const struct calibration_flag *calibration_flag_of(const struct calibration *c, const char *bone);
#ifdef __cplusplus
}
#endif
#endif

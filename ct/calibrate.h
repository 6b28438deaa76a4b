/*
 * Calibration of CT numbers to mineral density by a phantom's rods: density = slope * HU + intercept.
 *	solid rods	ordinary least squares of density on HU (physics-and-clinical.md 1.2)
 *	Mindways	HU less the rod's water on density, corrected for displaced water (ct/mindways.h)
 * Without a phantom the line is replaced by a quadratic, see ct/internal.h.
 */
#ifndef CT_CALIBRATE_H
#define CT_CALIBRATE_H
#include <stdbool.h>
#include "ct/internal.h"
#include "ct/labels.h"
#include "ct/mindways.h"
#include "ct/phantom.h"
#include "ct/scan_info.h"
#include "host/files/json.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { CALIBRATION_BONES = 128 };

struct calibration_rod {
	uint16_t label; /* 0: found in the CT, not in a label map */
	double mg_cm3, water_mg_cm3, mean_hu, sd_hu;
	double seen; /* share of its section inside the image, 1 for a labelled rod */
	int64_t voxels;
};
/* A bone's metal flag and what it rests on. */
struct calibration_flag {
	char bone[64];
	double metal_cm3; /* volume above the threshold within the margin of the bone's label */
	double streak_hu; /* streak index (ct/streak.h), NaN when not known */
	char reason[200]; /* "code: words", several joined by "; "; codes: metal, streaks */
};
struct calibration {
	double slope_mg_cm3_per_hu, intercept_mg_cm3, r2;
	double quadratic_mg_cm3_per_hu2; /* density = quadratic HU^2 + slope HU + intercept; 0 but for internal */
	char unit[32];
	char method[32]; /* "phantom", "asynchronous", "internal-tissue", "" when unknown */
	char statement[256]; /* of the method's bias, "" for none */
	char phantom[64], serial[64];
	char rods_from[16]; /* "labels", "found", "" when unknown */
	struct scan_info scan; /* of the CT the calibration was made on */
	struct mindways mindways; /* known only for a phantom with water values */
	struct internal internal; /* effective_kev > 0 only for an internal calibration */
	double min_r2; /* below it the rods are refused */
	int n_rods;
	struct calibration_rod rods[PHANTOM_RODS];
	/* metal: HU above threshold_hu, within margin_mm of the label, at least minimum_cm3 */
	double metal_threshold_hu, metal_margin_mm, metal_minimum_cm3;
	double streak_threshold_hu; /* of the streak index, ct/streak.h */
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
/* The line through c's rods, by the phantom's arithmetic, and its checks; ERR_INVALID naming rod and limit. */
int calibration_fit_rods(struct calibration *c, const struct phantom *phantom);
/* Density of a rod by the fitted line less its nominal one, mg/cm3. */
double calibration_residual_mg_cm3(const struct calibration *c, int rod);
/* Fits the line; all rods must be present and plausible (size, noise, rising HU, r2), else ERR_INVALID by rod. */
int calibration_fit(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct phantom *phantom);
/* Fills the metal flags of every bone of the map that is present in labels. */
int calibration_flag_metal(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map);
void calibration_defaults(struct calibration *c); /* metal 2500 HU, 3 mm, 0.1 cm3; streaks 120 HU; r2 0.9 */
/* In place: value = quadratic value^2 + slope * value + intercept. */
void calibration_apply(const struct calibration *c, struct volume *hu_to_density);
/* The JSON form: DENSITY.json, also read back by --calibration and by every user of a density volume. */
struct json *calibration_to_json(const struct calibration *c);
int calibration_read(struct calibration *c, const char *json_path); /* needs slope, intercept and unit at least */
/* The sidecar of a density volume; ERR_INVALID ("... is not a density volume: no sidecar ...") without one. */
int calibration_read_sidecar(struct calibration *c, const char *density_path);
/* ERR_INVALID naming the file when the calibration is no line: CT numbers cannot be recovered from it. */
int calibration_require_line(const struct calibration *c, const char *path);
/* ERR_INVALID naming the file and --convert when the density is not in hydroxyapatite. */
int calibration_require_ha(const struct calibration *c, const char *path);
/*
 * K2HPO4 to HA by a named conversion, in place, the rods' nominal densities too: "faulkner1993" HA = 1.15 K2HPO4 -
 * 7.32 mg/cm3.  ERR_INVALID when the calibration is not in K2HPO4, ERR_USAGE for an unknown name.
 */
int calibration_to_ha(struct calibration *c, const char *conversion);
/* NULL when the bone carries no flag. */
const struct calibration_flag *calibration_flag_of(const struct calibration *c, const char *bone);
#ifdef __cplusplus
}
#endif
#endif

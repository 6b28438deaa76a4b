/*
 * Calibration phantoms: what their rods are made of and, for finding them, how they lie.  Built in are
 * example certificates (physics-and-clinical.md 1.1); a phantom's own certificate is a YAML file:
 *
 *	name: my-phantom
 *	serial: "1234"                 (optional)
 *	unit: mgHA/cm3                 (or mgK2HPO4/cm3)
 *	radius_mm: [6, 14]             (optional: range of the rods' radius)
 *	pitch_mm: [15, 60]             (optional: range of the distance between neighbours)
 *	order: row                     (optional: listed as they lie in a row; "any": matched by expected HU)
 *	rods:
 *	  - {label: 116, mg_cm3: 0}    (water_mg_cm3 in every rod: Mindways' arithmetic)
 */
#ifndef CT_PHANTOM_H
#define CT_PHANTOM_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { PHANTOM_RODS = 16 };
struct phantom_rod {
	uint16_t label;	     /* in a label map */
	double mg_cm3;	     /* of the unit's mineral */
	double water_mg_cm3; /* with water_known: mass of the base per volume of the rod */
};
struct phantom {
	char name[64];
	char serial[64]; /* "" = not given */
	char unit[32];	 /* "mgHA/cm3" or "mgK2HPO4/cm3" */
	bool water_known;
	bool any_order;
	bool geometry_given; /* radius_mm and pitch_mm come from the file, not from the defaults */
	double radius_mm[2], pitch_mm[2];
	int n_rods;
	struct phantom_rod rods[PHANTOM_RODS];
};
/*
 * A built-in name (phantom_names()) or a YAML file.  ERR_USAGE naming file and field for a malformed file,
 * ERR_INVALID for an unknown unit.
 */
int phantom_load(struct phantom *p, const char *name_or_path);
const char *phantom_names(void); /* "b-mas200, mindways-model3, ..." */
/* About what the rod reads at 120 kVp: good for sorting rods, not for calibrating. */
double phantom_expected_hu(const struct phantom *p, int rod);
#ifdef __cplusplus
}
#endif
#endif

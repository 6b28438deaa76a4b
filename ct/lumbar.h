/*
 * Lumbar vertebrae L1..L4 from labels: areal BMD of the whole vertebra seen from the front, as the patient
 * lay (its arch and processes included, as an ap scan sees them), and trabecular vBMD inside the vertebral
 * body.
 */
#ifndef CT_LUMBAR_H
#define CT_LUMBAR_H
#include "ct/qct.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { LUMBAR = 4 };
struct lumbar_rule {
	double centre_peel_mm;	   /* 8: the body's centre is that of the bone this deep under the surface */
	double trabecular_peel_mm; /* 4: and trabecular is what lies this deep ... */
	double reach_mm;	   /* 18: ... within this distance of it: no pedicles */
};
struct lumbar_rule lumbar_rule_default(void);
struct qct_vertebra {
	char bone[32]; /* "vertebrae_L1" */
	bool present, measured;
	struct qct_flags flags;
	double mineral_mass_g, volume_cm3;
	struct qct_value value;	    /* whole vertebra */
	struct qct_part trabecular; /* of the body */
	double centre_mm[3];	    /* of the body, world */
};
/* Labels absent from the map or the image are not present.  -1 for lack of memory. */
int lumbar_measure(struct qct_vertebra v[LUMBAR], const struct volume *density_mg_cm3,
	const struct calibration *calibration, const struct volume *labels, const struct label_map *map,
	const struct lumbar_rule *rule, const struct qct_settings *s);
/* L1-L4 together: mass over area, trabecular mass over volume; measured only when all four are. */
struct qct_vertebra lumbar_total(const struct qct_vertebra v[LUMBAR], const struct qct_error *error);
#ifdef __cplusplus
}
#endif
#endif

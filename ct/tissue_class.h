/*
 * Parts of a bone by density and depth: cortical = at least a threshold; trabecular = below it and deeper
 * than a peel under the label's surface; the rest (partial volumes of the surface, islands of the label) is
 * neither.
 */
#ifndef CT_TISSUE_CLASS_H
#define CT_TISSUE_CLASS_H
#include "ct/component.h"
#ifdef __cplusplus
extern "C" {
#endif
enum tissue_class { TISSUE_NONE, TISSUE_OTHER, TISSUE_CORTICAL, TISSUE_TRABECULAR, TISSUE_CLASSES };
struct tissue_rule {
	double cortical_mg_cm3; /* default 350 */
	double peel_mm; /* default 3: no voxel of the surface within this distance, centre to centre */
};
struct tissue_rule tissue_rule_default(void);
/*
 * classes: malloc'd, uint8 of enum tissue_class, the component's box (n[0], n[1], n[2], axis 0 fastest);
 * TISSUE_NONE outside the largest piece.
 */
int tissue_classify(uint8_t **classes, const struct component *bone, const struct volume *density_mg_cm3,
	const struct tissue_rule *rule);
#ifdef __cplusplus
}
#endif
#endif

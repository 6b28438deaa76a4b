/*
 * The calibration phantom under the patient: SCAN_RODS rods of hydroxyapatite in water, side by side along the table.
 */
#ifndef DRR_COHORT_ROD_BED_H
#define DRR_COHORT_ROD_BED_H
#ifdef __cplusplus
extern "C" {
#endif
/* As the b-mas200 phantom has: labels 116 .. 120. */
enum { SCAN_RODS = 5, SCAN_ROD_LABEL = 116 };
#define ROD_RADIUS_MM 9.5
#define ROD_PITCH_MM 32.0
#define ROD_GAP_MM 12.0 /* of the table's pad between the skin's lowest point and the rods */
struct rod_bed {
	double middle_x_mm, height_mm; /* of the middle rod's axis, which runs along z */
};
/* Under a body that reaches down to this height (scan_reach.h). */
struct rod_bed rod_bed_under(double middle_x_mm, double lowest_mm);
/* The rod nearest to a point of the world and the share of a voxel there that it fills, 0 .. 1. */
int rod_bed_at(const struct rod_bed *bed, double x_mm, double y_mm, double voxel_mm, double *share);
double rod_bed_mg_cm3(int rod);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Standardized BMD: 1000 (a + b BMD) mg/cm2, so that the DXA of three makers can be compared (Hanson 1997, Hui 1997,
 * Lu 2001).  A person's error is typically 3.5 %.
 */
#ifndef EVAL_SBMD_H
#define EVAL_SBMD_H
#ifdef __cplusplus
extern "C" {
#endif
#define SBMD_REGIONS "total_hip|neck|trochanter"
struct sbmd_line {
	double a, b;
};
/* NULL for another region or maker.  device: "hologic", "lunar" (also "ge", "ge lunar"), "norland", in any case. */
const struct sbmd_line *sbmd_find(const char *region, const char *device);
double sbmd_mg_cm2(const struct sbmd_line *line, double bmd_g_cm2);
#ifdef __cplusplus
}
#endif
#endif

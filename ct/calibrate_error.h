/*
 * Standard error of a density that comes from a calibration by rods, as far as the rods tell: their scatter about
 * the fitted line, carried to the density in question by the covariance of slope and intercept.
 *
 *	line       se^2 = s^2 (1/n + (density - mean)^2 / (slope^2 sum (HU_i - mean HU)^2))
 *	Mindways   se^2 = s^2 (1/n + (density - mean)^2 / sum (density_i - mean)^2)
 *
 * n rods, mean of their densities; s: root of the residuals' sum of squares over n - 2, in mg/cm3 (for Mindways the
 * residuals are in HU, times the slope).  This is the variance of a fitted value in simple linear regression (any
 * textbook; Draper and Smith, Applied Regression Analysis).  Errors that all rods share are not in it: body size,
 * scanner drift between an asynchronous phantom's scan and the patient's, the certificate, a conversion of units.
 */
#ifndef CT_CALIBRATE_ERROR_H
#define CT_CALIBRATE_ERROR_H
#include <stdbool.h>
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
struct calibration_error {
	bool known;	 /* 3 rods at least and a line through them; else all below are NaN */
	int freedom;	 /* n - 2: a 95 % interval is Student's t of it, 3.18 se for 5 rods */
	double sd_mg_cm3; /* s */
	double mean_mg_cm3, spread2; /* mean; the divisor of the slope's term, (mg/cm3)^2 */
	double n;
	double noise_mg_cm3; /* SD of a voxel: root mean square of the rods' SDs times the slope */
};
struct calibration_error calibration_error_of(const struct calibration *c);
/* NaN when not known. */
double calibration_error_at(const struct calibration_error *e, double mg_cm3);
#ifdef __cplusplus
}
#endif
#endif

#include "drr/cohort/rod_bed.h"

#include <math.h>

struct rod_bed rod_bed_under(double middle_x_mm, double lowest_mm)
{
	return (struct rod_bed){ middle_x_mm, lowest_mm - ROD_GAP_MM - ROD_RADIUS_MM };
}

int rod_bed_at(const struct rod_bed *bed, double x_mm, double y_mm, double voxel_mm, double *share)
{
	double x = x_mm - bed->middle_x_mm;
	int rod = (int)lround(x / ROD_PITCH_MM) + SCAN_RODS / 2;
	rod = rod < 0 ? 0 : rod >= SCAN_RODS ? SCAN_RODS - 1 : rod;
	double d = hypot(x - ROD_PITCH_MM * (rod - SCAN_RODS / 2), y_mm - bed->height_mm) - ROD_RADIUS_MM;
	*share = fmin(fmax(0.5 - d / voxel_mm, 0), 1);
	return rod;
}

double rod_bed_mg_cm3(int rod)
{
	static const double mg_cm3[SCAN_RODS] = { 0, 50, 100, 150, 200 };
	return mg_cm3[rod];
}

/* Readings of DXA images, and how far repeated ones agree. */
#include <math.h>

#include "drr/dxa_simulator.h"
#include "host/run/err.h"

int dxa_simulator_region(double *bmd_g_cm2, double *area_cm2, const struct dxa_scan *s, const uint8_t *region)
{
	int64_t by_status[DXA_SIMULATOR_STATUSES] = { 0 }, pixels = 0;
	double sum = 0;
	for (int64_t i = 0; i < s->cols * s->rows; i++) {
		if (!region[i])
			continue;
		by_status[s->status[i]]++;
		sum += (double)s->mineral_g_cm2[i];
		pixels++;
	}
	if (pixels == 0)
		return ERR_INVALID("dual-energy reading: the region is empty");
	for (int k = DXA_SIMULATOR_OK + 1; k < DXA_SIMULATOR_STATUSES; k++)
		if (by_status[k] > 0)
			return ERR_INVALID("dual-energy reading: %s in %lld of the region's %lld pixels",
				dxa_simulator_status_name((enum dxa_simulator_status)k),
				(long long)by_status[k], (long long)pixels);
	*bmd_g_cm2 = sum / (double)pixels;
	*area_cm2 = (double)pixels * s->pixel_mm * s->pixel_mm / 100;
	return 0;
}

int dxa_simulator_precision_cv(double *cv, const double *bmd_g_cm2, int64_t subjects, int64_t repeats)
{
	double sum = 0;
	if (subjects < 1 || repeats < 2)
		return ERR_USAGE("precision of %lld subjects with %lld scans: at least 1 with 2",
			(long long)subjects, (long long)repeats);
	for (int64_t s = 0; s < subjects; s++) {
		const double *scan = bmd_g_cm2 + s * repeats;
		double mean = 0, squares = 0;
		for (int64_t r = 0; r < repeats; r++)
			mean += scan[r] / (double)repeats;
		for (int64_t r = 0; r < repeats; r++)
			squares += (scan[r] - mean) * (scan[r] - mean);
		sum += squares / (double)(repeats - 1) / (mean * mean);
	}
	*cv = sqrt(sum / (double)subjects);
	return 0;
}

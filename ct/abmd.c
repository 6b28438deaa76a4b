#include "ct/abmd.h"
#include <math.h>

struct abmd abmd_read(const float *mineral_g_cm2, const float *path_cm, int64_t stride, int64_t n)
{
	struct abmd a = { .abmd_g_cm2 = NAN, .vbmd_mg_cm3 = NAN };
	for (int64_t i = 0; i < n; i++) {
		double path = (double)path_cm[i * stride];
		if (!(path >= ABMD_MASK_CM))
			continue;
		a.pixels++;
		a.mineral_sum_g_cm2 += (double)mineral_g_cm2[i * stride];
		a.path_sum_cm += path;
	}
	if (a.pixels > 0) {
		a.abmd_g_cm2 = a.mineral_sum_g_cm2 / (double)a.pixels;
		a.vbmd_mg_cm3 = 1000 * a.mineral_sum_g_cm2 / a.path_sum_cm;
	}
	return a;
}

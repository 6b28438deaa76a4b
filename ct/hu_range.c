#include "ct/hu_range.h"
#include <math.h>
#include "host/run/err.h"

#define SPREAD_HU 50.0 /* the least between the lowest and the highest voxel of a CT */

int hu_range_check(const struct volume *ct_hu, const char *path)
{
	const float *hu = volume_f32(ct_hu);
	const int64_t n = volume_count(ct_hu);
	float low = INFINITY, high = -INFINITY;
	int64_t bad = 0;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high) reduction(+ : bad)
	for (int64_t i = 0; i < n; i++) {
		low = hu[i] < low ? hu[i] : low;
		high = hu[i] > high ? hu[i] : high;
		bad += !isfinite(hu[i]);
	}
	if (bad > 0)
		return ERR_INVALID("'%s': %lld voxels are no finite numbers", path, (long long)bad);
	if ((double)low < HU_RANGE_LOW || (double)high > HU_RANGE_HIGH)
		return ERR_INVALID("'%s': values %g..%g are not all in %g..%g: no CT numbers (HU)", path, (double)low,
			(double)high, HU_RANGE_LOW, HU_RANGE_HIGH);
	if (!((double)high - (double)low >= SPREAD_HU))
		return ERR_INVALID("'%s': values %g..%g differ by less than %g HU: no CT numbers (HU)", path,
			(double)low, (double)high, SPREAD_HU);
	return 0;
}

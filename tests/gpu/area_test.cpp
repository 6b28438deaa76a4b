// Means over the rays of a pixel on each device against the oracle.
#include "tests/gpu/parity.h"

#include "kernels/area_mean.h"

namespace
{

class Area : public Parity
{
};
INSTANTIATE_TEST_SUITE_P(On, Area, PARITY_DEVICES, ParityName);

TEST_P(Area, MeanOfPointsAndIntervals)
{
	for (double half : { 0.0, 0.21 })
		for (double per_distance : { 0.0, 0.02 })
			Check("area_mean", [=](Bench &b) {
				struct area_mean_args a = {};
				a.sets = 3;
				a.planes = 2;
				a.cols = 13;
				a.rows = 7;
				a.first_row = 4;
				a.plane = a.cols * a.rows;
				a.step[0] = half > 0 ? 2 * half : 0.5;
				a.step[1] = 1;
				a.half[0] = half;
				a.n[0] = (int64_t)((double)a.cols / a.step[0]) + 1;
				a.n[1] = a.rows;
				a.foot[0] = 6;
				a.foot[1] = 8.5;
				a.per_distance = per_distance;
				a.mean = (float *)b.Out(Store::kFloat, a.planes * a.plane);
				a.rays = (const float *)b.In(
					Store::kFloat, Values(a.sets * a.planes * a.n[0] * a.n[1], 1));
				const double offsets[6] = { -0.4, 3.6, -0.3, 3.8, -0.35, 4.2 };
				a.offsets = (const double *)b.Bytes(offsets, sizeof(offsets));
				return area_mean(b.device(), &a, a.planes * a.plane);
			});
}

} // namespace

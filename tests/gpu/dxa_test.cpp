// The DXA image on each device against the oracle.
#include "tests/gpu/parity.h"

#include <cmath>
#include "drr/dxa_simulator.h"

namespace
{

class Dxa : public Parity
{
};
INSTANTIATE_TEST_SUITE_P(On, Dxa, ::testing::Values("cpu", "cuda-f32"), ParityName);

TEST_P(Dxa, ScanAgrees)
{
	const int64_t cols = 61, rows = 19, n = cols * rows;
	std::vector<float> materials((size_t)(MATERIALS * n));
	const std::vector<double> random = Values(n, 3, 0, 1);
	for (int64_t i = 0; i < n; i++) {
		materials[(size_t)i] = (float)(14 + 2 * random[(size_t)i]);
		materials[(size_t)(n + i)] = (float)(5 - random[(size_t)i]);
		bool bone = i % cols >= 25 && i % cols < 37;
		materials[(size_t)(2 * n + i)] = bone ? 0.5F + (float)random[(size_t)i] : 0;
		materials[(size_t)(3 * n + i)] = i % 97 == 0 ? 2.0F : 0;
	}
	const double kvp[2] = { 70, 140 }, al_mm[2] = { 0, 5 };
	dxa_beam beams[2];
	ASSERT_OK(dxa_beam_named(&beams[0], "40/70"));
	ASSERT_OK(dxa_beam_kvp(&beams[1], kvp, al_mm));
	struct dxa_simulator_options o = dxa_simulator_options_default();
	o.photons_per_mm2[0] = o.photons_per_mm2[1] = 1e6;
	o.seed = 5;
	for (const dxa_beam &beam : beams) {
		SCOPED_TRACE(beam.name);
		dxa_scan got = {}, want = {};
		ASSERT_OK(dxa_simulator_run(&want, &ref_, materials.data(), cols, rows, 1, &beam, &o));
		ASSERT_OK(dxa_simulator_run(&got, &device_, materials.data(), cols, rows, 1, &beam, &o));
		int64_t refused = 0;
		for (int64_t i = 0; i < n; i++) {
			refused += want.status[i] != DXA_SIMULATOR_OK;
			ASSERT_EQ(want.status[i], got.status[i]);
			if (want.status[i] != DXA_SIMULATOR_OK) {
				EXPECT_TRUE(std::isnan(got.mineral_g_cm2[i]));
				continue;
			}
			EXPECT_LE(std::fabs(got.mineral_g_cm2[i] - want.mineral_g_cm2[i]), 1e-6) << i;
			EXPECT_LE(std::fabs(got.tissue_g_cm2[i] - want.tissue_g_cm2[i]), 1e-5) << i;
		}
		EXPECT_EQ(12, refused);
		dxa_simulator_free(&got);
		dxa_simulator_free(&want);
	}
}

} // namespace

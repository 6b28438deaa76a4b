// The film's operators of kernels/ against the oracle, on odd sizes.
#include "tests/gpu/parity.h"

#include "kernels/blur.h"
#include "kernels/coarsen.h"
#include "kernels/electronic_noise.h"
#include "kernels/expand.h"
#include "kernels/exposure.h"
#include "kernels/flat_field.h"
#include "kernels/negative_log.h"
#include "kernels/photon_noise.h"
#include "kernels/scatter_add.h"
#include "kernels/scatter_ratio.h"
#include "kernels/scatter_source.h"
#include "kernels/tone.h"
#include "kernels/transmission.h"
#include "kernels/unsharp.h"
#include "kernels/water_thickness.h"

namespace
{

constexpr Store F = Store::kFloat, D = Store::kDouble;
constexpr int64_t kCols = 83, kRows = 57, kN = kCols * kRows;

class FilmKernels : public Parity
{
      protected:
	static float *In(Bench &b, int64_t n, unsigned seed, double low, double high)
	{
		return (float *)b.In(F, Values(n, seed, low, high));
	}
	static float *Out(Bench &b, int64_t n)
	{
		return (float *)b.Out(F, n);
	}
};
INSTANTIATE_TEST_SUITE_P(On, FilmKernels, ::testing::Values("cpu", "cuda-f32"), ParityName);

TEST_P(FilmKernels, IntensityAndBack)
{
	Check("transmission", [](Bench &b) {
		transmission_args a = { Out(b, kN), In(b, kN, 1, -0.1, 12), kCols, 3, 99, 0.2 };
		return transmission(b.device(), &a, kN);
	});
	Check("negative_log", [](Bench &b) {
		negative_log_args a = { Out(b, kN), In(b, kN, 2, -0.1, 1), 1e-4 };
		return negative_log(b.device(), &a, kN);
	});
	Check("water_thickness of materials", [](Bench &b) {
		water_thickness_args a = { Out(b, kN), In(b, 4 * kN, 3, 0, 9), nullptr, 0.02, kN };
		return water_thickness(b.device(), &a, kN);
	});
	Check("water_thickness of a radiograph", [](Bench &b) {
		water_thickness_args a = { Out(b, kN), nullptr, In(b, kN, 4, 0, 9), 0.02, kN };
		return water_thickness(b.device(), &a, kN);
	});
}

TEST_P(FilmKernels, Blur)
{
	for (int64_t radius : { 0, 1, 7, 60 })
		for (int64_t down : { 0, 1 })
			for (int64_t normalise : { 0, 1 })
				Check("blur", [=](Bench &b) {
					blur_args a = {};
					a.out = normalise ? (float *)b.InOut(F, Values(kN, 1)) : Out(b, kN);
					a.in = In(b, kN, 2, 0, 1);
					a.weights = In(b, 2 * radius + 1, 3, 0, 1);
					a.radius = radius;
					a.rows = kRows;
					a.channels = kCols;
					a.down = down;
					a.normalise = normalise;
					a.accumulate = normalise;
					a.share = 0.7;
					return blur(b.device(), &a, kRows);
				});
}

TEST_P(FilmKernels, CoarsenAndExpand)
{
	for (int64_t factor : { 2, 5, 60 }) {
		const int64_t cols = (kCols + factor - 1) / factor, rows = (kRows + factor - 1) / factor;
		Check("coarsen", [=](Bench &b) {
			coarsen_args a = { Out(b, cols * rows), In(b, kN, 1, -1, 1), kCols, kRows, factor,
				cols };
			return coarsen(b.device(), &a, cols * rows);
		});
		for (int64_t accumulate : { 0, 1 })
			Check("expand", [=](Bench &b) {
				expand_args a = { accumulate ? (float *)b.InOut(F, Values(kN, 1))
							     : Out(b, kN),
					{ In(b, cols * rows, 2, -1, 1), cols, rows, factor }, kCols,
					accumulate, 0.4 };
				return expand(b.device(), &a, kN);
			});
	}
}

TEST_P(FilmKernels, Noise)
{
	for (double photons : { 5.0, 29.0, 3000.0 })
		for (double swank : { 1.0, 0.9 })
			Check("photon_noise", [=](Bench &b) {
				photon_noise_args a = { Out(b, kN), In(b, kN, 1, 0, 1), kCols, 11, 13,
					photons, swank, 42, 1ULL << 40 | 7 };
				return photon_noise(b.device(), &a, kN);
			});
	Check("electronic_noise", [](Bench &b) {
		electronic_noise_args a = { Out(b, kN), In(b, kN, 1, 0, 1), kCols, 11, 13, 0.05, 42, 9 };
		return electronic_noise(b.device(), &a, kN);
	});
	for (int64_t corrected : { 0, 1 })
		Check("flat_field", [=](Bench &b) {
			flat_field_args a = { Out(b, kN), In(b, kN, 1, 0, 1), kCols, 11, 13, 100, corrected,
				0.3, 0.02, 0.01, 42, 9 };
			return flat_field(b.device(), &a, kN);
		});
}

TEST_P(FilmKernels, ExposureAndScatter)
{
	Check("exposure", [](Bench &b) {
		exposure_args a = { (double *)b.Out(D, 19), In(b, kN, 1, 0, 1), kCols, 27, 19 };
		return exposure(b.device(), &a, 19, 29);
	});
	const int64_t factor = 4, cols = (kCols + 3) / 4, rows = (kRows + 3) / 4;
	Check("scatter_source", [=](Bench &b) {
		scatter_source_args a = { Out(b, 5 * cols * rows), In(b, kN, 1, 0, 1), In(b, kN, 2, 0, 500),
			kCols, kRows, factor, cols, rows, 5, 100 };
		return scatter_source(b.device(), &a, 5 * cols * rows);
	});
	Check("scatter_add", [=](Bench &b) {
		scatter_add_args a = { Out(b, kN), In(b, kN, 1, 0, 1),
			{ In(b, cols * rows, 2, 0, 1), cols, rows, factor }, kCols, 1.7 };
		return scatter_add(b.device(), &a, kN);
	});
	Check("scatter_ratio", [=](Bench &b) {
		scatter_ratio_args a = { (double *)b.Out(D, kRows), (double *)b.Out(D, kRows),
			In(b, kN, 1, 0.01, 1), In(b, kN, 2, 0, 50),
			{ In(b, cols * rows, 3, 0, 1), cols, rows, factor }, kCols, 10, 0.05 };
		return scatter_ratio(b.device(), &a, kRows, kCols);
	});
}

TEST_P(FilmKernels, Processing)
{
	Check("unsharp", [](Bench &b) {
		unsharp_args a = { Out(b, kN), In(b, kN, 1, 0, 5), In(b, kN, 2, 0, 5), In(b, kN, 3, 0, 5),
			2.5, 0.6, 1.4, 1.9 };
		return unsharp(b.device(), &a, kN);
	});
	for (double contrast : { 0.0, 3.0 })
		for (double white : { 4.0, -1.0 })
			Check("tone", [=](Bench &b) {
				tone_args a = { Out(b, kN), In(b, kN, 1, 0, 5), 1, white, contrast };
				return tone(b.device(), &a, kN);
			});
}

} // namespace

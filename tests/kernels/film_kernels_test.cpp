// The film's kernels against statistics and closed forms.
#include <cmath>
#include <functional>
#include <numeric>
#include <omp.h>
#include <vector>
#include "host/run/rng.h"
#include "kernels/blur.h"
#include "kernels/electronic_noise.h"
#include "kernels/flat_field.h"
#include "kernels/negative_log.h"
#include "kernels/philox.h"
#include "kernels/photon_noise.h"
#include "kernels/scatter_source.h"
#include "kernels/tone.h"
#include "kernels/transmission.h"
#include "kernels/unsharp.h"
#include "tests/support/support.h"

namespace
{

struct Moments {
	double mean = 0, variance = 0, skew = 0;
};
Moments MomentsOf(const std::vector<float> &x)
{
	Moments m;
	double n = (double)x.size();
	for (float v : x)
		m.mean += v / n;
	for (float v : x) {
		m.variance += (v - m.mean) * (v - m.mean) / n;
		m.skew += std::pow(v - m.mean, 3) / n;
	}
	m.skew /= std::pow(m.variance, 1.5);
	return m;
}

const int64_t kSide = 700, kMany = kSide * kSide;

photon_noise_args Noise(const float *in, float *out, double photons, double swank = 1)
{
	return { out, in, kSide, 0, 0, photons, swank, 2026, 5 };
}

TEST(Philox, IsTheGeneratorOfTheHost)
{
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t mine[4], theirs[4], counter[4] = { i * 2654435761u, ~i, i << 7, 77 - i },
					     key[2] = { i * 40503u, 0x9E3779B9u ^ i };
		rng_philox(theirs, counter, key);
		philox_block(mine, counter, (uint64_t)key[1] << 32 | key[0]);
		for (int k = 0; k < 4; k++)
			EXPECT_EQ(theirs[k], mine[k]);
	}
	// the published known answer: counter and key all ones
	uint32_t ones[4] = { ~0u, ~0u, ~0u, ~0u }, out[4];
	philox_block(out, ones, ~0ull);
	EXPECT_EQ(0x408f276du, out[0]);
	EXPECT_EQ(0x41c83b0eu, out[1]);
}

TEST(Philox, UniformAndNormalAreTheHosts)
{
	rng r = rng_init(31, 1ull << 33 | 5), same = r;
	for (int64_t row = 0; row < 3; row++) {
		// the host's index is (column | draw << 16, row)
		r.index = same.index = (uint64_t)row << 32 | 12;
		uint32_t block[4];
		philox_pixel(block, 31, 1ull << 33 | 5, 12, row, 0);
		EXPECT_EQ(rng_uniform(&r), philox_unit(block[0], block[1]));
		EXPECT_EQ(rng_normal(&same), philox_normal(block));
	}
}

// Poisson: mean and variance N, skewness 1/sqrt(N); bounds are 5 SD of each estimate over 490000 pixels.
TEST(PhotonNoise, HasPoissonsMoments)
{
	std::vector<float> in(kMany, 0.5f), out(kMany);
	for (double mean : { 0.3, 4.0, 29.0, 31.0, 1630.0 }) {
		photon_noise_args a = Noise(in.data(), out.data(), 2 * mean);
		photon_noise_f32(&a, kMany);
		for (float &v : out)
			v = (float)(v * 2 * mean); // back to photons
		Moments m = MomentsOf(out);
		double n = (double)kMany;
		EXPECT_NEAR(mean, m.mean, 5 * std::sqrt(mean / n)) << mean;
		EXPECT_NEAR(mean, m.variance, 5 * std::sqrt((2 * mean * mean + mean) / n)) << mean;
		if (mean < PHOTON_NOISE_EXACT) {
			EXPECT_NEAR(1 / std::sqrt(mean), m.skew, 0.02 / std::min(1.0, mean)) << mean;
			for (int64_t i = 0; i < 1000; i++)
				EXPECT_NEAR(std::round(out[i]), out[i], 1e-5) << "photons are whole";
		}
	}
}

// The exact branch against the probabilities themselves.
TEST(PhotonNoise, CountsFollowPoissonsLaw)
{
	std::vector<float> in(kMany, 1.0f), out(kMany);
	photon_noise_args a = Noise(in.data(), out.data(), 3);
	photon_noise_f32(&a, kMany);
	std::vector<double> seen(40);
	for (float v : out)
		seen[(size_t)std::lround(v * 3)] += 1;
	double chi2 = 0, p = std::exp(-3.0);
	for (int k = 0; k <= 10; k++) {
		double expected = p * (double)kMany;
		chi2 += (seen[(size_t)k] - expected) * (seen[(size_t)k] - expected) / expected;
		p *= 3.0 / (k + 1);
	}
	EXPECT_LE(chi2, 11 + 5 * std::sqrt(22.0));
	EXPECT_GE(chi2, 1) << "too good";
}

TEST(PhotonNoise, SwankWidensAndNothingIsNegative)
{
	std::vector<float> in(kMany, 1.0f), out(kMany);
	for (double mean : { 8.0, 500.0 }) {
		photon_noise_args a = Noise(in.data(), out.data(), mean, 0.8);
		photon_noise_f32(&a, kMany);
		Moments m = MomentsOf(out);
		EXPECT_NEAR(1, m.mean, 5 * std::sqrt(1 / (0.8 * mean * (double)kMany))) << mean;
		EXPECT_NEAR(1 / (0.8 * mean), m.variance, 0.01 / mean) << mean;
		EXPECT_LE(0, *std::min_element(out.begin(), out.end()));
	}
	std::fill(in.begin(), in.end(), 0.0f);
	photon_noise_args a = Noise(in.data(), out.data(), 100);
	photon_noise_f32(&a, kMany);
	EXPECT_EQ(0, *std::max_element(out.begin(), out.end())) << "no photons, no noise";
}

TEST(ElectronicNoise, HasItsStandardDeviation)
{
	std::vector<float> in(kMany, 0.25f), out(kMany);
	electronic_noise_args a = { out.data(), in.data(), kSide, 0, 0, 0.02, 3, 4 };
	electronic_noise_f32(&a, kMany);
	Moments m = MomentsOf(out);
	EXPECT_NEAR(0.25, m.mean, 5 * 0.02 / std::sqrt((double)kMany));
	EXPECT_NEAR(4e-4, m.variance, 5 * 4e-4 * std::sqrt(2.0 / (double)kMany));
	EXPECT_NEAR(0, m.skew, 5 * std::sqrt(6.0 / (double)kMany));
}

// Neighbours in space, in stream and in seed must not go together.
TEST(ElectronicNoise, PixelsStreamsAndSeedsAreIndependent)
{
	std::vector<float> in(kMany, 0.0f), one(kMany), other(kMany);
	auto fill = [&](std::vector<float> &to, uint64_t seed, uint64_t stream) {
		electronic_noise_args a = { to.data(), in.data(), kSide, 0, 0, 1, seed, stream };
		electronic_noise_f32(&a, kMany);
	};
	auto correlation = [&](const float *x, const float *y, int64_t n) {
		double sum = 0;
		for (int64_t i = 0; i < n; i++)
			sum += (double)x[i] * y[i];
		return sum / (double)n;
	};
	double bound = 5 / std::sqrt((double)kMany);
	fill(one, 1, 1);
	EXPECT_NEAR(0, correlation(one.data(), one.data() + 1, kMany - 1), bound);
	EXPECT_NEAR(0, correlation(one.data(), one.data() + kSide, kMany - kSide), bound);
	fill(other, 1, 2);
	EXPECT_NEAR(0, correlation(one.data(), other.data(), kMany), bound);
	fill(other, 2, 1);
	EXPECT_NEAR(0, correlation(one.data(), other.data(), kMany), bound);
	fill(other, 1, 1);
	EXPECT_EQ(one, other);
}

// The whole film with one thread, with three, and a tile of it alone: the same bits.
TEST(FilmNoise, DependsOnThePixelAlone)
{
	const int64_t cols = 301, rows = 203, c0 = 37, r0 = 50, w = 101, h = 90;
	std::vector<float> in(cols * rows), tile_in(w * h);
	for (int64_t i = 0; i < cols * rows; i++)
		in[i] = 1e-3f * (float)(i % 977);
	for (int64_t i = 0; i < w * h; i++)
		tile_in[i] = in[(r0 + i / w) * cols + c0 + i % w];
	std::function<void(float *, const float *, int64_t, int64_t, int64_t, int64_t)> kernels[] = {
		[](float *out, const float *x, int64_t width, int64_t c, int64_t r, int64_t n) {
			photon_noise_args a = { out, x, width, c, r, 200, 0.9, 8, 9 };
			photon_noise_f32(&a, n);
		},
		[](float *out, const float *x, int64_t width, int64_t c, int64_t r, int64_t n) {
			electronic_noise_args a = { out, x, width, c, r, 0.1, 8, 9 };
			electronic_noise_f32(&a, n);
		},
		[](float *out, const float *x, int64_t width, int64_t c, int64_t r, int64_t n) {
			flat_field_args a = { out, x, width, c, r, 203, 1, 0.2, 0.01, 0.01, 8, 9 };
			flat_field_f32(&a, n);
		},
		[](float *out, const float *x, int64_t width, int64_t, int64_t r, int64_t n) {
			transmission_args a = { out, x, width, r, 203, 0.2 };
			transmission_f32(&a, n);
		},
	};
	int before = omp_get_max_threads();
	for (auto &run : kernels) {
		std::vector<float> one(cols * rows), three(cols * rows), tile(w * h), cut(w * h);
		omp_set_num_threads(1);
		run(one.data(), in.data(), cols, 0, 0, cols * rows);
		omp_set_num_threads(3);
		run(three.data(), in.data(), cols, 0, 0, cols * rows);
		run(tile.data(), tile_in.data(), w, c0, r0, w * h);
		EXPECT_EQ(one, three);
		for (int64_t i = 0; i < w * h; i++)
			cut[i] = one[(r0 + i / w) * cols + c0 + i % w];
		EXPECT_EQ(cut, tile);
	}
	omp_set_num_threads(before);
}

TEST(FlatField, PatternIsTheDetectorsAndShadingGoes)
{
	std::vector<float> in(kMany), out(kMany), again(kMany);
	transmission_args beam = { in.data(), out.data(), kSide, 0, kSide, 0.3 };
	std::fill(out.begin(), out.end(), 0.7f);
	transmission_f32(&beam, kMany);
	EXPECT_NEAR(std::exp(-0.7) * (1 + 0.3 * (0.5 - 0.5 / kSide)), in[0], 1e-6);
	EXPECT_NEAR(0.3 * std::exp(-0.7) * (1 - 1.0 / kSide), in[0] - in[kMany - 1], 1e-6) << "edge to edge";
	flat_field_args a = { out.data(), in.data(), kSide, 0, 0, kSide, 1, 0.3, 0, 0, 6, 7 };
	flat_field_f32(&a, kMany);
	for (float v : out)
		ASSERT_NEAR(std::exp(-0.7), v, 1e-6);
	a.gain_sd = 0.02;
	flat_field_f32(&a, kMany);
	Moments m = MomentsOf(out);
	EXPECT_NEAR(0.02, std::sqrt(m.variance) / m.mean, 2e-4);
	a.out = again.data();
	flat_field_f32(&a, kMany);
	EXPECT_EQ(out, again);
	a.seed = 8;
	flat_field_f32(&a, kMany);
	EXPECT_NE(out, again);
	a.corrected = 0;
	flat_field_f32(&a, kMany);
	EXPECT_GT(again[0] / again[kMany - 1], 1.2) << "a raw image keeps the shading";
}

TEST(NegativeLog, IsFiniteAndInvertsTheTransmission)
{
	const float in[5] = { 0, -1, NAN, 1e-30f, 0.5f };
	float out[5];
	negative_log_args a = { out, in, 1e-3 };
	negative_log_f32(&a, 5);
	for (int i = 0; i < 4; i++)
		EXPECT_NEAR(-std::log(1e-3), out[i], 1e-6);
	EXPECT_NEAR(std::log(2.0), out[4], 1e-7);
}

// An unsymmetric stencil against the definition, with and without what lies outside.
TEST(Blur, IsTheSumOfItsDefinition)
{
	const int64_t cols = 37, rows = 23, radius = 5;
	std::vector<float> in(cols * rows), weights(2 * radius + 1), out(cols * rows);
	for (size_t i = 0; i < in.size(); i++)
		in[i] = std::sin(0.7f * (float)i) + 2;
	for (size_t i = 0; i < weights.size(); i++)
		weights[i] = 0.05f + 0.01f * (float)(i * i);
	for (int down : { 0, 1 })
		for (int normalise : { 0, 1 }) {
			blur_args a = { out.data(), in.data(), weights.data(), radius, rows, cols, down,
				normalise, 0, 0.5 };
			blur_f32(&a, rows);
			for (int64_t r = 0; r < rows; r++)
				for (int64_t c = 0; c < cols; c++) {
					double sum = 0, weight = 0;
					for (int64_t k = -radius; k <= radius; k++) {
						int64_t y = r + (down ? k : 0), x = c + (down ? 0 : k);
						if (y < 0 || y >= rows || x < 0 || x >= cols)
							continue;
						sum += (double)weights[radius + k] * in[y * cols + x];
						weight += weights[radius + k];
					}
					double want = 0.5 * (normalise ? sum / weight : sum);
					ASSERT_NEAR(want, out[r * cols + c], 2e-6 * want) << r << " " << c;
				}
		}
}

TEST(ScatterSource, LayersAddUpToTheWhole)
{
	const int64_t cols = 31, rows = 17, factor = 4, coarse_cols = 8, coarse_rows = 5;
	std::vector<float> intensity(cols * rows), mm(cols * rows), source(5 * coarse_cols * coarse_rows);
	double whole = 0, sum = 0;
	for (int64_t i = 0; i < cols * rows; i++) {
		intensity[i] = 0.01f * (float)(1 + i % 50);
		mm[i] = (float)(i % 53) * 11 - 10; // below 0 to above the last layer
		whole += (double)intensity[i] * mm[i];
	}
	scatter_source_args a = { source.data(), intensity.data(), mm.data(), cols, rows, factor, coarse_cols,
		coarse_rows, 5, 100 };
	scatter_source_f32(&a, (int64_t)source.size());
	for (float v : source)
		sum += v * (double)(factor * factor);
	EXPECT_NEAR(whole, sum, 1e-5 * whole);
}

TEST(Unsharp, KeepsAConstantAndIsTheIdentityAtOne)
{
	const float e[3] = { 1, 2, 4 }, mid[3] = { 1.5f, 2, 3 }, low[3] = { 2, 2, 2.5f },
		    flat[3] = { 3, 3, 3 };
	float out[3];
	unsharp_args a = { out, e, mid, low, 2.2, 1, 1, 1 };
	unsharp_f32(&a, 3);
	for (int i = 0; i < 3; i++)
		EXPECT_NEAR(e[i], out[i], 1e-6);
	a = { out, flat, flat, flat, 2.2, 1, 1.7, 2.9 };
	unsharp_f32(&a, 3);
	for (int i = 0; i < 3; i++)
		EXPECT_NEAR(3, out[i], 1e-6) << "detail gains leave a constant";
	a.alpha = 0.25;
	unsharp_f32(&a, 3);
	EXPECT_NEAR(2.2 + 0.25 * 0.8, out[0], 1e-6) << "compression draws it to the middle";
}

TEST(Tone, RisesFromBlackToWhiteAndStaysThere)
{
	const int n = 401;
	std::vector<float> in(n), out(n);
	for (int i = 0; i < n; i++)
		in[i] = -1 + 0.01f * (float)i; // -1 .. 3
	for (double contrast : { 0.0, 1.0, 4.0, 12.0 }) {
		tone_args a = { out.data(), in.data(), 0, 2, contrast };
		tone_f32(&a, n);
		for (int i = 1; i < n; i++) {
			EXPECT_LE(out[i - 1], out[i]);
			if (in[i - 1] >= 0 && in[i] <= 2) {
				EXPECT_LT(out[i - 1], out[i]) << "strictly inside the window";
			}
		}
		EXPECT_EQ(0, out[50]);
		EXPECT_NEAR(0.5, out[200], 1e-6);
		EXPECT_EQ(1, out[350]);
		// slope at the middle: contrast / 4 x 2 / tanh(contrast / 2) per unit of x, x = in / 2
		double slope = contrast > 0 ? 0.5 * contrast / std::tanh(0.5 * contrast) : 1;
		EXPECT_NEAR(0.5 * slope * 0.02, out[201] - out[199], 2e-3 * slope * 0.02);
		tone_args reversed = { out.data(), in.data(), 2, 0, contrast };
		tone_f32(&reversed, n);
		EXPECT_EQ(1, out[50]);
		EXPECT_EQ(0, out[350]);
	}
}

} // namespace

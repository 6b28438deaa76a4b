#include "host/run/rng.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>
#include <gtest/gtest.h>

namespace
{

using Block = std::array<uint32_t, 4>;

Block Philox(const Block &counter, const std::array<uint32_t, 2> &key)
{
	Block out;
	rng_philox(out.data(), counter.data(), key.data());
	return out;
}

// Known answers published with the generator (Random123, kat_vectors, philox4x32 10).
TEST(Rng, PhiloxKnownAnswers)
{
	EXPECT_EQ(
		(Block{ 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 }), Philox({ 0, 0, 0, 0 }, { 0, 0 }));
	const uint32_t f = 0xffffffff;
	EXPECT_EQ(
		(Block{ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd }), Philox({ f, f, f, f }, { f, f }));
	EXPECT_EQ((Block{ 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 }),
		Philox({ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 }));
}

TEST(Rng, PhiloxMayWriteOverItsCounter)
{
	Block block = { 0, 0, 0, 0 };
	const uint32_t key[2] = { 0, 0 };
	rng_philox(block.data(), block.data(), key);
	EXPECT_EQ((Block{ 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 }), block);
}

TEST(Rng, SeedStreamAndIndexAreKeyAndCounter)
{
	rng r = rng_init(0x299f31d0a4093822, 0x0370734413198a2e);
	r.index = 0x85a308d3243f6a88;
	EXPECT_EQ(0xd16cfe09u, rng_u32(&r));
	EXPECT_EQ(0x85a308d3243f6a89u, r.index);
}

// A draw depends on (seed, stream, index) alone: backwards or forwards, mixed with other streams or not.
TEST(Rng, TheOrderOfDrawsDoesNotMatter)
{
	const int n = 1000;
	std::vector<double> forward(n), backward(n);
	rng r = rng_init(5, 17), other = rng_init(5, 18);
	for (int i = 0; i < n; i++) {
		forward[i] = rng_uniform(&r);
		rng_normal(&other);
	}
	for (int i = n; i-- > 0;) {
		rng single = { 5, 17, (uint64_t)i };
		backward[i] = rng_uniform(&single);
	}
	EXPECT_EQ(forward, backward);
}

TEST(Rng, EachDrawAdvancesByOne)
{
	rng r = rng_init(1, 2);
	rng_u32(&r);
	rng_uniform(&r);
	rng_range(&r, 1, 2);
	rng_normal(&r);
	rng_below(&r, 9);
	EXPECT_EQ(5u, r.index);
}

TEST(Rng, NeighbouringSeedsAndStreamsDiffer)
{
	std::set<uint32_t> seen;
	for (uint64_t seed = 0; seed < 50; seed++)
		for (uint64_t stream = 0; stream < 50; stream++) {
			rng r = rng_init(seed, stream);
			seen.insert(rng_u32(&r));
		}
	EXPECT_GE(seen.size(), 2499u); // 2500 of 2^32: a collision has probability 7e-4
}

// The counter whose block under a key is given: each round undone, the multipliers being odd.
Block PhiloxInverse(Block block, std::array<uint32_t, 2> key)
{
	auto inverse = [](uint32_t m) {
		uint32_t x = m;
		for (int i = 0; i < 5; i++)
			x *= 2 - m * x;
		return x;
	};
	const uint32_t m0 = 0xD2511F53, m1 = 0xCD9E8D57;
	for (uint32_t round = 10; round-- > 0;) {
		uint32_t k0 = key[0] + round * 0x9E3779B9, k1 = key[1] + round * 0xBB67AE85;
		uint32_t c0 = block[3] * inverse(m0), c2 = block[1] * inverse(m1);
		uint32_t c1 = block[0] ^ (uint32_t)((uint64_t)m1 * c2 >> 32) ^ k0;
		uint32_t c3 = block[2] ^ (uint32_t)((uint64_t)m0 * c0 >> 32) ^ k1;
		block = { c0, c1, c2, c3 };
	}
	return block;
}

rng BeforeBlock(const Block &block)
{
	Block c = PhiloxInverse(block, { 21, 0 });
	return { 21, (uint64_t)c[3] << 32 | c[2], (uint64_t)c[1] << 32 | c[0] };
}

TEST(Rng, TheEndsOfTheRangeAreOpen)
{
	const uint32_t f = 0xffffffff;
	rng top = BeforeBlock({ f, f, f, f }), bottom = BeforeBlock({ 0, 0, 0, 0 });
	rng r = top;
	EXPECT_EQ(f, rng_u32(&r)) << "the inverse is wrong";
	r = top;
	EXPECT_EQ(1 - 0x1p-53, rng_uniform(&r));
	r = bottom;
	EXPECT_EQ(0x1p-53, rng_uniform(&r));
	for (int64_t n : { (int64_t)1, (int64_t)7, (int64_t)1 << 31, ((int64_t)1 << 52) - 1 }) {
		r = top;
		EXPECT_EQ(n - 1, rng_below(&r, n));
		r = bottom;
		EXPECT_EQ(0, rng_below(&r, n));
	}
	r = bottom;
	EXPECT_TRUE(std::isfinite(rng_normal(&r)));
	r = top;
	EXPECT_TRUE(std::isfinite(rng_normal(&r)));
}

struct Moments {
	double mean, variance, skewness, kurtosis, low, high;
};
template <class Draw> Moments Measure(int n, Draw draw)
{
	std::vector<double> x(n);
	double mean = 0, m2 = 0, m3 = 0, m4 = 0;
	for (double &v : x)
		mean += v = draw();
	mean /= n;
	for (double v : x) {
		double d = v - mean;
		m2 += d * d / n;
		m3 += d * d * d / n;
		m4 += d * d * d * d / n;
	}
	return { mean, m2, m3 / pow(m2, 1.5), m4 / (m2 * m2), *std::min_element(x.begin(), x.end()),
		*std::max_element(x.begin(), x.end()) };
}

// Bars are 5 standard errors of each moment.
TEST(Rng, UniformMoments)
{
	const int n = 400000;
	rng r = rng_init(11, 0);
	Moments m = Measure(n, [&] { return rng_uniform(&r); });
	EXPECT_NEAR(0.5, m.mean, 5 * sqrt(1 / 12. / n));
	EXPECT_NEAR(1 / 12., m.variance, 5 * sqrt((1 / 80. - 1 / 144.) / n));
	EXPECT_GT(m.low, 0);
	EXPECT_LT(m.low, 5e-5);
	EXPECT_LT(m.high, 1);
	EXPECT_GT(m.high, 1 - 5e-5);
	Moments ranged = Measure(n, [&] { return rng_range(&r, -3, 5); });
	EXPECT_NEAR(1, ranged.mean, 5 * 8 * sqrt(1 / 12. / n));
	EXPECT_GT(ranged.low, -3);
	EXPECT_LT(ranged.high, 5);
}

TEST(Rng, UniformHasNoLagCorrelation)
{
	const int n = 200000;
	rng r = rng_init(12, 3);
	double before = rng_uniform(&r), sum = 0;
	for (int i = 0; i < n; i++) {
		double now = rng_uniform(&r);
		sum += (before - 0.5) * (now - 0.5);
		before = now;
	}
	EXPECT_NEAR(0, sum / n * 12, 5 / sqrt((double)n));
}

TEST(Rng, NormalMoments)
{
	const int n = 400000;
	rng r = rng_init(13, 0);
	Moments m = Measure(n, [&] { return rng_normal(&r); });
	EXPECT_NEAR(0, m.mean, 5 / sqrt(n));
	EXPECT_NEAR(1, m.variance, 5 * sqrt(2. / n));
	EXPECT_NEAR(0, m.skewness, 5 * sqrt(6. / n));
	EXPECT_NEAR(3, m.kurtosis, 5 * sqrt(24. / n));
	EXPECT_LT(m.low, -4);
	EXPECT_GT(m.high, 4);
}

TEST(Rng, NormalFollowsTheCumulativeCurve)
{
	const int n = 200000;
	rng r = rng_init(14, 0);
	std::vector<double> x(n);
	for (double &v : x)
		v = rng_normal(&r);
	std::sort(x.begin(), x.end());
	double worst = 0;
	for (int i = 0; i < n; i++)
		worst = std::max(worst, fabs((i + 0.5) / n - 0.5 * erfc(-x[i] / sqrt(2.0))));
	EXPECT_LT(worst, 1.95 / sqrt(n)); // Kolmogorov-Smirnov, p = 0.001
}

TEST(Rng, PoissonMomentsOnBothSidesOfThirty)
{
	const int n = 100000;
	for (double mean : { 0.02, 1.0, 7.5, 29.9, 30.0, 1000.0, 1e8 }) {
		rng r = rng_init(15, (uint64_t)mean);
		Moments m = Measure(n, [&] { return rng_poisson(&r, mean); });
		EXPECT_NEAR(mean, m.mean, 5 * sqrt(mean / n)) << mean;
		EXPECT_NEAR(mean, m.variance, 5 * sqrt((mean + 2 * mean * mean) / n) + 0.1) << mean;
		EXPECT_GE(m.low, 0);
		EXPECT_EQ(m.low, std::floor(m.low));
		EXPECT_EQ(m.high, std::floor(m.high));
	}
}

TEST(Rng, PoissonOfSmallMeansHasTheExactFrequencies)
{
	const int n = 200000;
	const double mean = 1.3;
	std::vector<int> seen(40);
	rng r = rng_init(16, 0);
	for (int i = 0; i < n; i++)
		seen.at((size_t)rng_poisson(&r, mean))++;
	double p = exp(-mean);
	for (int k = 0; k < 8; k++) {
		EXPECT_NEAR(p, seen[k] / (double)n, 5 * sqrt(p * (1 - p) / n)) << k;
		p *= mean / (k + 1);
	}
}

TEST(Rng, PoissonOfNothingIsNothing)
{
	rng r = rng_init(1, 1);
	for (double mean : { 0.0, -1.0, (double)NAN })
		EXPECT_EQ(0, rng_poisson(&r, mean));
}

TEST(Rng, BelowIsEven)
{
	const int n = 70000;
	int seen[7] = { 0 };
	rng r = rng_init(17, 0);
	for (int i = 0; i < n; i++) {
		int64_t k = rng_below(&r, 7);
		ASSERT_GE(k, 0);
		ASSERT_LT(k, 7);
		seen[k]++;
	}
	double chi2 = 0;
	for (int count : seen)
		chi2 += (count - n / 7.) * (count - n / 7.) / (n / 7.);
	EXPECT_LT(chi2, 22.46); // 6 degrees of freedom, p = 0.001
	EXPECT_EQ(0, rng_below(&r, 1));
}

TEST(Rng, MixSeparatesItsArguments)
{
	std::set<uint64_t> seen;
	for (uint64_t a = 0; a < 20; a++)
		for (uint64_t b = 0; b < 20; b++)
			for (uint64_t c = 0; c < 20; c++)
				seen.insert(rng_mix(a, b, c));
	EXPECT_EQ(8000u, seen.size());
	EXPECT_EQ(rng_mix(1, 2, 3), rng_mix(1, 2, 3));
}

// Any one input bit turns about half of the output bits.
TEST(Rng, MixAvalanche)
{
	double turned = 0;
	int n = 0;
	for (uint64_t base = 0; base < 20; base++)
		for (int bit = 0; bit < 192; bit++, n++) {
			uint64_t word[3] = { base, base * 3 + 1, base * 7 + 5 };
			uint64_t before = rng_mix(word[0], word[1], word[2]);
			word[bit / 64] ^= 1ull << bit % 64;
			turned += __builtin_popcountll(before ^ rng_mix(word[0], word[1], word[2]));
		}
	EXPECT_NEAR(32, turned / n, 5 * 4 / sqrt(n));
}

// Counts that fill whole vectors and do not; the tail of the logarithm and all quarters of the cosine are among 200 000.
TEST(Rng, ManyNormalsAreThoseDrawnOneByOne)
{
	struct rng one = rng_init(0x123456789abcdefull, 0xfedcba987654321ull), many = one;
	one.index = many.index = 0xfffffff0ull; // the index passes 32 bits
	for (int64_t n : { 0, 1, 7, 64, 65, 200000 }) {
		std::vector<double> draws((size_t)n);
		rng_normals(&many, draws.data(), n);
		for (int64_t i = 0; i < n; i++)
			ASSERT_NEAR(rng_normal(&one), draws[(size_t)i], 1e-14) << n << ", " << i;
		EXPECT_EQ(one.index, many.index);
	}
}

} // namespace

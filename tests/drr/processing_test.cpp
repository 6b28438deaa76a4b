// Vendor processing, percentiles.
#include <cstring>
#include "drr/percentile.h"
#include "drr/processing.h"
#include "tests/drr/scene.h"

namespace
{

using Picture = std::vector<float>;
const int64_t kCols = 200, kRows = 160, kN = kCols * kRows;
const char *const kPresets[] = { "soft", "standard", "high-contrast", "linear" };

Picture Process(const Picture &in, const processing_model &m)
{
	Cpu cpu;
	Picture out(in.size());
	EXPECT_OK(processing_apply(&cpu.d, out.data(), in.data(), kCols, kRows, &m));
	return out;
}

// A thick body with a bone's edge and fine stripes.
Picture Body()
{
	Picture p(kN);
	for (int64_t i = 0; i < kN; i++) {
		int64_t c = i % kCols, r = i / kCols;
		p[(size_t)i] = (float)(c < 20 ? 0
					      : 2 + 2.0 * (double)r / kRows + (c > 100 ? 0.5 : 0) +
							0.05 * (c / 3 % 2));
	}
	return p;
}

TEST(Percentile, AgreesWithTheSortedValues)
{
	Picture x = { NAN, -5, 0, INFINITY };
	for (int i = 1; i <= 1000; i++)
		x.push_back((float)(i * i));
	const double percent[4] = { 0, 10, 50, 100 };
	double result[4];
	EXPECT_EQ(1000, percentile_above(result, percent, 4, x.data(), (int64_t)x.size(), 0));
	EXPECT_NEAR(1, result[0], 1e6 / 16384);
	EXPECT_NEAR(1e4, result[1], 1e6 / 8192);
	EXPECT_NEAR(2.5e5, result[2], 1e6 / 8192);
	EXPECT_NEAR(1e6, result[3], 1e-3);
	EXPECT_EQ(0, percentile_above(result, percent, 4, x.data(), (int64_t)x.size(), 1e9));
	EXPECT_EQ(0, percentile_above(result, percent, 4, x.data(), 0, 0));
}

TEST(Processing, PresetsStayInTheirRangeAndKeepBoneBright)
{
	for (const char *name : kPresets) {
		processing_model m;
		ASSERT_OK(processing_parse(&m, name));
		ASSERT_OK(processing_check(&m));
		Picture out = Process(Body(), m);
		for (float v : out)
			ASSERT_TRUE(v >= 0 && v <= 1) << name;
		EXPECT_EQ(0, out[80 * kCols + 5]) << "air is black in " << name;
		double thin = 0, bone = 0;
		for (int64_t c = 0; c < 30; c++) {
			thin += out[(size_t)(80 * kCols + 60 + c)];
			bone += out[(size_t)(80 * kCols + 140 + c)];
		}
		EXPECT_GT(bone, thin + 1) << name;
	}
	processing_model m;
	EXPECT_EQ(-1, processing_parse(&m, "vivid"));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_NE(nullptr, strstr(err_message(), "high-contrast")) << err_message();
}

// With all gains 1 and a straight tone the result is the window of -ln itself.
TEST(Processing, WithoutGainsIsAWindow)
{
	processing_model m = { PROCESSING_LOG, 0.025, 0.1, 1, 1, 1, 0, 0, 100 };
	Picture in = Body(), out = Process(in, m), body;
	for (float v : in)
		if (v > 0.2f)
			body.push_back(v);
	std::sort(body.begin(), body.end());
	double middle = body[(body.size() + 1) / 2 - 1], width = body.back() - body.front();
	for (size_t i = 0; i < in.size(); i++)
		ASSERT_NEAR(std::fmin(1, std::fmax(0, 0.5 + (in[i] - middle) / width)), out[i], 1e-3);
}

TEST(Processing, CompressionAndGainsDoWhatTheySay)
{
	processing_model m = { PROCESSING_LOG, 0.02, 0.3, 1, 1, 1, 0, 0, 100 };
	auto slope = [](const Picture &p) { // from the thin to the thick end of the body
		double low = 0, high = 0;
		for (int64_t c = 130; c < 170; c++) {
			low += p[(size_t)(30 * kCols + c)];
			high += p[(size_t)(130 * kCols + c)];
		}
		return (high - low) / 40;
	};
	auto stripes = [](const Picture &p) {
		double sum = 0;
		for (int64_t c = 132; c < 168; c += 6)
			sum += p[(size_t)(80 * kCols + c + 4)] - p[(size_t)(80 * kCols + c + 1)];
		return sum / 6;
	};
	Picture plain = Process(Body(), m);
	m.gain_fine = 2;
	m.mid_fraction = 0.1;
	Picture sharp = Process(Body(), m);
	EXPECT_NEAR(
		2 * std::fabs(stripes(plain)), std::fabs(stripes(sharp)), 0.3 * std::fabs(stripes(plain)));
	EXPECT_NEAR(slope(plain), slope(sharp), 0.05 * slope(plain));
	m.gain_fine = 1;
	m.alpha = 0.5;
	Picture flat = Process(Body(), m);
	// the window is compressed as well, so detail grows against it while the slow part stays
	EXPECT_GT(std::fabs(stripes(flat)), 1.5 * std::fabs(stripes(plain)));
}

TEST(Processing, LinearInputSeesIntensities)
{
	processing_model m = { PROCESSING_LINEAR, 0.025, 0.1, 1, 1, 1, 0, 0, 100 };
	Picture in = Body(), out = Process(in, m), body;
	for (float v : in)
		if (v > 0.2f)
			body.push_back(v);
	std::sort(body.begin(), body.end());
	double middle = std::exp(-(double)body[(body.size() + 1) / 2 - 1]);
	double width = std::exp(-(double)body.front()) - std::exp(-(double)body.back());
	for (size_t i = 0; i < in.size(); i += 7) {
		double grey = 0.5 + (middle - std::exp(-(double)in[i])) / width;
		ASSERT_NEAR(std::fmin(1, std::fmax(0, grey)), out[i], 1e-3);
	}
}

TEST(Processing, AnEvenPictureAndAnEmptyOneAreHarmless)
{
	for (const char *name : kPresets) {
		processing_model m;
		ASSERT_OK(processing_parse(&m, name));
		for (float value : { 0.0f, 3.0f })
			for (float v : Process(Picture(kN, value), m))
				ASSERT_TRUE(v >= 0 && v <= 1) << name;
	}
}

TEST(Processing, RefusesByName)
{
	processing_model good;
	ASSERT_OK(processing_parse(&good, "standard"));
	auto refused = [&](double processing_model::*field, double value, const char *word) {
		processing_model bad = good;
		bad.*field = value;
		EXPECT_EQ(-1, processing_check(&bad)) << word;
		EXPECT_NE(nullptr, strstr(err_message(), word)) << err_message();
	};
	refused(&processing_model::mid_fraction, 0, "mid_fraction");
	refused(&processing_model::low_fraction, 0.01, "low_fraction");
	refused(&processing_model::alpha, NAN, "alpha");
	refused(&processing_model::gain_fine, -1, "gain_fine");
	refused(&processing_model::contrast, 99, "contrast");
	refused(&processing_model::high_percent, 0, "high_percent");
}

TEST(Processing, PresetsTakeChanges)
{
	processing_model m, plain;
	ASSERT_OK(processing_parse(&plain, "standard"));
	ASSERT_OK(processing_parse(&m, "standard,alpha=0.5,high_percent=98.5"));
	EXPECT_EQ(0.5, m.alpha);
	EXPECT_EQ(98.5, m.high_percent);
	EXPECT_EQ(plain.contrast, m.contrast);
	for (const char *bad :
		{ "standard,", "standard,alpha", "standard,alpha=", "standard,alpha=x", "standard,beta=1",
			"standard,alpha=0.5y", "stand", "", "standard,alpha=2", "alpha=0.5" }) {
		EXPECT_EQ(-1, processing_parse(&m, bad)) << bad;
		EXPECT_EQ(EXIT_CODE_USAGE, err_code()) << bad;
		EXPECT_NE(nullptr, strstr(err_message(), "--processing")) << err_message();
	}
}

} // namespace

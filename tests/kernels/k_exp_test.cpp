// The vectorisable exp2 and log against those of the C library in double.
#include "kernels/k_exp.h"

#include <cmath>
#include <limits>
#include "tests/support/support.h"

namespace
{

// In units in the last place of the float nearest to `want`.
double Units(float got, double want)
{
	int exponent;
	std::frexp(want, &exponent);
	return std::fabs((double)got - want) / std::ldexp(1.0, exponent - 24);
}

TEST(Exp2, IsWithinTwoUnitsFromUnderflowToOverflow)
{
	double worst = 0;
	for (int i = -126 * 8192; i < 127 * 8192; i++) {
		float x = (float)i / 8192 + 3e-5f;
		worst = std::fmax(worst, Units(k_exp2(x), std::exp2((double)x)));
	}
	EXPECT_LE(worst, 2);
	for (int n = -126; n <= 127; n++)
		EXPECT_EQ(std::ldexp(1.0f, n), k_exp2((float)n)) << n;
}

TEST(Exp2, HasItsEnds)
{
	const float inf = std::numeric_limits<float>::infinity();
	for (float x : { -126.001f, -150.0f, -1e30f, -inf })
		EXPECT_EQ(0, k_exp2(x)) << x;
	for (float x : { 127.6f, 128.0f, 200.0f, 1e30f, inf })
		EXPECT_EQ(inf, k_exp2(x)) << x;
	EXPECT_TRUE(std::isnan(k_exp2(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Log, IsWithinTwoUnitsOfEveryNormalNumber)
{
	double worst = 0;
	for (uint32_t bits = 0x00800000; bits < 0x7f800000; bits += 997) {
		float x = k_exp_of_bits(bits);
		if (x != 1)
			worst = std::fmax(worst, Units(k_log(x), std::log((double)x)));
	}
	for (uint32_t bits = 0x3f7f0000; bits < 0x3f810000; bits++) { // where the logarithm is small
		float x = k_exp_of_bits(bits);
		if (x != 1)
			worst = std::fmax(worst, Units(k_log(x), std::log((double)x)));
	}
	EXPECT_LE(worst, 2);
	EXPECT_EQ(0, k_log(1));
}

} // namespace

/*
 * 2^x and ln x of k_real as text that every compiler vectorises: no tables, no calls, no branches.
 *
 * In float: k_exp2 is within 2 units in the last place of 2^x, 0 below x = -126 (results under FLT_MIN),
 * infinite from 127.5 on, NaN of NaN.  k_log is within 2 units of ln x for positive normal numbers; other
 * arguments give no meaningful value.  In double (the oracle) they are exp2 and log.
 */
#ifndef KERNELS_K_EXP_H
#define KERNELS_K_EXP_H
#include "kernels/kernel.h"

#if defined(K_F64)
K_FN k_real k_exp2(k_real x)
{
	return exp2(x);
}
K_FN k_real k_log(k_real x)
{
	return log(x);
}
#else
K_FN float k_exp_of_bits(uint32_t bits)
{
	float x;
	memcpy(&x, &bits, sizeof(x));
	return x;
}
K_FN uint32_t k_exp_bits(float x)
{
	uint32_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/*
 * x = n + r, |r| <= 1/2; 2^r by the series of exp(r ln2).  Adding 1.5 x 2^23 rounds to the nearest integer
 * and leaves it in the low bits, from where it is moved into the exponent.
 */
K_FN k_real k_exp2(k_real x)
{
	const float round = 12582912.0f;
	float bounded = x < -126.0f ? -126.0f : x;
	bounded = bounded > 128.0f ? 128.0f : bounded;
	float shifted = bounded + round, r = bounded - (shifted - round);
	float series = 1.3333558e-3f + r * (1.5403530e-4f + r * 1.5252734e-5f);
	series = 5.5504109e-2f + r * (9.6181291e-3f + r * series);
	series = 1.0f + r * (0.69314718f + r * (0.24022651f + r * series));
	float power = k_exp_of_bits((k_exp_bits(shifted) << 23) + 0x3f800000u);
	return x < -126.0f ? 0.0f : series * power;
}

/* x = 2^n m, sqrt(1/2) <= m < sqrt(2); log m = 2 artanh((m - 1) / (m + 1)) by its series. */
K_FN k_real k_log(k_real x)
{
	const uint32_t root_half = 0x3f3504f3;
	uint32_t bits = k_exp_bits(x) - root_half + 0x3f800000;
	float n = (float)((int32_t)(bits >> 23) - 127);
	float f = k_exp_of_bits((bits & 0x007fffff) + root_half) - 1.0f;
	float s = f / (2.0f + f), square = s * s;
	float series = square * (2.0f / 3 + square * (2.0f / 5 + square * (2.0f / 7 + square * (2.0f / 9))));
	/* log m = f - s (f - series): exact where m is near 1. */
	return n * 0.693359375f + (f - (s * (f - series) + n * 2.12194440e-4f));
}
#endif
#endif

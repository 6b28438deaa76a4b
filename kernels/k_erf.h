/*
 * The error function of k_real as text that every compiler vectorises.
 *
 * In float within 3 units in the last place: x P(x^2) below 1, 1 - 2^-Q(x) above, P and Q the polynomials of least
 * largest error, found by iterated least squares in double.  From 4 on erf is 1 to float's last digit.  In double
 * (the oracle) it is erf.
 */
#ifndef KERNELS_K_ERF_H
#define KERNELS_K_ERF_H
#include "kernels/k_exp.h"

#if defined(K_F64)
K_FN k_real k_erf(k_real x)
{
	return erf(x);
}
#else
K_FN k_real k_erf(k_real x)
{
	float a = x < 0 ? -x : x, u = a * a, b = a > 4.0f ? 4.0f : a;
	float p = -8.0208411e-4f + u * 7.8891193e-5f;
	p = 1.1283600e-1f + u * (-2.6854444e-2f + u * (5.1895352e-3f + u * p));
	p = a * (1.1283791f + u * (-3.7612626e-1f + u * p));
	float q = 4.2409692e-3f + b * -2.6772797e-4f;
	q = 9.2076492e-1f + b * (1.4865160e-1f + b * (-3.1458471e-2f + b * q));
	q = 1.0f - k_exp2(-(5.1029411e-4f + b * (1.6259751f + b * q)));
	float y = a < 1.0f ? p : q;
	y = a == a ? y : a;
	return x < 0 ? -y : y;
}
#endif

K_FN k_real k_exp(k_real x)
{
	return k_exp2(x * (k_real)1.4426950408889634);
}
/* 1 / (1 + e^-x), without overflow. */
K_FN k_real k_sigmoid(k_real x)
{
	k_real e = k_exp(x < 0 ? x : -x), s = 1 / (1 + e);
	return x < 0 ? e * s : s;
}
#endif

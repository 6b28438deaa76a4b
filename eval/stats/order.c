#include "eval/stats/order.h"

#include <math.h>

static void swap(double *a, double *b)
{
	double t = *a;
	*a = *b;
	*b = t;
}

/* The median of first, middle and last comes to the middle: sorted input is no bad case. */
static double pivot_of(double *x, int64_t lo, int64_t hi)
{
	int64_t middle = lo + (hi - lo) / 2;
	if (x[middle] < x[lo])
		swap(&x[middle], &x[lo]);
	if (x[hi] < x[lo])
		swap(&x[hi], &x[lo]);
	if (x[hi] < x[middle])
		swap(&x[hi], &x[middle]);
	return x[middle];
}

/* Hoare's selection. */
double order_select(double *x, int64_t n, int64_t k)
{
	int64_t lo = 0, hi = n - 1;
	while (lo < hi) {
		double pivot = pivot_of(x, lo, hi);
		int64_t i = lo, j = hi;
		while (i <= j) {
			while (x[i] < pivot)
				i++;
			while (pivot < x[j])
				j--;
			if (i <= j)
				swap(&x[i++], &x[j--]);
		}
		if (k <= j)
			hi = j;
		else if (k >= i)
			lo = i;
		else
			break;
	}
	return x[k];
}

double order_median(double *x, int64_t n)
{
	return order_quantile(x, n, 0.5);
}

double order_quantile(double *x, int64_t n, double p)
{
	if (n < 1)
		return NAN;
	double at = p * (double)(n - 1);
	int64_t below = (int64_t)floor(at);
	double low = order_select(x, n, below), share = at - (double)below;
	if (share == 0)
		return low;
	double high = order_select(x, n, below + 1);
	return low + share * (high - low);
}

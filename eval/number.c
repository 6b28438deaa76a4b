#include "eval/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *number_exact(char text[NUMBER_BYTES], double x)
{
	if (isnan(x))
		return strcpy(text, "n/a");
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, NUMBER_BYTES, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	return text;
}

const char *number_fixed(char text[NUMBER_BYTES], double x, int decimals)
{
	char digits[NUMBER_BYTES - 3];
	if (isnan(x))
		return strcpy(text, "n/a");
	if (fabs(x) >= 1e15)
		snprintf(digits, sizeof(digits), "%.6g", fabs(x));
	else
		snprintf(digits, sizeof(digits), "%.*f", decimals, fabs(x));
	int negative = x < 0 && strspn(digits, "0.") != strlen(digits);
	snprintf(text, NUMBER_BYTES, "%s%s", negative ? "\342\210\222" : "", digits);
	return text;
}

int number_decimals(double spread)
{
	if (!(spread > 0) || !isfinite(spread))
		return 3;
	double decimals = 2 - floor(log10(spread));
	return decimals < 0 ? 0 : decimals > 9 ? 9 : (int)decimals;
}

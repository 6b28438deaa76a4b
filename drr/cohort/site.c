#include "drr/cohort/site.h"

#include <stdio.h>

#include "drr/cohort/stream.h"
#include "host/run/err.h"

struct site site_make(uint64_t seed, int number)
{
	static const double kvp[] = { 80, 70, 90 };
	struct rng r = stream_of(seed, number, STREAM_SITE, 0);
	struct site s = { .letter = (char)('A' + number) };
	if (number < 0 || number >= SITE_MOST)
		BUG("site number %d", number);
	snprintf(s.name, sizeof(s.name), "site%c", s.letter);
	snprintf(s.dxa_device, sizeof(s.dxa_device), "dxa%c", s.letter);
	s.xray_kvp = kvp[number % 3];
	s.ct_kev = rng_range(&r, 65, 75);
	s.ct_gain = rng_range(&r, 0.99, 1.01);
	s.ct_offset_hu = rng_range(&r, -4, 4);
	s.ct_noise_hu = rng_range(&r, 8, 15);
	s.dxa_slope = rng_range(&r, 0.97, 1.03);
	s.dxa_offset_g_cm2 = rng_range(&r, -0.015, 0.015);
	return s;
}

#include "gan/schedule.h"

#include <math.h>
#include <string.h>

double schedule_factor(const struct config *c, int64_t step)
{
	const double pi = 3.14159265358979323846, done = (double)step / (double)c->steps;
	double factor = 1;
	if (done > c->decay_from) {
		const double way = fmin(1, (done - c->decay_from) / (1 - c->decay_from));
		factor = strcmp(c->schedule, "cosine") == 0 ? 0.5 * (1 + cos(pi * way)) : 1 - way;
	}
	if (step < c->warmup_steps)
		factor *= (double)(step + 1) / (double)c->warmup_steps;
	return factor;
}

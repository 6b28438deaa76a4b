/* The bowel's loops (kernels/anatomy/inclusion.h). */
#include "ct/anatomy_make.h"
#include "host/run/rng.h"

/*
 * A filled stretch of bowel is a bent ovoid: a ball between two smaller ones, all within 1.2 radii of its centre, which
 * lie anyhow.
 */
static void make_loop(struct anatomy_loop *loop, const struct anatomy_blob *b, uint64_t seed)
{
	double turn = 2 * acos(-1.0) * (double)(rng_mix(seed, 1, 0) >> 11) * 0x1p-53,
	       rise = 2 * (double)(rng_mix(seed, 2, 0) >> 11) * 0x1p-53 - 1, flat = sqrt(1 - rise * rise);
	const double along[3] = { flat * cos(turn), flat * sin(turn), rise },
		     aside[3] = { -sin(turn), cos(turn), 0 };
	for (int i = 0; i < ANATOMY_LOOP; i++) {
		loop->radius_mm[i] = (i == 1 ? 0.78 : 0.58) * b->radius_mm;
		for (int k = 0; k < 3; k++)
			loop->centre_mm[i][k] = b->centre_mm[k] + b->radius_mm * (0.55 * (i - 1) * along[k] +
								     (i == 1 ? 0 : 0.2) * aside[k]);
	}
}

void anatomy_inclusion_make(struct anatomy *a)
{
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		make_loop(&a->loop[i], &a->params.bowel[i], rng_mix(a->params.texture_seed, 11, (uint64_t)i));
}

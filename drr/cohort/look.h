/*
 * What a site's vendor makes of a radiograph: grey values 0..1, bone bright, for presentation.
 *
 *	"unsharp PRESET[,FIELD=NUMBER...]"  drr/processing.h, the family that training may randomise over
 *	"pyramid"    Laplacian pyramid whose bands are compressed by a power, b -> 0.25 (|b| / 0.25)^0.7 with b's sign, on a
 *	             residual at 0.6 of its contrast (the principle of multi-scale contrast amplification, Vuylsteke and
 *	             Schoeters 1994), then a straight window from the 1st to the 99.7th percentile
 *	"equalised"  0.6 of the histogram's cumulative share and 0.4 of a straight window, over the body's pixels
 *
 * The last two are outside anything drr/processing.h can be set to.
 */
#ifndef DRR_COHORT_LOOK_H
#define DRR_COHORT_LOOK_H
#include "drr/processing.h"
#ifdef __cplusplus
extern "C" {
#endif
enum look_family { LOOK_UNSHARP, LOOK_PYRAMID, LOOK_EQUALISED };
struct look {
	enum look_family family;
	struct processing_model unsharp;
};
int look_parse(struct look *look, const char *vendor); /* ERR_USAGE saying what there is */
/* out, radiograph: (rows, cols) -ln(I/I0), not the same. */
int look_apply(const struct device *device, float *out, const float *radiograph, int64_t cols, int64_t rows,
	const struct look *look);
/* drr/cohort/pyramid.c: image (rows, cols), changed in place. */
int pyramid_compress(float *image, int64_t cols, int64_t rows, double power, double pivot, double residual);
#ifdef __cplusplus
}
#endif
#endif

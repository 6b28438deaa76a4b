/* What a site's films carry, measured on films of a participant with and without an effect. */
#ifndef EXPERIMENTS_COHORT_CHECK_SIGNAL_H
#define EXPERIMENTS_COHORT_CHECK_SIGNAL_H
#include "drr/cohort/cohort.h"
#include "drr/cohort/xray.h"
#ifdef __cplusplus
extern "C" {
#endif
struct signal {
	double radiograph, thickness_cm;  /* medians over the body: -ln(I/I0) of the film, water of equal mass */
	double scatter_to_primary;        /* behind the grid, mean over the body */
	double noise;                     /* SD of -ln(I/I0) of a pixel of 0.15 mm at the middle third's mean exposure */
	double contrast;                  /* -ln of the primary for 1 g/cm2 of mineral behind 18 cm of water; NaN without such */
	double look_low, look_high;       /* 10th and 90th percentile of the body's grey values for presentation */
};
/* index: participant; film 0 of the visit 0. */
int signal_measure(struct signal *out, const struct device *device, const struct cohort *cohort, int64_t index);
#ifdef __cplusplus
}
#endif
#endif

/*
 * What vendors make of a radiograph before a reader sees it ("for presentation"): dynamic-range compression
 *and multi-scale unsharp masking (after US6069979A), a sigmoid tone curve, a window.  The result is a grey
 *value from 0 to 1, dimensionless and not invertible: compression takes the patient's thickness out of it.
 *
 *	E   = -ln(I/I0) or I/I0, smoothed to mid and low (Gaussians of FWHM a fraction of the short side)
 *	E'  = middle + alpha (low - middle) + gain_mid (mid - low) + gain_fine (E - mid)
 *	out = sigmoid(1/2 + (E' - middle) / (alpha width)), bone bright
 *
 * The middle is the median of the body's pixels (-ln(I/I0) above 0.2; of all when there are none), the width the distance
 * between two of their percentiles; compression narrows the window with the image.
 */
#ifndef DRR_PROCESSING_H
#define DRR_PROCESSING_H
#include <stdint.h>
#include "host/files/json.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
enum processing_input { PROCESSING_LOG, PROCESSING_LINEAR };
struct processing_model {
	enum processing_input input;
	double mid_fraction, low_fraction; /* of the short side, 1/40 and 1/10 */
	double alpha;			   /* (0, 1]: 1 = no compression */
	double gain_mid, gain_fine;	   /* 0 .. 20: 1 = as it is */
	double contrast;		   /* 0 .. 20, steepness of the sigmoid; 0 = straight */
	double low_percent, high_percent;  /* whose distance is the window's width */
};
/*
 * A preset, "soft", "standard", "high-contrast" or "linear", and changes to it: "standard,alpha=0.5,contrast=3" with
 * the number fields' names.  Anything else is ERR_USAGE saying what there is.
 */
int processing_parse(struct processing_model *m, const char *text);
int processing_check(const struct processing_model *m); /* ERR_USAGE naming the field */
struct json *processing_to_json(const struct processing_model *m);
/* out, radiograph: (rows, cols), may be the same. */
int processing_apply(const struct device *device, float *out, const float *radiograph, int64_t cols,
	int64_t rows, const struct processing_model *model);
#ifdef __cplusplus
}
#endif
#endif

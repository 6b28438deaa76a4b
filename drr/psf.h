/*
 * Smoothing an image by a Gaussian point spread function, in device memory: two passes of kernels/blur.
 *
 * The stencil is a Gaussian sampled at the pixels, cut at 4 SD and scaled to sum 1, whose own variance is
 * sd_px^2 exactly: below 1 pixel, where samples of a Gaussian come out too narrow, the sampled one is widened
 * until it is.
 */
#ifndef DRR_PSF_H
#define DRR_PSF_H
#include <stdbool.h>
#include <stdint.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
#define PSF_COARSE_SD 10.0
#define PSF_SD_PER_FWHM 0.42466090014400953 /* 1 / sqrt(8 ln 2) */
struct psf {
	float *weights; /* (2 radius + 1), malloc'd; sum 1 */
	int64_t radius; /* pixels */
};
/* sd_px >= 0; the radius stays below `longest` pixels, the image's longer side. */
int psf_gaussian(struct psf *psf, double sd_px, int64_t longest);
void psf_free(struct psf *psf);

enum psf_edge {
	PSF_EDGE_KEEP, /* weights inside the image are scaled up to 1: a constant stays one */
	PSF_EDGE_LOSE, /* what leaves the image is lost */
};
/*
 * out = share x the smoothed image, or is added to with `accumulate`.  out, scratch, in: (rows, cols) on the
 * device; scratch is overwritten; out may be in.
 */
int psf_apply(const struct device *device, float *out, float *scratch, const float *in, int64_t cols,
	int64_t rows, double sd_px, enum psf_edge edge, double share, bool accumulate);
#ifdef __cplusplus
}
#endif
#endif

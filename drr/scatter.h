/*
 * Scattered radiation at the detector, by superposition (after Sun and Star-Lack 2010, "Improved scatter
 * correction using adaptive scatter kernel superposition", here in its simplest form).
 *
 * Each pixel sends out primary x water thickness t (kernels/scatter_source), spread by a Gaussian whose SD
 * grows with depth and air gap: spread x (t / 2 + air_gap).  Sources are sorted into layers of 100 mm of
 * thickness and each layer is spread by the width of its own; what falls beside the detector is lost.  The
 * sum is scaled so that the mean of scatter over primary, over the body's pixels, is the wanted ratio; the
 * body is what lies behind 10 mm of water or more and has -ln(I/I0) of 10 at most.
 *
 * Computed on blocks of pixels not wider than a quarter of the narrowest SD.  Blocks and linear interpolation
 * widen a kernel by less than 2 % of its variance; against the same model on single pixels the field differs
 * by less than 1 % of its largest value.
 */
#ifndef DRR_SCATTER_H
#define DRR_SCATTER_H
#include <stdint.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
#define SCATTER_BODY_MM 10.0
#define SCATTER_LAYER_MM 100.0
#define SCATTER_LEAST_PRIMARY 4.5e-5 /* exp(-10) */
#define SCATTER_LEAST_SD_MM 5.0
enum { SCATTER_LAYERS = 5 }; /* 0, 100, .. 400 mm; thicker counts as 400 */
struct scatter_model {
	double ratio;	   /* mean scatter-to-primary ratio before a grid */
	double spread;	   /* tangent of the typical angle of scatter */
	double air_gap_mm; /* patient's back to detector */
	double passed;	   /* share of the scatter that counts: Ts / Tp of a grid, or 1 */
};
/*
 * out = intensity + passed x scatter.  out, intensity, thickness_mm, scratch: (rows, cols) on the device; out
 * may be intensity.  block: pixels a block, 0 = as above (tests take 1).  Without a body's pixel out is
 * intensity.
 */
int scatter_apply(const struct device *device, float *out, const float *intensity, const float *thickness_mm,
	int64_t cols, int64_t rows, double pixel_mm, const struct scatter_model *model, int64_t block);
double scatter_sd_mm(const struct scatter_model *model, double thickness_mm);
#ifdef __cplusplus
}
#endif
#endif

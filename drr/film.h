/*
 * From the primary beam to what a flat-panel detector gives, effect by effect.  Everything is off by default,
 *and then a film is its input, bit by bit.  In this order, on the intensity I/I0:
 *
 *	heel shading        the beam is weaker towards the last row
 *	focal spot          Gaussian of FWHM size x (M - 1) at the detector, M = sdd / sod
 *	scatter             drr/scatter.h; a grid lets Tp of the primary and Ts of the scatter through, and
 *since the open beam passes it too, I/I0 = primary + Ts / Tp x scatter quantum noise       Poisson
 *(kernels/photon_noise.h) detector blur       the scintillator's light: one Gaussian, or a second, wider one
 *with a share of the signal; blurs the noise too, as in caesium iodide electronic noise    normal, SD in
 *photons fixed pattern       offset, gain and flat-field correction (kernels/flat_field.h)
 *
 * and back to -ln(I/I0).  All noise is a pure function of (seed, stream, column, row).
 */
#ifndef DRR_FILM_H
#define DRR_FILM_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/json.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Where photons_per_mm2 is meant. */
enum film_exposure {
	FILM_EXPOSURE_BEHIND, /* mean over the film's middle third, as exposure control sets it; scatter
				 counts */
	FILM_EXPOSURE_OPEN,   /* the open beam, before the grid */
};
struct film_model {
	double photons_per_mm2; /* 0 = no quantum noise; 72500 = 2.5 uGy of 29000 photons/mm2/uGy */
	enum film_exposure exposure;
	double swank;			 /* (0, 1]: variance = mean / swank; 1 = counting, CsI about 0.9 */
	double electronic_noise_photons; /* SD of a pixel; needs photons_per_mm2 */
	double focal_spot_mm;		 /* nominal size; cone beams only */
	double detector_blur_mm;	 /* FWHM */
	double detector_tail_mm, detector_tail_share; /* FWHM and share of the second Gaussian */
	double scatter_to_primary;		      /* mean over the body before the grid; 0 = no scatter */
	double scatter_spread;			      /* tangent of the typical angle, 0.5 */
	double air_gap_mm;			      /* patient to detector, 50 */
	double grid_primary, grid_scatter;	      /* transmissions Tp, Ts in (0, 1]; 1, 1 = no grid */
	double heel;				      /* shading between the edges, 0 .. 1 of the mean */
	double flat_field_residual;		      /* relative SD a pixel's correction leaves */
	double raw_gain_sd;	     /* > 0: a raw image, uncorrected, with this SD of the pixels' gains */
	double offset_sd;	     /* of the dark image's offset, in units of the open beam */
	int64_t seed, detector_seed; /* noise; fixed pattern */
};
struct film_model film_model_default(void);
/* ERR_USAGE naming the field, as an option, and its range. */
int film_model_check(const struct film_model *m);
bool film_model_is_off(const struct film_model *m);
struct json *film_model_to_json(const struct film_model *m);

/* A film, or with first_col, first_row and film_rows a tile of one. */
struct film_plane {
	int64_t cols, rows;
	double pixel_mm, magnification; /* M of the isocentre, 1 for parallel rays */
	int64_t first_col, first_row;	/* of the tile in its film */
	int64_t film_rows;		/* 0: rows */
};
/*
 * out, radiograph: (rows, cols) -ln(I/I0), may be the same; materials_g_cm2: (MATERIALS, rows, cols) for the
 * thickness that scatters, or NULL: then it is -ln(I/I0) over 0.2 per cm.  stream: the film's number under
 * its seed.  A tile equals its part of the film as long as no effect looks at neighbours: no blur, no
 * scatter, exposure of the open beam.
 */
int film_apply(const struct device *device, float *out, const float *radiograph, const float *materials_g_cm2,
	const struct film_plane *plane, const struct film_model *model, uint64_t stream);
#ifdef __cplusplus
}
#endif
#endif

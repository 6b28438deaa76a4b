#include "drr/film.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "drr/materials.h"
#include "drr/psf.h"
#include "drr/scatter.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "host/run/rng.h"
#include "kernels/electronic_noise.h"
#include "kernels/exposure.h"
#include "kernels/flat_field.h"
#include "kernels/negative_log.h"
#include "kernels/photon_noise.h"
#include "kernels/transmission.h"
#include "kernels/water_thickness.h"

_Static_assert(
	(int)MATERIALS == (int)WATER_THICKNESS_MATERIALS, "the kernel and the model name the same materials");

#define MU_PER_MM 0.02 /* of water at 60 keV */
enum stream { STREAM_QUANTUM = 1, STREAM_ELECTRONIC, STREAM_PATTERN };

/* The film on its device. */
struct work {
	const struct device *device;
	const struct film_model *model;
	const struct film_plane *plane;
	int64_t n, film_rows;
	uint64_t stream;
	struct memory intensity, scratch, other;
	double photons; /* a pixel of the open beam; 0 without noise */
};

static int plane_alloc(struct memory *m, const struct work *w, int64_t planes)
{
	return memory_alloc(m, w->device, (size_t)(w->n * planes) * sizeof(float), "film");
}

static int to_intensity(struct work *w, const float *radiograph)
{
	TRY(plane_alloc(&w->intensity, w, 1));
	TRY(plane_alloc(&w->scratch, w, 1));
	TRY(plane_alloc(&w->other, w, 1));
	TRY(memory_write(&w->scratch, 0, radiograph, (size_t)w->n * sizeof(float)));
	struct transmission_args a = {
		.intensity = w->intensity.data,
		.radiograph = w->scratch.data,
		.cols = w->plane->cols,
		.first_row = w->plane->first_row,
		.film_rows = w->film_rows,
		.heel = w->model->heel,
	};
	return transmission(w->device, &a, w->n);
cleanup:
	return -1;
}

static int smooth(struct work *w, double fwhm_mm)
{
	return psf_apply(w->device, w->intensity.data, w->scratch.data, w->intensity.data, w->plane->cols,
		w->plane->rows, fwhm_mm * PSF_SD_PER_FWHM / w->plane->pixel_mm, PSF_EDGE_KEEP, 1, false);
}

static int add_scatter(struct work *w, const float *radiograph, const float *materials_g_cm2)
{
	struct memory materials = { 0 };
	const struct film_model *m = w->model;
	const struct scatter_model scatter = {
		.ratio = m->scatter_to_primary,
		.spread = m->scatter_spread,
		.air_gap_mm = m->air_gap_mm,
		.passed = m->grid_scatter / m->grid_primary,
	};
	struct water_thickness_args a = { .thickness_mm = w->other.data, .mu_per_mm = MU_PER_MM, .n = w->n };
	size_t bytes = (size_t)w->n * sizeof(float);
	int rc = -1;
	if (materials_g_cm2) {
		TRY(plane_alloc(&materials, w, MATERIALS));
		TRY(memory_write(&materials, 0, materials_g_cm2, bytes * MATERIALS));
		a.materials = materials.data;
	} else {
		TRY(memory_write(&w->scratch, 0, radiograph, bytes));
		a.radiograph = w->scratch.data;
	}
	TRY(water_thickness(w->device, &a, w->n));
	TRY(scatter_apply(w->device, w->intensity.data, w->intensity.data, w->other.data, w->plane->cols,
		w->plane->rows, w->plane->pixel_mm, &scatter, 0));
	rc = 0;
cleanup:
	memory_free(&materials);
	return rc;
}

/* Mean intensity over the film's middle third. */
static int chamber(const struct work *w, double *mean)
{
	int64_t cols = w->plane->cols, rows = w->plane->rows, width = cols - 2 * (cols / 3),
		height = rows - 2 * (rows / 3);
	struct memory sums = { 0 };
	struct exposure_args a = {
		.intensity = w->intensity.data, .cols = cols, .first_col = cols / 3, .first_row = rows / 3
	};
	double *host = malloc((size_t)height * sizeof(double)), sum = 0;
	int rc = -1;
	if (!host) {
		ERR_RESOURCE("out of memory for %lld rows", (long long)height);
		goto cleanup;
	}
	TRY(memory_alloc(&sums, w->device, (size_t)height * sizeof(double), "exposure"));
	a.part = sums.data;
	TRY(exposure(w->device, &a, height, width));
	TRY(memory_read(host, &sums, 0, (size_t)height * sizeof(double)));
	for (int64_t r = 0; r < height; r++)
		sum += host[r];
	*mean = sum / (double)(width * height);
	rc = 0;
cleanup:
	free(host);
	memory_free(&sums);
	return rc;
}

static int add_quantum_noise(struct work *w)
{
	const struct film_model *m = w->model;
	double mean = 1, area_mm2 = w->plane->pixel_mm * w->plane->pixel_mm;
	if (m->exposure == FILM_EXPOSURE_BEHIND && chamber(w, &mean) != 0)
		return -1;
	mean = mean > FLT_MIN ? mean : FLT_MIN;
	w->photons = m->photons_per_mm2 * area_mm2 *
		     (m->exposure == FILM_EXPOSURE_OPEN ? m->grid_primary : 1 / mean);
	struct photon_noise_args a = {
		.out = w->intensity.data,
		.in = w->intensity.data,
		.cols = w->plane->cols,
		.first_col = w->plane->first_col,
		.first_row = w->plane->first_row,
		.photons = w->photons,
		.swank = m->swank,
		.seed = (uint64_t)m->seed,
		.stream = rng_mix(w->stream, STREAM_QUANTUM, 0),
	};
	return photon_noise(w->device, &a, w->n);
}

/* Two Gaussians side by side; scratch and other are overwritten. */
static int blur_in_detector(struct work *w)
{
	const struct film_model *m = w->model;
	const struct film_plane *p = w->plane;
	if (m->detector_tail_share == 0)
		return smooth(w, m->detector_blur_mm);
	double core = m->detector_blur_mm * PSF_SD_PER_FWHM / p->pixel_mm,
	       tail = m->detector_tail_mm * PSF_SD_PER_FWHM / p->pixel_mm;
	if (psf_apply(w->device, w->other.data, w->scratch.data, w->intensity.data, p->cols, p->rows, core,
		    PSF_EDGE_KEEP, 1 - m->detector_tail_share, false) != 0 ||
		psf_apply(w->device, w->other.data, w->scratch.data, w->intensity.data, p->cols, p->rows,
			tail, PSF_EDGE_KEEP, m->detector_tail_share, true) != 0)
		return -1;
	struct memory swap = w->intensity;
	w->intensity = w->other;
	w->other = swap;
	return 0;
}

static int add_electronic_noise(struct work *w)
{
	struct electronic_noise_args a = {
		.out = w->intensity.data,
		.in = w->intensity.data,
		.cols = w->plane->cols,
		.first_col = w->plane->first_col,
		.first_row = w->plane->first_row,
		.sd = w->model->electronic_noise_photons / w->photons,
		.seed = (uint64_t)w->model->seed,
		.stream = rng_mix(w->stream, STREAM_ELECTRONIC, 0),
	};
	return electronic_noise(w->device, &a, w->n);
}

static int add_pattern(struct work *w)
{
	const struct film_model *m = w->model;
	struct flat_field_args a = {
		.out = w->intensity.data,
		.in = w->intensity.data,
		.cols = w->plane->cols,
		.first_col = w->plane->first_col,
		.first_row = w->plane->first_row,
		.film_rows = w->film_rows,
		.corrected = m->raw_gain_sd == 0,
		.heel = m->heel,
		.gain_sd = m->raw_gain_sd > 0 ? m->raw_gain_sd : m->flat_field_residual,
		.offset_sd = m->offset_sd,
		.seed = (uint64_t)m->detector_seed,
		.stream = rng_mix(0, STREAM_PATTERN, 0),
	};
	return flat_field(w->device, &a, w->n);
}

static int to_radiograph(struct work *w, float *out)
{
	struct negative_log_args a = {
		.radiograph = w->scratch.data,
		.intensity = w->intensity.data,
		.least = w->photons > 0 ? 1 / w->photons : FLT_MIN, /* one photon */
	};
	if (negative_log(w->device, &a, w->n) != 0)
		return -1;
	return memory_read(out, &w->scratch, 0, (size_t)w->n * sizeof(float));
}

static int effects(struct work *w, const float *radiograph, const float *materials_g_cm2)
{
	const struct film_model *m = w->model;
	double spot_mm = m->focal_spot_mm * (w->plane->magnification - 1);
	if (spot_mm > 0 && smooth(w, spot_mm) != 0)
		return -1;
	if (m->scatter_to_primary > 0 && add_scatter(w, radiograph, materials_g_cm2) != 0)
		return -1;
	if (m->photons_per_mm2 > 0 && add_quantum_noise(w) != 0)
		return -1;
	if ((m->detector_blur_mm > 0 || m->detector_tail_share > 0) && blur_in_detector(w) != 0)
		return -1;
	if (m->electronic_noise_photons > 0 && add_electronic_noise(w) != 0)
		return -1;
	return add_pattern(w);
}

int film_apply(const struct device *device, float *out, const float *radiograph, const float *materials_g_cm2,
	const struct film_plane *plane, const struct film_model *model, uint64_t stream)
{
	struct work w = { .device = device, .model = model, .plane = plane, .stream = stream };
	int rc = -1;
	w.n = plane->cols * plane->rows;
	w.film_rows = plane->film_rows > 0 ? plane->film_rows : plane->rows;
	TRY(film_model_check(model));
	if (w.n == 0 || film_model_is_off(model)) {
		memmove(out, radiograph, (size_t)w.n * sizeof(float));
		return 0;
	}
	TRY(to_intensity(&w, radiograph));
	TRY(effects(&w, radiograph, materials_g_cm2));
	TRY(to_radiograph(&w, out));
	rc = 0;
cleanup:
	memory_free(&w.intensity);
	memory_free(&w.scratch);
	memory_free(&w.other);
	return rc;
}

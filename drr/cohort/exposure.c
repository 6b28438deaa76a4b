/* A site's X-ray room: beam, scatter, grid, detector, noise. */
#include <stdlib.h>

#include "drr/cohort/mineral.h"
#include "drr/cohort/veil.h"
#include "drr/cohort/xray.h"
#include "drr/spectrum.h"
#include "host/run/err.h"

/* Mean behind the patient: 2.5 uGy at 29 000 photons/mm2/uGy (physics-and-clinical.md 7.1). */
#define PRIMARY_PHOTONS_PER_MM2 72500.0

struct film_model exposure_model(const struct site *site, bool primary, uint64_t seed)
{
	const struct site_xray *s = &site->xray;
	struct film_model m = film_model_default();
	m.seed = (int64_t)(seed >> 1);
	m.detector_seed = site->letter;
	m.photons_per_mm2 = primary ? PRIMARY_PHOTONS_PER_MM2 : s->photons_per_mm2;
	if (primary)
		return m;
	m.scatter_to_primary = s->scatter_to_primary;
	m.scatter_spread = s->scatter_spread;
	m.grid_primary = s->grid_primary;
	m.grid_scatter = s->grid_scatter;
	m.electronic_noise_photons = s->electronic_noise_photons;
	m.focal_spot_mm = s->focal_spot_mm;
	m.detector_blur_mm = s->detector_blur_mm;
	m.detector_tail_mm = s->tail_mm;
	m.detector_tail_share = s->tail_share;
	m.heel = s->heel;
	m.flat_field_residual = s->flat_field_residual;
	return m;
}

int exposure_apply(float *film, const struct device *device, const float *materials_g_cm2, const struct xray *x,
	uint64_t stream)
{
	const struct site_xray *s = &x->site->xray;
	const struct film_plane plane = { .cols = x->geometry.cols,
		.rows = x->geometry.rows,
		.pixel_mm = x->geometry.pixel_mm,
		.magnification = x->geometry.sdd_mm / x->geometry.sod_mm };
	struct spectrum *spectrum = malloc(sizeof(*spectrum));
	int rc = -1;
	if (!spectrum)
		return ERR_RESOURCE("out of memory for a spectrum");
	TRY(spectrum_load(spectrum, x->kvp, x->primary ? 0 : s->added_al_mm));
	if (!x->primary)
		TRY(mineral_apply(spectrum, s->mineral));
	TRY(radiograph_apply(device, film, materials_g_cm2, plane.cols * plane.rows, spectrum));
	collimator_apply(film, plane.cols, plane.rows, &x->collimator);
	if (!x->primary && s->veil_to_primary > 0)
		TRY(veil_apply(device, film, materials_g_cm2, plane.cols, plane.rows, plane.pixel_mm,
			s->veil_to_primary, s->grid_scatter / s->grid_primary));
	TRY(film_apply(device, film, film, materials_g_cm2, &plane, &x->model, stream));
	rc = 0;
cleanup:
	free(spectrum);
	return rc;
}

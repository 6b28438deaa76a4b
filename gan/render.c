#include "gan/render.h"

#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/rng.h"

static const double RAD_PER_DEG = 0.017453292519943295;
static const double KVPS[] = { 70, 80, 90 };

struct render_range render_range_default(void)
{
	struct render_range r = {
		.rotate_deg = { 8, 5, 8 },
		.shift_mm = { 18, 10, 18 },
		.sdd_mm = { 1000, 1200 },
		.object_to_detector_mm = { 120, 180 },
		.film_cols = 400,
		.film_rows = 320,
		.film_pixel_mm = 1.0,
	};
	return r;
}

struct render_draw render_draw(const struct render_range *range, const double isocentre_mm[3], uint64_t seed,
	uint64_t stream, int64_t index)
{
	struct rng rng = rng_init(seed, rng_mix(stream, (uint64_t)index, 0));
	struct render_draw d = { .geometry = { .projection = GEOMETRY_CONE,
					 .view = GEOMETRY_AP,
					 .cols = range->film_cols,
					 .rows = range->film_rows,
					 .pixel_mm = range->film_pixel_mm } };
	memcpy(d.geometry.isocentre_mm, isocentre_mm, sizeof(d.geometry.isocentre_mm));
	for (int k = 0; k < 3; k++) {
		d.pose.rotate_rad[k] = RAD_PER_DEG * rng_range(&rng, -range->rotate_deg[k], range->rotate_deg[k]);
		d.pose.shift_mm[k] = rng_range(&rng, -range->shift_mm[k], range->shift_mm[k]);
	}
	d.geometry.sdd_mm = rng_range(&rng, range->sdd_mm[0], range->sdd_mm[1]);
	d.geometry.sod_mm = d.geometry.sdd_mm -
		rng_range(&rng, range->object_to_detector_mm[0], range->object_to_detector_mm[1]);
	d.kvp = KVPS[rng_below(&rng, sizeof(KVPS) / sizeof(KVPS[0]))];
	return d;
}

struct film {
	struct projection p;
	float *radiograph; /* (rows, cols) */
};

static void film_free(struct film *film)
{
	projection_free(&film->p);
	free(film->radiograph);
}

/* A channel of the target from a plane of p, to which a second one, if any, is added first. */
static int crop_channel(float *target, int channel, const struct projection *p, const float *a, const float *b,
	const struct sample_view *view, double pixel_mm, enum label_side side)
{
	const int64_t pixels = p->cols * p->rows;
	float *sum = b ? malloc((size_t)pixels * sizeof(float)) : NULL;
	if (b && !sum)
		return ERR_RESOURCE("no memory for a film of %lld pixels", (long long)pixels);
	for (int64_t i = 0; b && i < pixels; i++)
		sum[i] = a[i] + b[i];
	int rc = sample_crop(target + channel, SAMPLE_CHANNELS, view, b ? sum : a, p->cols, p->rows, pixel_mm, side);
	free(sum);
	return rc;
}

int render_cut_maps(float *target, const struct projection *femur, const struct projection *pelvis, int hip,
	enum label_side side, const struct sample_view *view, double pixel_mm)
{
	int64_t plane = femur->cols * femur->rows, first = 3 * hip * plane;
	const float *outside = femur->mineral + first, *total = outside + plane;
	const float *outside_path = femur->path + first, *total_path = outside_path + plane;
	const float *hip_bone = pelvis->mineral + first + 2 * plane;
	if (crop_channel(target, SAMPLE_FEMUR, femur, outside, total, view, pixel_mm, side) != 0 ||
		crop_channel(target, SAMPLE_PELVIS, pelvis, hip_bone, NULL, view, pixel_mm, side) != 0 ||
		crop_channel(target, SAMPLE_FEMUR_PATH, femur, outside_path, total_path, view, pixel_mm, side) != 0 ||
		crop_channel(target, SAMPLE_HIP, femur, total, NULL, view, pixel_mm, side) != 0)
		return -1;
	return crop_channel(target, SAMPLE_HIP_PATH, femur, total_path, NULL, view, pixel_mm, side);
}

int render_film(const struct device *device, float *const inputs[SUBJECT_HIPS], float *const targets[SUBJECT_HIPS],
	struct subject *subject, const struct render_draw *draw, const struct sample_view *view)
{
	struct spectrum spectrum;
	struct film film = { 0 };
	const struct geometry *g = &draw->geometry;
	int64_t pixels = g->cols * g->rows;
	int rc = -1;
	film.radiograph = malloc((size_t)pixels * sizeof(float));
	if (!film.radiograph) {
		ERR_RESOURCE("no memory for a film of %lld pixels", (long long)pixels);
		goto cleanup;
	}
	TRY(spectrum_load(&spectrum, draw->kvp, 0.0));
	TRY(projection_alloc(&film.p, g, 1, SUBJECT_CHANNELS, false, true, true, true));
	TRY(projector_render(&film.p, &subject->resident, PROJECTOR_PWC, g, &draw->pose, 1));
	TRY(radiograph_apply(device, film.radiograph, film.p.materials, pixels, &spectrum));
	for (int hip = 0; hip < SUBJECT_HIPS; hip++)
		if (subject->hips[hip].usable) {
			enum label_side side = subject->hips[hip].side;
			TRY(sample_crop(inputs[hip], 1, view, film.radiograph, g->cols, g->rows, g->pixel_mm, side));
			TRY(render_cut_maps(targets[hip], &film.p, &film.p, hip, side, view, g->pixel_mm));
		}
	rc = 0;
cleanup:
	film_free(&film);
	return rc;
}

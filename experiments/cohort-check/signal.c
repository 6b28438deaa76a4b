#include "experiments/cohort-check/signal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "drr/cohort/posture.h"
#include "drr/cohort/ray_body.h"
#include "drr/cohort/scan_reach.h"
#include "drr/materials.h"
#include "drr/percentile.h"
#include "host/run/err.h"

#define PIXEL_MM 0.15 /* for which noise is given */
#define BODY_CM 2.0
#define DARKEST 10.0 /* -ln(I/I0) of the primary: beyond lies what the collimator covers */
#define CONTRAST_CM 18.0
#define CONTRAST_WITHIN_CM 1.0
#define CONTRAST_G_CM2 0.4 /* at least so much mineral */
static const struct scan_setting voxels = { .voxel_mm = 2.0, .subsamples = 2 };
static const struct xray_setting setting = { 400, 320, 1.0, false }; /* synth --quality fast */
enum { FILM, CLEAN, PRIMARY, BARE, FILMS };

/* A participant in the X-ray room: its body there, the site's film and the materials behind every pixel. */
struct room {
	struct anatomy body;
	struct posture posture;
	struct scan scan; /* where the room is; no CT */
	struct xray x;
	struct site site;
	float *materials, *film[FILMS];
	int64_t pixels;
};

static int enter(struct room *r, const struct device *device, const struct cohort *cohort, int64_t index)
{
	const struct person p = cohort_person(cohort, index);
	const int64_t who = cohort_who(index, 0);
	r->site = cohort->sites->list[p.site];
	r->posture = posture_xray(&p, &r->site.xray, cohort->seed, who, 0);
	for (int k = 0; k < 4; k++)
		r->scan.body_to_world[k][k] = 1;
	const struct xray_order order = { .scan = &r->scan,
		.at_scan = &r->body,
		.anatomy = &r->body,
		.body = &r->posture.body,
		.site = &r->site,
		.voxels = &voxels,
		.setting = &setting,
		.seed = cohort->seed,
		.who = who,
		.mineral_scale = 1 };
	if (posture_anatomy(&r->body, &p.anatomy, &r->posture) != 0)
		return -1;
	return xray_make(&r->x, device, &order);
}

static int find_materials(struct room *r, const struct device *device)
{
	static const double origin[3] = { 0, 0, 0 };
	struct ray_body body = { 0 };
	struct anatomy_grid grid;
	double to_room[4][4];
	int rc = -1;
	motion_of_pose(to_room, &r->posture.body, origin);
	double half_mm = 0.5 * (double)r->x.geometry.rows * r->x.geometry.pixel_mm;
	const struct scan_reach box = scan_reach_of(&r->body, (const double(*)[4])to_room, -half_mm, half_mm);
	xray_grid(&grid, &box, (const double(*)[4])to_room, voxels.voxel_mm);
	TRY(ray_body_make(&body, device, &r->body, &grid, &r->x.geometry, 1, false));
	TRY(ray_body_project(r->materials, &body, &r->x.geometry));
	rc = 0;
cleanup:
	ray_body_free(&body);
	return rc;
}

/* The same exposure, uncollimated, with noise, without, without scatter too, and the last without mineral. */
static int expose(struct room *r, const struct device *device)
{
	struct xray x = r->x;
	struct site site = r->site;
	x.site = &site;
	x.collimator.on = false;
	for (int i = 0; i < FILMS; i++) {
		/* The detector's fixed pattern is no noise: it does not fall with the pixel's size. */
		x.model.flat_field_residual = 0;
		if (i >= CLEAN)
			x.model.photons_per_mm2 = x.model.electronic_noise_photons = 0;
		if (i >= PRIMARY)
			x.model.scatter_to_primary = site.xray.veil_to_primary = 0;
		if (i == BARE)
			memset(r->materials + MATERIAL_MINERAL * r->pixels, 0,
				(size_t)r->pixels * sizeof(float));
		if (exposure_apply(r->film[i], device, r->materials, &x, 1) != 0)
			return -1;
	}
	return 0;
}

static double water_cm(const struct room *r, int64_t i)
{
	return (double)r->materials[MATERIAL_SOFT * r->pixels + i] +
	       (double)r->materials[MATERIAL_FAT * r->pixels + i];
}

/* What is left of contrast needs the mineral that expose() took away. */
static double contrast(const struct room *r, const float *mineral_g_cm2)
{
	double sum = 0, n = 0;
	for (int64_t i = 0; i < r->pixels; i++) {
		double m = (double)mineral_g_cm2[i];
		if (fabs(water_cm(r, i) - CONTRAST_CM) > CONTRAST_WITHIN_CM || m < CONTRAST_G_CM2)
			continue;
		sum += ((double)r->film[PRIMARY][i] - (double)r->film[BARE][i]) / m;
		n++;
	}
	return n > 0 ? sum / n : NAN;
}

/* Variance times exposure is the same everywhere; brought to the mean exposure and a pixel of 0.15 mm. */
static double noise(const struct room *r)
{
	int64_t cols = r->x.geometry.cols, rows = r->x.geometry.rows, n = 0;
	double products = 0, exposures = 0;
	for (int64_t row = rows / 3; row < rows - rows / 3; row++)
		for (int64_t col = cols / 3; col < cols - cols / 3; col++, n++) {
			int64_t i = row * cols + col;
			double d = (double)r->film[FILM][i] - (double)r->film[CLEAN][i];
			double exposure = exp(-(double)r->film[CLEAN][i]);
			products += d * d * exposure;
			exposures += exposure;
		}
	return n > 0 ? sqrt(products / exposures) * r->x.geometry.pixel_mm / PIXEL_MM : NAN;
}

static double percentile(float *values, int64_t n, double percent)
{
	double value = NAN;
	percentile_above(&value, &percent, 1, values, n, -INFINITY);
	return value;
}

static int summarise(struct signal *out, const struct room *r)
{
	float *some = malloc((size_t)(3 * r->pixels) * sizeof(float));
	float *film = some, *water = some + r->pixels, *look = some + 2 * r->pixels;
	int64_t n = 0;
	double ratio = 0;
	if (!some)
		return ERR_RESOURCE("out of memory for a film's figures");
	for (int64_t i = 0; i < r->pixels; i++) {
		if (water_cm(r, i) < BODY_CM || (double)volume_f32(&r->x.film)[i] > DARKEST)
			continue;
		ratio += exp((double)r->film[PRIMARY][i] - (double)r->film[CLEAN][i]) - 1;
		film[n] = r->film[CLEAN][i];
		water[n] = (float)water_cm(r, i);
		look[n++] = volume_f32(&r->x.look)[i];
	}
	if (n > 0) {
		out->scatter_to_primary = ratio / (double)n;
		out->radiograph = percentile(film, n, 50);
		out->thickness_cm = percentile(water, n, 50);
		out->look_low = percentile(look, n, 10);
		out->look_high = percentile(look, n, 90);
	}
	out->noise = noise(r);
	free(some);
	return n > 0 ? 0 : ERR_INVALID("a film without a body");
}

int signal_measure(
	struct signal *out, const struct device *device, const struct cohort *cohort, int64_t index)
{
	struct room *r = calloc(1, sizeof(*r));
	float *mineral = NULL;
	int rc = -1;
	if (!r)
		return ERR_RESOURCE("out of memory for a body");
	TRY(enter(r, device, cohort, index));
	r->pixels = r->x.geometry.cols * r->x.geometry.rows;
	r->materials = malloc((size_t)((MATERIALS + 1 + FILMS) * r->pixels) * sizeof(float));
	if (!r->materials) {
		ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)r->pixels);
		goto cleanup;
	}
	mineral = r->materials + MATERIALS * r->pixels;
	for (int i = 0; i < FILMS; i++)
		r->film[i] = mineral + (1 + i) * r->pixels;
	TRY(find_materials(r, device));
	memcpy(mineral, r->materials + MATERIAL_MINERAL * r->pixels, (size_t)r->pixels * sizeof(float));
	TRY(expose(r, device));
	out->contrast = contrast(r, mineral);
	TRY(summarise(out, r));
	rc = 0;
cleanup:
	free(r->materials);
	xray_free(&r->x);
	free(r);
	return rc;
}
